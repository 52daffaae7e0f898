/* SPDX-License-Identifier: MIT */
/* The board: UART, time, a number that differs at every boot. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

void print(const char *text);
void print_number(uint32_t number);
uint64_t microseconds(void);
uint32_t boot_nonce(void);

#endif
