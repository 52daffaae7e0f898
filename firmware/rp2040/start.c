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
__attribute__((section(".vectors"), used)) static const vector vectors[16 + 26] = {
    (vector)&stack_top, reset, fault, fault, 0, 0, 0, 0, 0, 0, 0, fault, 0, 0, fault, fault,
    bus_0_interrupt, bus_1_interrupt, millisecond_interrupt, periodic_interrupt,
    fault, fault, fault, fault, fault, fault, fault, dma_interrupt,
    fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
};

static void release(uint32_t resets) {
  REGISTER(RESETS_RESET + CLEAR_ALIAS) = resets;
  while ((REGISTER(RESETS_DONE) & resets) != resets) {
  }
}

/* The crystal's 12 MHz (1 ms to start, 2.16.3), times 125, by 12: 125 MHz for the system and the peripherals (2.18.2). */
static void start_clocks(void) {
  REGISTER(XOSC_STARTUP) = 47;
  REGISTER(XOSC_CTRL) = 0xfabaa0;
  while ((REGISTER(XOSC_STATUS) >> 31) == 0) {
  }
  REGISTER(CLK_SYS_DIV) = 0x100;
  REGISTER(CLK_REF_DIV) = 0x100;
  REGISTER(CLK_REF_CTRL) = 2;
  while (REGISTER(CLK_REF_SELECTED) != 4) {
  }
  release(RESET_PLL_SYS);
  REGISTER(PLL_SYS_CS) = 1;
  REGISTER(PLL_SYS_FBDIV) = 125;
  REGISTER(PLL_SYS_PWR + CLEAR_ALIAS) = 0x21;
  while ((REGISTER(PLL_SYS_CS) >> 31) == 0) {
  }
  REGISTER(PLL_SYS_PRIM) = (6u << 16) | (2u << 12);
  REGISTER(PLL_SYS_PWR + CLEAR_ALIAS) = 0x08;
  /* The mux of AUXSRC glitches (2.15.3.2): it is set while the reference is used, and the PLL is taken behind that. */
  REGISTER(CLK_SYS_CTRL) = 0;
  REGISTER(CLK_SYS_CTRL + SET_ALIAS) = 1;
  while (REGISTER(CLK_SYS_SELECTED) != 2) {
  }
  REGISTER(CLK_PERI_CTRL) = 1u << 11;
  REGISTER(WATCHDOG_TICK) = (1u << 9) | 12;
}

/*
 * A debugger resets the processor alone: the DMA may still run, and the system by the PLL. So everything is put into reset
 * before memory is set up, but for the way to the flash, and for the PLL until nothing runs by it (2.15.3.2).
 */
void reset(void) {
  REGISTER(CLK_SYS_CTRL + CLEAR_ALIAS) = 1;
  while (REGISTER(CLK_SYS_SELECTED) != 1) {
  }
  REGISTER(RESETS_RESET + SET_ALIAS) = RESETS_ALL & ~(RESET_IO_QSPI | RESET_PADS_QSPI);
  uint32_t *from = &data_load;
  for (uint32_t *to = &data_start; to < &data_end;) *to++ = *from++;
  for (uint32_t *to = &bss_start; to < &bss_end;) *to++ = 0;
  release(RESET_DMA | RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_TIMER);
  start_clocks();
  /* These are not done without clk_peri. */
  release(RESET_SPI0 | RESET_SPI1 | RESET_UART0);
  main();
  fault();
}
