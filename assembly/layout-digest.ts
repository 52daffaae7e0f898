/** Digest of layout.ts as this module was compiled; the host refuses a module whose digest is not its own. */
export function layoutDigest(): u32 {
  return LAYOUT_DIGEST;
}
