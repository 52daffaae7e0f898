/* SPDX-License-Identifier: MIT */
#ifndef CRC16_H
#define CRC16_H

#include <stdint.h>

/* CRC16 of SD data blocks (polynomial 0x1021, start 0; SD Physical Layer Simplified Specification, 4.5), in plain C. */
uint16_t crc16(const uint8_t *bytes, uint32_t count);
/* Copies, and sums what was copied: each byte is looked at once. */
uint16_t crc16_copy(uint8_t *to, const uint8_t *from, uint32_t count);

#endif
