/* SPDX-License-Identifier: MIT */
/* The console of board.h on UART0 of both chips, ARM's PL011. Included by a board.c, behind its chip's REGISTER and UART0. */
#ifndef PL011_H
#define PL011_H

#include "board.h"

#define UART_DR 0x00u
#define UART_FR 0x18u
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART_FR_TXFE (1u << 7)
#define UART_IBRD 0x24u
#define UART_FBRD 0x28u
#define UART_LCR_H 0x2cu
#define UART_CR 0x30u

void print_byte(uint8_t byte) {
  while ((REGISTER(UART0 + UART_FR) & UART_FR_TXFF) != 0) {
  }
  REGISTER(UART0 + UART_DR) = byte;
}

bool print_is_idle(void) { return (REGISTER(UART0 + UART_FR) & UART_FR_TXFE) != 0; }

int32_t read_byte(void) {
  if ((REGISTER(UART0 + UART_FR) & UART_FR_RXFE) != 0) return -1;
  return (int32_t)(REGISTER(UART0 + UART_DR) & 0xffu);
}

#endif
