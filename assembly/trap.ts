/** Where the last failed assertion stood; the host reads it after the module trapped. */
const TRAP: usize = memory.data(16, 16);

/** asc calls this for a failed `assert`: it notes file, line and column, then stops the module. */
export function abort(message: usize, file: usize, line: u32, column: u32): void {
  store<u32>(TRAP, <u32>message);
  store<u32>(TRAP, <u32>file, 4);
  store<u32>(TRAP, line, 8);
  store<u32>(TRAP, column, 12);
  unreachable();
}

/** Address of four words about the last failed assertion: message, file (addresses of texts, or 0), line, column. */
export function trapReport(): u32 {
  return <u32>TRAP;
}
