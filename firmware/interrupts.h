/* SPDX-License-Identifier: MIT */
/* Interrupts off and on again, of any Cortex-M (ARMv6-M Architecture Reference Manual, B1.4.3: PRIMASK). */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdint.h>

/* Returns what irq_restore wants. */
static inline uint32_t irq_off(void) {
  uint32_t state;
  __asm volatile("mrs %0, primask\n cpsid i" : "=r"(state)::"memory");
  return state;
}

static inline void irq_restore(uint32_t state) { __asm volatile("msr primask, %0" ::"r"(state) : "memory"); }

#endif
