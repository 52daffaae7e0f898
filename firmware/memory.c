/* SPDX-License-Identifier: MIT */
/* What the compiler asks for without a libc. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);

void *memcpy(void *to, const void *from, size_t count) {
  uint8_t *target = to;
  const uint8_t *source = from;
  if ((((uintptr_t)target | (uintptr_t)source) & 3u) == 0) {
    for (; count >= 4; count -= 4, target += 4, source += 4) *(uint32_t *)(void *)target = *(const uint32_t *)(const void *)source;
  }
  while (count-- > 0) *target++ = *source++;
  return to;
}

void *memset(void *to, int value, size_t count) {
  uint8_t *target = to;
  const uint32_t byte = (uint8_t)value;
  if (((uintptr_t)target & 3u) == 0) {
    for (; count >= 4; count -= 4, target += 4) *(uint32_t *)(void *)target = byte * 0x01010101u;
  }
  while (count-- > 0) *target++ = (uint8_t)byte;
  return to;
}
