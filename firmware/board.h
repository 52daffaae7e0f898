/* SPDX-License-Identifier: MIT */
/* What the board gives: a UART to print on, the time, and two SPI buses with one card each. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

void board_start(void);
void print(const char *text);
void print_number(uint32_t number);
uint32_t now_us(void);

void spi_speed(uint32_t bus, uint32_t kilohertz);
/* Chip select; going high, eight clocks follow (SD Physical Layer Simplified Specification, 4.4). */
void spi_select(uint32_t bus, bool on);
uint8_t spi_byte(uint32_t bus, uint8_t out);
/* 512 bytes out by DMA: a chain of two blocks, the second of which is `tail`. `spi_done` is true once all has been sent. */
void spi_send(uint32_t bus, const uint8_t *block, const uint8_t *tail, uint32_t tail_bytes);
/* `count` bytes in by DMA, 0xff out. */
void spi_receive(uint32_t bus, uint8_t *into, uint32_t count);
bool spi_done(uint32_t bus);
/* Sleeps until spi_done. */
void spi_wait(uint32_t bus);
/* The last byte that came in while a block was sent. */
uint8_t spi_last(uint32_t bus);
void dma_interrupt(void);

#endif
