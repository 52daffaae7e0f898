/** FNV-1a over words instead of bytes; C_MEMORY_HASH is the same in C. */
export function memoryHash(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}

export const C_MEMORY_HASH = `
static uint32_t memory_hash(void) {
  const uint8_t *bytes = syncgate_memory(0);
  uint32_t hash = 0x811c9dc5u;
  for (uint32_t i = 0; i < SYNCGATE_MEMORY_BYTES; i += 4) {
    uint32_t word = bytes[i] | (uint32_t)bytes[i + 1] << 8 | (uint32_t)bytes[i + 2] << 16 | (uint32_t)bytes[i + 3] << 24;
    hash = (hash ^ word) * 0x01000193u;
  }
  return hash;
}
`;
