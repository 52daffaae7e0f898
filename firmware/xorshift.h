/* SPDX-License-Identifier: MIT */
/* Chance that comes out the same in every run. */
#ifndef XORSHIFT_H
#define XORSHIFT_H

#include <stdint.h>

/* George Marsaglia, Xorshift RNGs: 13, 17, 5. `*state` must not be 0. */
static inline uint32_t next(uint32_t *state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

#endif
