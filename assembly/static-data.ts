/** End of the static data: everything above is never used, so memory below this is the module's whole state. */
export function staticBytes(): u32 {
  return <u32>__heap_base;
}
