/* SPDX-License-Identifier: MIT */
/* UART, time and interrupts of the RP2040; its SPI buses are in spi.c. */
#include "../board.h"
#include "rp2040.h"
#include "../pl011.h"
#include "timer.h"

#define MILLISECOND 1000u

/*
 * Inputs that nobody may drive: UART0's, and what the cards send (spi.c). A pad is pulled down after a reset (2.19.6.3), and to
 * an SPI master low is a card that is busy for ever.
 */
static const uint8_t pulled_up[] = {1, 8, 16};

static void (*periodic)(void);
static uint32_t period_us, period_at, millisecond_at;

void board_start(void) {
  for (uint32_t at = 0; at < sizeof pulled_up; at++) {
    REGISTER(PAD(pulled_up[at]) + CLEAR_ALIAS) = PAD_PULL_DOWN;
    REGISTER(PAD(pulled_up[at]) + SET_ALIAS) = PAD_PULL_UP;
  }
  REGISTER(IO_CTRL(0)) = FUNCTION_UART;
  REGISTER(IO_CTRL(1)) = FUNCTION_UART;
  REGISTER(UART0 + UART_IBRD) = 67; /* 125 MHz / (16 * 115200) = 67.8 */
  REGISTER(UART0 + UART_FBRD) = 52;
  REGISTER(UART0 + UART_LCR_H) = 0x70;
  REGISTER(UART0 + UART_CR) = 0x301;
  spi_start();
  REGISTER(TIMER_INTE) = 0xf;
  REGISTER(NVIC_ISER) = (1u << IRQ_TIMER_0) | (1u << IRQ_TIMER_1) | (1u << IRQ_TIMER_2) | (1u << IRQ_TIMER_3) | (1u << IRQ_DMA_0);
  millisecond_at = now_us() + MILLISECOND;
  alarm_at(ALARM_MILLISECOND, millisecond_at);
}

uint32_t now_us(void) { return REGISTER(TIMER_RAWL); }

void sleep_until_interrupt(void) { __asm volatile("wfi"); }

/* An alarm fires when the time is equal to it: one that has passed meanwhile is forced (RP2040 Datasheet, 4.6). */
void alarm_at(uint32_t alarm, uint32_t us) {
  REGISTER(TIMER_ALARM(alarm)) = us;
  if ((int32_t)(us - now_us()) > 0) return;
  REGISTER(TIMER_ARMED) = 1u << alarm;
  REGISTER(TIMER_INTF + SET_ALIAS) = 1u << alarm;
}

void alarm_off(uint32_t alarm) {
  REGISTER(TIMER_ARMED) = 1u << alarm;
  alarm_taken(alarm);
}

void alarm_taken(uint32_t alarm) {
  REGISTER(TIMER_INTF + CLEAR_ALIAS) = 1u << alarm;
  REGISTER(TIMER_INTR) = 1u << alarm;
}

/* Ends a sleep: the loop looks at the time. */
void millisecond_interrupt(void) {
  alarm_taken(ALARM_MILLISECOND);
  millisecond_at += MILLISECOND;
  alarm_at(ALARM_MILLISECOND, millisecond_at);
}

void timer_every(uint32_t us, void (*call)(void)) {
  alarm_off(ALARM_PERIODIC);
  period_us = us;
  periodic = call;
  if (us == 0) return;
  period_at = now_us() + us;
  alarm_at(ALARM_PERIODIC, period_at);
}

void periodic_interrupt(void) {
  alarm_taken(ALARM_PERIODIC);
  if (period_us == 0) return;
  period_at += period_us;
  alarm_at(ALARM_PERIODIC, period_at);
  periodic();
}

void board_halt(void) {
  REGISTER(NVIC_ICER) = 0xffffffffu;
  for (uint32_t alarm = 0; alarm < ALARMS; alarm++) alarm_off(alarm);
  for (;;) sleep_until_interrupt();
}

/*
 * Bits of the ring oscillator, which no two boots draw alike (RP2040 Datasheet, 2.17). It turns some 6 times in a
 * microsecond: bits that are read faster are the same one.
 */
uint32_t boot_nonce(void) {
  uint32_t nonce = now_us();
  for (uint32_t bit = 0; bit < 32; bit++) {
    const uint32_t since = now_us();
    while (now_us() == since) {
    }
    nonce = (nonce << 1 | nonce >> 31) ^ (REGISTER(ROSC_RANDOMBIT) & 1u);
  }
  return nonce;
}
