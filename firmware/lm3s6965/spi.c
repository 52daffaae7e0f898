/* SPDX-License-Identifier: MIT */
/*
 * SSI0, a PL022, polled: a transfer ends within the call that begins it. The board has one socket, that of bus 0; bus 1 is a
 * bus without a card, whose line the pull-up holds high.
 */
#include "../spi.h"
#include "../board.h"
#include "../crc16.h"
#include "lm3s6965.h"

#define CHIP_SELECT (1u << 0) /* of port D */
#define HIGH 0xffu

void spi_start(void);

void spi_start(void) {
  REGISTER(GPIO_D + GPIO_DIR) |= CHIP_SELECT;
  REGISTER(GPIO_D + GPIO_DEN) |= CHIP_SELECT;
  REGISTER(GPIO_DATA(GPIO_D, CHIP_SELECT)) = CHIP_SELECT;
  REGISTER(SSI0 + SSI_CR1) = 0;
  spi_speed(0, 400);
  REGISTER(SSI0 + SSI_CR1) = 2;
}

static uint8_t exchange(uint32_t bus, uint8_t out) {
  if (bus != 0) return HIGH;
  REGISTER(SSI0 + SSI_DR) = out;
  while ((REGISTER(SSI0 + SSI_SR) & SSI_SR_RNE) == 0) {
  }
  return (uint8_t)REGISTER(SSI0 + SSI_DR);
}

void spi_speed(uint32_t bus, uint32_t kilohertz) {
  /* By 2 and by 1 + SCR; 8 bits, mode 0. */
  const uint32_t divider = (CLOCK_KHZ + 2u * kilohertz - 1u) / (2u * kilohertz);
  if (bus != 0) return;
  REGISTER(SSI0 + SSI_CPSR) = 2;
  REGISTER(SSI0 + SSI_CR0) = (divider - 1u) << 8 | 7u;
}

void spi_select(uint32_t bus, bool low) {
  if (bus == 0) REGISTER(GPIO_DATA(GPIO_D, CHIP_SELECT)) = low ? 0 : CHIP_SELECT;
  if (!low) exchange(bus, HIGH);
}

void spi_exchange(uint32_t bus, uint8_t *bytes, uint32_t count) {
  for (uint32_t at = 0; at < count; at++) bytes[at] = exchange(bus, bytes[at]);
  spi_ended(bus, 0);
}

void spi_wait(uint32_t bus, bool token, uint32_t limit_us) {
  const uint32_t since = now_us();
  for (;;) {
    const uint8_t byte = exchange(bus, HIGH);
    if ((byte == HIGH) != token) {
      spi_ended(bus, byte);
      return;
    }
    if (now_us() - since >= limit_us) {
      spi_ended(bus, SPI_WAIT_LIMIT);
      return;
    }
  }
}

void spi_send_block(uint32_t bus, uint8_t start_token, const uint8_t *block, uint16_t crc) {
  exchange(bus, HIGH);
  exchange(bus, start_token);
  for (uint32_t at = 0; at < SPI_BLOCK_BYTES; at++) exchange(bus, block[at]);
  exchange(bus, (uint8_t)(crc >> 8));
  exchange(bus, (uint8_t)crc);
  spi_ended(bus, exchange(bus, HIGH));
}

bool spi_queue_block(uint32_t bus, const uint8_t *block, uint16_t crc, uint32_t limit_us) {
  (void)bus, (void)block, (void)crc, (void)limit_us;
  return false; /* no block is ever under way when it is asked */
}

void spi_receive_block(uint32_t bus, uint8_t *into) {
  for (uint32_t at = 0; at < SPI_BLOCK_BYTES; at++) into[at] = exchange(bus, HIGH);
  const uint32_t crc = (uint32_t)exchange(bus, HIGH) << 8;
  spi_ended(bus, crc | exchange(bus, HIGH));
}

void spi_stop(uint32_t bus) { (void)bus; /* nothing is ever under way */ }

uint16_t spi_crc16(const uint8_t *block) { return crc16(block, SPI_BLOCK_BYTES); }
