/** Whether the words at `a` and at `b` are the same for `bytes` bytes, a multiple of 4. */
export function areEqual(a: usize, b: usize, bytes: u32): bool {
  const end = a + <usize>bytes;
  while (a < end && load<u32>(a) == load<u32>(b)) {
    a += 4;
    b += 4;
  }
  return a >= end;
}
