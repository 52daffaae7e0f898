/* SPDX-License-Identifier: MIT */
/*
 * The transfers that the SPI driver asks for, by those that a board has (spi.h). Interrupts put what has ended into a
 * queue; the loop takes it out and calls the driver. A caller's buffer is its address.
 */
#include "bus_port.h"
#include <stddef.h>
#include "crc16.h"
#include "interrupts.h"
#include "spi.h"

/* Of each bus one under way, one queued behind it, and one that had ended when its card was cancelled. */
#define QUEUE_ENTRIES 8u

struct ended {
  uint32_t bus, token, result;
  /* A block that came in, if its CRC16 is still to be compared. */
  const uint8_t *received;
};

static struct ended queue[QUEUE_ENTRIES];
static volatile uint32_t put_at, take_at;
static struct {
  /* Of the transfer, and of the block queued behind it: 0 for none. */
  uint32_t token, next;
  const uint8_t *received;
} under_way[SPI_BUSES];

void spi_ended(uint32_t bus, uint32_t result) {
  const uint32_t state = irq_off();
  struct ended *ended = &queue[put_at % QUEUE_ENTRIES];
  *ended = (struct ended){bus, under_way[bus].token, result, under_way[bus].received};
  put_at++;
  under_way[bus].token = SPI_IS_ACCEPTED(result) ? under_way[bus].next : 0;
  under_way[bus].next = 0;
  irq_restore(state);
}

bool bus_port_has_ended(void) { return take_at != put_at; }

bool bus_port_step(void) {
  const uint32_t state = irq_off();
  struct ended ended = {0, 0, 0, NULL};
  const bool is_any = take_at != put_at;
  if (is_any) ended = queue[take_at++ % QUEUE_ENTRIES];
  irq_restore(state);
  if (!is_any) return false;
  if (ended.received != NULL) {
    const bool is_summed = (ended.result & SPI_SUMMED) != 0;
    const uint32_t expected = is_summed ? SPI_SUMMED : crc16(ended.received, SYNCGATE_SECTOR_BYTES);
    ended.result = ended.result == expected ? SYNCGATE_SPI_BLOCK_GOOD : SYNCGATE_SPI_BLOCK_CORRUPT;
  }
  syncgate_bus_done(ended.bus, ended.token, ended.result);
  return true;
}

void bus_port_reset(void) {
  for (uint32_t bus = 0; bus < SPI_BUSES; bus++) spi_stop(bus);
  take_at = put_at;
}

static uint8_t *block_at(uint32_t buffer, uint32_t sector, uint32_t own) {
  return own != 0 ? syncgate_memory(buffer) : (uint8_t *)(uintptr_t)buffer + SYNCGATE_SECTOR_BYTES * sector;
}

static void begin(uint32_t bus, uint32_t token, const uint8_t *received) {
  under_way[bus].token = token;
  under_way[bus].next = 0;
  under_way[bus].received = received;
}

static void on_select(uint32_t card, uint32_t on) { spi_select(card, on != 0); }

static void on_speed(uint32_t card, uint32_t kilohertz) { spi_speed(card, kilohertz); }

static void on_burst(uint32_t card, uint32_t address, uint32_t count, uint32_t token) {
  begin(card, token, NULL);
  spi_exchange(card, syncgate_memory(address), count);
}

static void on_wait(uint32_t card, uint32_t until, uint32_t limit_us, uint32_t token) {
  begin(card, token, NULL);
  spi_wait(card, until == SYNCGATE_SPI_UNTIL_TOKEN, limit_us);
}

static void on_send_block(uint32_t card, uint32_t start, uint32_t buffer, uint32_t sector, uint32_t own, uint32_t crc,
                          uint32_t token) {
  const uint8_t *block = block_at(buffer, sector, own);
  begin(card, token, NULL);
#ifdef SEEDED_CRC_AGAIN
  /* The bug that the race is there to find: each card gets the CRC16 of what its buffer holds by now. */
  if (own == 0) crc = spi_crc16(block);
#endif
  spi_send_block(card, (uint8_t)start, block, (uint16_t)crc);
}

static uint32_t on_queue_block(uint32_t card, uint32_t buffer, uint32_t sector, uint32_t own, uint32_t crc,
                               uint32_t limit_us, uint32_t token) {
  const uint8_t *block = block_at(buffer, sector, own);
#ifdef SEEDED_CRC_AGAIN
  if (own == 0) crc = spi_crc16(block);
#endif
  const uint32_t state = irq_off();
  const bool is_taken = spi_queue_block(card, block, (uint16_t)crc, limit_us);
  if (is_taken) under_way[card].next = token;
  irq_restore(state);
  return is_taken ? 1 : 0;
}

static void on_receive_block(uint32_t card, uint32_t buffer, uint32_t sector, uint32_t own, uint32_t token) {
  uint8_t *into = block_at(buffer, sector, own);
  begin(card, token, into);
  spi_receive_block(card, into);
}

static void on_cancel(uint32_t card) { spi_stop(card); }

static uint32_t on_checksum(uint32_t buffer, uint32_t sector, uint32_t own) {
  return spi_crc16(block_at(buffer, sector, own));
}

static uint32_t on_copy_block(uint32_t buffer, uint32_t sector, uint32_t address) {
  return crc16_copy(syncgate_memory(address), block_at(buffer, sector, 0), SYNCGATE_SECTOR_BYTES);
}

void bus_port_callbacks(struct syncgate_callbacks *callbacks) {
  callbacks->bus_select = on_select;
  callbacks->bus_speed = on_speed;
  callbacks->bus_burst = on_burst;
  callbacks->bus_wait = on_wait;
  callbacks->bus_send_block = on_send_block;
  callbacks->bus_queue_block = on_queue_block;
  callbacks->bus_receive_block = on_receive_block;
  callbacks->bus_cancel = on_cancel;
  callbacks->bus_checksum = on_checksum;
  callbacks->bus_copy_block = on_copy_block;
}
