/* SPDX-License-Identifier: MIT */
/* Vectors, clock, and the way to main(). */
#include "../board.h"
#include "lm3s6965.h"

extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;
int main(void);
void reset(void);

static void fault(void) {
  print("FAIL a fault of the processor\n");
  board_halt();
}

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
    (vector)&stack_top, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, tick_interrupt,
};

/* The crystal's 8 MHz, the PLL's 200 MHz by 4: 50 MHz (data sheet, 5.3). */
static void start_clock(void) {
  const uint32_t rcc = RCC_DIVIDER(4u) | RCC_USE_DIVIDER | RCC_CRYSTAL_8_MHZ;
  REGISTER(SYSCTL_RCC) = rcc | RCC_BYPASS | RCC_POWER_DOWN;
  REGISTER(SYSCTL_RCC) = rcc | RCC_BYPASS;
  while ((REGISTER(SYSCTL_RIS) & RIS_PLL_LOCKED) == 0) {
  }
  REGISTER(SYSCTL_RCC) = rcc;
}

void reset(void) {
  uint32_t *from = &data_load;
  for (uint32_t *to = &data_start; to < &data_end;) *to++ = *from++;
  for (uint32_t *to = &bss_start; to < &bss_end;) *to++ = 0;
  start_clock();
  main();
  board_halt();
}
