/* SPDX-License-Identifier: MIT */
/*
 * A card on each bus, driven by plain C: proves board and DMA. Starts both, writes BLOCKS blocks to both at once from two
 * buffers, the next of which is filled while the DMA sends this one, and reads them back.
 */
#include "board.h"
#include "crc16.h"
#include "interrupts.h"
#include "spi.h"

#define BUSES SPI_BUSES
#define BLOCK_BYTES SPI_BLOCK_BYTES
#define BLOCKS 6u
#define FIRST_SECTOR 64u
#define IDLE_TRIES 100u

static uint8_t buffers[2][BLOCK_BYTES];
static uint16_t sums[2];
static uint8_t received[BLOCK_BYTES];
static volatile bool done[BUSES];
static volatile uint32_t results[BUSES];

void spi_ended(uint32_t bus, uint32_t result) {
  results[bus] = result;
  done[bus] = true;
}

/* Sleeps until the transfer has ended. */
static uint32_t result(uint32_t bus) {
  for (;;) {
    /* Off: an interrupt between the look and the sleep ends the sleep, and is taken behind it. */
    const uint32_t state = irq_off();
    const bool is_done = done[bus];
    if (!is_done) sleep_until_interrupt();
    irq_restore(state);
    if (is_done) break;
  }
  done[bus] = false;
  return results[bus];
}

static uint8_t crc7(const uint8_t *bytes, uint32_t count) {
  uint32_t crc = 0;
  while (count-- > 0) {
    uint32_t byte = *bytes++;
    for (uint32_t bit = 0; bit < 8; bit++, byte <<= 1) {
      crc <<= 1;
      if (((byte ^ crc) & 0x80u) != 0) crc ^= 0x09u;
    }
  }
  return (uint8_t)(crc & 0x7fu);
}

static void fail(uint32_t bus, const char *what) {
  print("FAIL card ");
  print_number(bus);
  print(": ");
  print(what);
  print("\n");
  board_halt();
}

static void ones(uint32_t bus, uint32_t count) {
  uint8_t bytes[10];
  for (uint32_t at = 0; at < count; at++) bytes[at] = 0xff;
  spi_exchange(bus, bytes, count);
  result(bus);
}

static uint8_t command(uint32_t bus, uint8_t number, uint32_t argument) {
  /* 0xff, the frame, and a gap of 1 to 8 bytes before the response. */
  uint8_t bytes[7] = {0xff, (uint8_t)(0x40u | number), (uint8_t)(argument >> 24), (uint8_t)(argument >> 16),
                      (uint8_t)(argument >> 8), (uint8_t)argument, 0};
  bytes[6] = (uint8_t)(crc7(bytes + 1, 5) << 1 | 1u);
  spi_exchange(bus, bytes, sizeof bytes);
  result(bus);
  for (uint32_t tries = 0; tries < 9; tries++) {
    bytes[0] = 0xff;
    spi_exchange(bus, bytes, 1);
    result(bus);
    if ((bytes[0] & 0x80u) == 0) return bytes[0];
  }
  return 0xff;
}

static void start_card(uint32_t bus) {
  ones(bus, 10);
  spi_select(bus, true);
  /* After a reset in the middle of a block the card takes the first of these for the rest of it. */
  uint32_t tries = 0;
  while (command(bus, 0, 0) != 1) {
    if (++tries == IDLE_TRIES) fail(bus, "CMD0");
  }
  if (command(bus, 8, 0x1aa) != 1) fail(bus, "CMD8");
  ones(bus, 4);
  if (command(bus, 59, 1) != 1) fail(bus, "CMD59");
  const uint32_t since = now_us();
  do {
    if (now_us() - since > 1000000u) fail(bus, "ACMD41");
    command(bus, 55, 0);
  } while (command(bus, 41, 0x40000000) != 0);
  spi_speed(bus, 25000);
}

static void wait_ready(uint32_t bus) {
  spi_wait(bus, false, 500000);
  if (result(bus) == SPI_WAIT_LIMIT) fail(bus, "busy");
}

static void fill(uint32_t number) {
  uint8_t *buffer = buffers[number & 1];
  for (uint32_t at = 0; at < BLOCK_BYTES; at++) buffer[at] = (uint8_t)(number * 31u + at * 7u + (at >> 8));
  sums[number & 1] = crc16(buffer, BLOCK_BYTES);
}

static void write_blocks(void) {
  for (uint32_t bus = 0; bus < BUSES; bus++) {
    if (command(bus, 25, FIRST_SECTOR) != 0) fail(bus, "CMD25");
  }
  fill(0);
  for (uint32_t number = 0; number < BLOCKS; number++) {
    for (uint32_t bus = 0; bus < BUSES; bus++) {
      wait_ready(bus);
      spi_send_block(bus, 0xfc, buffers[number & 1], sums[number & 1]);
    }
    fill(number + 1); /* while the DMA sends the other one */
    for (uint32_t bus = 0; bus < BUSES; bus++) {
      if ((result(bus) & 0x1fu) != 5) fail(bus, "data response");
    }
  }
  for (uint32_t bus = 0; bus < BUSES; bus++) {
    wait_ready(bus);
    uint8_t stop[2] = {0xfd, 0xff};
    spi_exchange(bus, stop, sizeof stop);
    result(bus);
    wait_ready(bus);
  }
}

static void read_blocks(uint32_t bus) {
  for (uint32_t number = 0; number < BLOCKS; number++) {
    if (command(bus, 17, FIRST_SECTOR + number) != 0) fail(bus, "CMD17");
    spi_wait(bus, true, 100000);
    if (result(bus) != 0xfe) fail(bus, "no data");
    spi_receive_block(bus, received);
    fill(number);
    const uint32_t crc = result(bus);
    if ((crc & SPI_SUMMED) != 0 ? crc != SPI_SUMMED : crc != sums[number & 1]) fail(bus, "CRC16");
    for (uint32_t at = 0; at < BLOCK_BYTES; at++) {
      if (received[at] != buffers[number & 1][at]) fail(bus, "content");
    }
  }
  spi_select(bus, false);
}

int main(void) {
  board_start();
  for (uint32_t bus = 0; bus < BUSES; bus++) start_card(bus);
  print("started\n");
  const uint32_t since = now_us();
  write_blocks();
  print("written in ");
  print_number(now_us() - since);
  print(" us\n");
  for (uint32_t bus = 0; bus < BUSES; bus++) read_blocks(bus);
  print("PASS\n");
  board_halt();
}
