/* SPDX-License-Identifier: MIT */
/* UART and time of the LM3S6965; its SPI bus is in spi.c. */
#include "../board.h"
#include "../interrupts.h"
#include "../spi.h"
#include "lm3s6965.h"
#include "../pl011.h"

#define US_PER_MS 1000u
#define CYCLES_PER_US (CLOCK_KHZ / US_PER_MS)

void spi_start(void);

static volatile uint32_t milliseconds;

void board_start(void) {
  REGISTER(SYSCTL_RCGC1) = RCGC1_UART0 | RCGC1_SSI0;
  REGISTER(SYSCTL_RCGC2) = RCGC2_GPIO_A | RCGC2_GPIO_D;
  REGISTER(GPIO_A + GPIO_AFSEL) = 0x37; /* UART0 on pins 0 and 1, SSI0 on 2, 4 and 5 */
  REGISTER(GPIO_A + GPIO_DEN) = 0x37;
  REGISTER(UART0 + UART_IBRD) = 27; /* 50 MHz / (16 * 115200) = 27.13 */
  REGISTER(UART0 + UART_FBRD) = 8;
  REGISTER(UART0 + UART_LCR_H) = 0x70;
  REGISTER(UART0 + UART_CR) = 0x301;
  spi_start();
  REGISTER(SYSTICK_RELOAD) = CLOCK_KHZ - 1u;
  REGISTER(SYSTICK_VALUE) = 0;
  REGISTER(SYSTICK_CTRL) = 7; /* the processor's clock, an interrupt, on */
}

void tick_interrupt(void) { milliseconds++; }

/* It counts down. A millisecond that has ended and was not counted yet is one that is pending. */
uint32_t now_us(void) {
  const uint32_t state = irq_off();
  uint32_t value = REGISTER(SYSTICK_VALUE);
  uint32_t ms = milliseconds;
  if ((REGISTER(SCB_ICSR) & ICSR_SYSTICK_PENDING) != 0) {
    value = REGISTER(SYSTICK_VALUE);
    ms++;
  }
  irq_restore(state);
  return ms * US_PER_MS + (CLOCK_KHZ - 1u - value) / CYCLES_PER_US;
}

void sleep_until_interrupt(void) { __asm volatile("wfi"); }

/* Of what this chip has only the time differs from boot to boot. */
uint32_t boot_nonce(void) { return now_us(); }

void board_halt(void) {
#ifdef SEMIHOSTING
  /* SYS_EXIT, ADP_Stopped_ApplicationExit (Semihosting for AArch32 and AArch64, 6.7): the emulator ends. */
  __asm volatile("mov r0, #0x18\n ldr r1, =0x20026\n bkpt 0xab" ::: "r0", "r1", "memory");
#endif
  irq_off();
  for (;;) sleep_until_interrupt();
}
