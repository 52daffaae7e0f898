/* SPDX-License-Identifier: MIT */
/* Vectors, the way to main(), clocks, UART, time. */
#include <stddef.h>
#include "board.h"
#include "rp2040.h"

extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;
int main(void);
void reset(void);

/* A fault: the emulator reports UDF with its address, a chip locks up. */
static void fault(void) { __asm volatile("udf #1"); }

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
    (vector)&stack_top, reset, fault, fault, 0, 0, 0, 0, 0, 0, 0, fault, 0, 0, fault, fault,
};

/* What the compiler asks for without a libc. */
void *memcpy(void *to, const void *from, size_t count) {
  uint8_t *target = to;
  const uint8_t *source = from;
  while (count-- > 0) *target++ = *source++;
  return to;
}

void *memset(void *to, int value, size_t count) {
  uint8_t *target = to;
  while (count-- > 0) *target++ = (uint8_t)value;
  return to;
}

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

/* What a card sends is pulled up: low would be a card that is busy for ever (a pad is pulled down after a reset, 2.19.6.3). */
static void pull_up(uint32_t pin) {
  REGISTER(PAD(pin) + CLEAR_ALIAS) = PAD_PULL_DOWN;
  REGISTER(PAD(pin) + SET_ALIAS) = PAD_PULL_UP;
}

static void start_uart(void) {
  REGISTER(IO_CTRL(0)) = FUNCTION_UART;
  REGISTER(UART0_IBRD) = 67; /* 125 MHz / (16 * 115200) = 67.8 */
  REGISTER(UART0_FBRD) = 52;
  REGISTER(UART0_LCR_H) = 0x70;
  REGISTER(UART0_CR) = 0x301;
}

/* A debugger resets the processor alone: the DMA may still run, and the system by the PLL. */
void reset(void) {
  REGISTER(CLK_SYS_CTRL + CLEAR_ALIAS) = 1;
  while (REGISTER(CLK_SYS_SELECTED) != 1) {
  }
  REGISTER(RESETS_RESET + SET_ALIAS) = RESETS_WITHOUT_FLASH;
  uint32_t *from = &data_load;
  for (uint32_t *to = &data_start; to < &data_end;) *to++ = *from++;
  for (uint32_t *to = &bss_start; to < &bss_end;) *to++ = 0;
  release(RESETS_OF_SYSTEM);
  start_clocks();
  /* Not done without clk_peri. */
  release(RESETS_OF_PERIPHERAL_CLOCK);
  start_uart();
  pull_up(16);
  pull_up(8);
  main();
  fault();
}

void print(const char *text) {
  for (; *text != 0; text++) {
    while ((REGISTER(UART0_FR) & (1u << 5)) != 0) {
    }
    REGISTER(UART0_DR) = (uint8_t)*text;
  }
}

void print_number(uint32_t number) {
  char digits[11];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  print(digits + at);
}

uint64_t microseconds(void) {
  for (;;) {
    const uint32_t high = REGISTER(TIMER_RAWH);
    const uint32_t low = REGISTER(TIMER_RAWL);
    if (REGISTER(TIMER_RAWH) == high) return (uint64_t)high << 32 | low;
  }
}

/* Bits of the ring oscillator, which no two boots draw alike (2.17); read within a microsecond they would be the same one. */
uint32_t boot_nonce(void) {
  uint32_t nonce = REGISTER(TIMER_RAWL);
  for (uint32_t bit = 0; bit < 32; bit++) {
    const uint32_t since = REGISTER(TIMER_RAWL);
    while (REGISTER(TIMER_RAWL) == since) {
    }
    nonce = (nonce << 1 | nonce >> 31) ^ (REGISTER(ROSC_RANDOMBIT) & 1u);
  }
  return nonce;
}
