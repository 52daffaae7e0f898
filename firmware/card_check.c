/* SPDX-License-Identifier: MIT */
/*
 * A card on each bus, driven by plain C: proves board and DMA. Starts both, writes BLOCKS blocks to both at once from two
 * buffers, the next of which is filled while the DMA sends this one, and reads them back.
 */
#include "board.h"

#define BUSES 2u
#define BLOCK_BYTES 512u
#define BLOCKS 6u
#define FIRST_SECTOR 64u

static uint8_t buffers[2][BLOCK_BYTES];
static uint8_t tails[2][3];
static uint8_t received[BLOCK_BYTES + 2];

static uint16_t crc16(const uint8_t *bytes, uint32_t count) {
  uint32_t crc = 0;
  while (count-- > 0) {
    crc ^= (uint32_t)*bytes++ << 8;
    for (uint32_t bit = 0; bit < 8; bit++) crc = (crc & 0x8000u) != 0 ? (crc << 1) ^ 0x1021u : crc << 1;
  }
  return (uint16_t)crc;
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
  for (;;) __asm volatile("wfi");
}

static uint8_t command(uint32_t bus, uint8_t number, uint32_t argument) {
  uint8_t frame[6] = {(uint8_t)(0x40u | number), (uint8_t)(argument >> 24), (uint8_t)(argument >> 16),
                      (uint8_t)(argument >> 8), (uint8_t)argument, 0};
  frame[5] = (uint8_t)(crc7(frame, 5) << 1 | 1u);
  spi_byte(bus, 0xff);
  for (uint32_t at = 0; at < sizeof frame; at++) spi_byte(bus, frame[at]);
  for (uint32_t tries = 0; tries < 9; tries++) {
    const uint8_t response = spi_byte(bus, 0xff);
    if ((response & 0x80u) == 0) return response;
  }
  return 0xff;
}

static void start_card(uint32_t bus) {
  for (uint32_t clocks = 0; clocks < 10; clocks++) spi_byte(bus, 0xff);
  spi_select(bus, true);
  if (command(bus, 0, 0) != 1) fail(bus, "CMD0");
  if (command(bus, 8, 0x1aa) != 1) fail(bus, "CMD8");
  for (uint32_t at = 0; at < 4; at++) spi_byte(bus, 0xff);
  if (command(bus, 59, 1) != 1) fail(bus, "CMD59");
  const uint32_t since = now_us();
  do {
    if (now_us() - since > 1000000u) fail(bus, "ACMD41");
    command(bus, 55, 0);
  } while (command(bus, 41, 0x40000000) != 0);
  spi_speed(bus, 25000);
}

static void wait_ready(uint32_t bus) {
  const uint32_t since = now_us();
  while (spi_byte(bus, 0xff) != 0xff) {
    if (now_us() - since > 500000u) fail(bus, "busy");
  }
}

static void fill(uint32_t number) {
  uint8_t *buffer = buffers[number & 1];
  for (uint32_t at = 0; at < BLOCK_BYTES; at++) buffer[at] = (uint8_t)(number * 31u + at * 7u + (at >> 8));
  const uint16_t crc = crc16(buffer, BLOCK_BYTES);
  tails[number & 1][0] = (uint8_t)(crc >> 8);
  tails[number & 1][1] = (uint8_t)crc;
  tails[number & 1][2] = 0xff;
}

static void write_blocks(void) {
  for (uint32_t bus = 0; bus < BUSES; bus++) {
    if (command(bus, 25, FIRST_SECTOR) != 0) fail(bus, "CMD25");
  }
  fill(0);
  for (uint32_t number = 0; number < BLOCKS; number++) {
    for (uint32_t bus = 0; bus < BUSES; bus++) {
      wait_ready(bus);
      spi_byte(bus, 0xfc);
      spi_send(bus, buffers[number & 1], tails[number & 1], 3);
    }
    fill(number + 1); /* while the DMA sends the other one */
    for (uint32_t bus = 0; bus < BUSES; bus++) {
      spi_wait(bus);
      if ((spi_last(bus) & 0x1fu) != 5) fail(bus, "data response");
    }
  }
  for (uint32_t bus = 0; bus < BUSES; bus++) {
    wait_ready(bus);
    spi_byte(bus, 0xfd);
    spi_byte(bus, 0xff);
    wait_ready(bus);
  }
}

static void read_blocks(uint32_t bus) {
  for (uint32_t number = 0; number < BLOCKS; number++) {
    if (command(bus, 17, FIRST_SECTOR + number) != 0) fail(bus, "CMD17");
    const uint32_t since = now_us();
    while (spi_byte(bus, 0xff) != 0xfe) {
      if (now_us() - since > 100000u) fail(bus, "no data");
    }
    spi_receive(bus, received, sizeof received);
    fill(number);
    spi_wait(bus);
    if (crc16(received, sizeof received) != 0) fail(bus, "CRC16");
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
  for (;;) __asm volatile("wfi");
}
