/* SPDX-License-Identifier: MIT */
/* Vectors, clocks, and the way to main(). */
#include "rp2040.h"
#include "timer.h"

extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;
int main(void);
void reset(void);

/* A fault ends in UDF, which the emulator reports with its address; a real chip locks up. */
static void fault(void) { __asm volatile("udf #1"); }

typedef void (*vector)(void);
__attribute__((section(".boot2"), used)) static const uint32_t no_second_stage = 0xffffffffu;
__attribute__((section(".vectors"), used)) static const vector vectors[16 + 26] = {
    (vector)&stack_top, reset, fault, fault, 0, 0, 0, 0, 0, 0, 0, fault, 0, 0, fault, fault,
    bus_0_interrupt, bus_1_interrupt, millisecond_interrupt, periodic_interrupt,
    fault, fault, fault, fault, fault, fault, fault, dma_interrupt,
    fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
};

/* The crystal's 12 MHz, times 125, by 12: 125 MHz for the system and the peripherals (2.18.2). */
static void start_clocks(void) {
  REGISTER(XOSC_CTRL) = 0xaa0;
  REGISTER(XOSC_STARTUP) = 47;
  REGISTER(XOSC_CTRL + SET_ALIAS) = 0xfab000;
  while ((REGISTER(XOSC_STATUS) >> 31) == 0) {
  }
  REGISTER(CLK_REF_CTRL) = 2;
  while (REGISTER(CLK_REF_SELECTED) != 4) {
  }
  REGISTER(PLL_SYS_CS) = 1;
  REGISTER(PLL_SYS_FBDIV) = 125;
  REGISTER(PLL_SYS_PWR + CLEAR_ALIAS) = 0x21;
  while ((REGISTER(PLL_SYS_CS) >> 31) == 0) {
  }
  REGISTER(PLL_SYS_PRIM) = (6u << 16) | (2u << 12);
  REGISTER(PLL_SYS_PWR + CLEAR_ALIAS) = 0x08;
  REGISTER(CLK_SYS_CTRL) = 1;
  while (REGISTER(CLK_SYS_SELECTED) != 2) {
  }
  REGISTER(CLK_PERI_CTRL) = 1u << 11;
  REGISTER(WATCHDOG_TICK) = (1u << 9) | 12;
}

void reset(void) {
  const uint32_t needed = RESET_DMA | RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_PLL_SYS | RESET_SPI0 | RESET_SPI1 |
                          RESET_TIMER | RESET_UART0;
  uint32_t *from = &data_load;
  for (uint32_t *to = &data_start; to < &data_end;) *to++ = *from++;
  for (uint32_t *to = &bss_start; to < &bss_end;) *to++ = 0;
  REGISTER(RESETS_RESET + CLEAR_ALIAS) = needed;
  while ((REGISTER(RESETS_DONE) & needed) != needed) {
  }
  start_clocks();
  main();
  fault();
}
