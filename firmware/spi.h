/* SPDX-License-Identifier: MIT */
/*
 * What a board gives of its SPI buses, one card each. A transfer is begun by one call and ends with one call of spi_ended,
 * from an interrupt or from within that call. A bus has one transfer at a time.
 */
#ifndef SPI_H
#define SPI_H

#include <stdbool.h>
#include <stdint.h>

#define SPI_BUSES 2u
#define SPI_BLOCK_BYTES 512u
/* Result of spi_wait: the limit has passed. Otherwise the byte that ended it. */
#define SPI_WAIT_LIMIT 0x100u
/* Whether a data response says that the block was accepted (SD Physical Layer Simplified Specification, 7.3.3.1). */
#define SPI_IS_ACCEPTED(response) (((response) & 0x11fu) == 0x05u)
/* Result of spi_receive_block: the board has summed the block, and the low 16 bits are 0 if its CRC16 was right. */
#define SPI_SUMMED 0x10000u

/* The clock of a bus's transfers from now on, kHz: at most that. */
void spi_speed(uint32_t bus, uint32_t kilohertz);
/* Chip select; going high, eight clocks follow (SD Physical Layer Simplified Specification, 4.4). */
void spi_select(uint32_t bus, bool low);
/* Exchanges 1 to 32 bytes: what comes in replaces what goes out. Result: 0. */
void spi_exchange(uint32_t bus, uint8_t *bytes, uint32_t count);
/* 0xff out until 0xff comes in (the card is ready) or, for a token, anything else; at least a byte. Result: that byte, or SPI_WAIT_LIMIT. */
void spi_wait(uint32_t bus, bool token, uint32_t limit_us);
/* 0xff, the start token, the block, its CRC16 and 0xff. Result: the byte that came in with the last one, the data response. */
void spi_send_block(uint32_t bus, uint8_t start_token, const uint8_t *block, uint16_t crc);
/*
 * While a block is sent: the one behind it, so that an interrupt begins it. Sent like the first once that is accepted
 * (SPI_IS_ACCEPTED) and the card is ready; forgotten if not. Result: the data response, or SPI_WAIT_LIMIT. Called with
 * interrupts off. Returns false if no block is under way any more, or the board queues none.
 */
bool spi_queue_block(uint32_t bus, const uint8_t *block, uint16_t crc, uint32_t limit_us);
/* A block and its CRC16 in. Result: the CRC16 that came, to be compared; or SPI_SUMMED and the difference. */
void spi_receive_block(uint32_t bus, uint8_t *into);
/* Ends the transfer under way: its memory is not touched any more, and spi_ended is not called for it. */
void spi_stop(uint32_t bus);
/* CRC16 of a block, each byte of which is looked at once. */
uint16_t spi_crc16(const uint8_t *block);

/* Yours. */
void spi_ended(uint32_t bus, uint32_t result);

#endif
