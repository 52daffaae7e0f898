/* SPDX-License-Identifier: MIT */
/* What every board gives: a place to print, the time, a sleep, and a timer. Its SPI buses are in spi.h. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

void board_start(void);
/* One byte to the console; waits for room. */
void print_byte(uint8_t byte);
/* Whether all that was printed has left: a short line does not wait then. */
bool print_is_idle(void);
/* The next byte that the console has received, or -1. */
int32_t read_byte(void);
/* Microseconds since the board got power; wraps. */
uint32_t now_us(void);
/*
 * Sleeps until an interrupt, at the latest until the next millisecond. Called with interrupts off (interrupts.h): one that
 * is pending ends the sleep at once, and is taken when they are on again.
 */
void sleep_until_interrupt(void);
/* Calls `call` from an interrupt every `us` microseconds from now on; 0 ends that. */
void timer_every(uint32_t us, void (*call)(void));
/* The end of a program: no interrupt comes any more. */
_Noreturn void board_halt(void);
/* Another number at every boot, as far as the board can tell. */
uint32_t boot_nonce(void);

/* In print.c, by print_byte. */
void print(const char *text);
void print_number(uint32_t number);

#endif
