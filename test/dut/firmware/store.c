/* SPDX-License-Identifier: MIT */
/*
 * A store on the card of SPI0, polled: records, and a commit record that counts them, of which there are two copies in
 * turns. Seeded mistakes: COMMIT_FIRST writes the commit record before the record that it counts; REFRESH zeroes each
 * record at a boot before it writes it again, which only a cut of that boot shows.
 */
#include "board.h"
#include "rp2040.h"

#define CHIP_SELECT (1u << 17)
#define COMMIT 32u
#define RECORDS 64u
#define WANTED 3u

static uint8_t sector[512];

static uint8_t exchange(uint8_t out) {
  REGISTER(SPI_BASE(0) + SSPDR) = out;
  while ((REGISTER(SPI_BASE(0) + SSPSR) & 4u) == 0) {
  }
  return (uint8_t)REGISTER(SPI_BASE(0) + SSPDR);
}

static void fail(const char *what, uint32_t number) {
  print("FAIL ");
  print(what);
  print(" ");
  print_number(number);
  print("\n");
  for (;;) __asm volatile("wfi");
}

static uint8_t command(uint8_t number, uint32_t argument, uint8_t crc) {
  const uint8_t frame[6] = {(uint8_t)(0x40u | number), (uint8_t)(argument >> 24), (uint8_t)(argument >> 16),
                            (uint8_t)(argument >> 8), (uint8_t)argument, crc};
  uint8_t response = 0xff;
  exchange(0xff);
  for (uint32_t at = 0; at < sizeof frame; at++) exchange(frame[at]);
  for (uint32_t tries = 0; tries < 9 && (response & 0x80u) != 0; tries++) response = exchange(0xff);
  return response;
}

/* CRC is off: CMD59 is not sent. CMD0 and CMD8 carry theirs always. */
static void start_card(void) {
  REGISTER(GPIO_OUT_SET) = CHIP_SELECT;
  REGISTER(GPIO_OE_SET) = CHIP_SELECT;
  for (uint32_t pin = 16; pin < 20; pin++) REGISTER(IO_CTRL(pin)) = pin == 17 ? FUNCTION_SIO : FUNCTION_SPI;
  REGISTER(SPI_BASE(0) + SSPCPSR) = 2;
  REGISTER(SPI_BASE(0) + SSPCR0) = 157u << 8 | 7u; /* 396 kHz */
  REGISTER(SPI_BASE(0) + SSPCR1) = 2;
  for (uint32_t clocks = 0; clocks < 10; clocks++) exchange(0xff);
  REGISTER(GPIO_OUT_CLR) = CHIP_SELECT;
  if (command(0, 0, 0x95) != 1) fail("CMD", 0);
  if (command(8, 0x1aa, 0x87) != 1) fail("CMD", 8);
  for (uint32_t at = 0; at < 4; at++) exchange(0xff);
  do {
    command(55, 0, 0xff);
  } while (command(41, 0x40000000, 0xff) != 0);
  REGISTER(SPI_BASE(0) + SSPCR0) = 2u << 8 | 7u;
}

static void wait_ready(void) {
  while (exchange(0xff) != 0xff) {
  }
}

/* Durable behind busy, on a card without a cache. */
static void write_sector(uint32_t number) {
  if (command(24, number, 0xff) != 0) fail("CMD24", number);
  exchange(0xff);
  exchange(0xfe);
  for (uint32_t at = 0; at < sizeof sector; at++) exchange(sector[at]);
  exchange(0xff);
  exchange(0xff);
  if ((exchange(0xff) & 0x1fu) != 5) fail("data response", number);
  wait_ready();
}

/* Returns 0 for a sector that reads as an error. */
static int read_sector(uint32_t number) {
  uint8_t token = 0xff;
  if (command(17, number, 0xff) != 0) return 0;
  while (token == 0xff) token = exchange(0xff);
  if (token != 0xfe) return 0;
  for (uint32_t at = 0; at < sizeof sector; at++) sector[at] = exchange(0xff);
  exchange(0xff);
  exchange(0xff);
  return 1;
}

static void fill(uint32_t first, uint32_t number) {
  for (uint32_t at = 0; at < sizeof sector; at++) sector[at] = (uint8_t)(first * 7u + number * 31u + at);
  sector[0] = (uint8_t)number;
}

/* Whether the sector holds what fill puts there, of any number, which it returns; else 0. */
static uint32_t is_filled(uint32_t first) {
  const uint32_t number = sector[0];
  for (uint32_t at = 1; at < sizeof sector; at++) {
    if (sector[at] != (uint8_t)(first * 7u + number * 31u + at)) return 0;
  }
  return number;
}

static void write_record(uint32_t number) {
  fill(RECORDS, number);
  write_sector(RECORDS + number);
}

static void write_commit(uint32_t count) {
  fill(COMMIT, count);
  write_sector(COMMIT + (count & 1u));
}

static uint32_t committed(void) {
  uint32_t count = 0;
  for (uint32_t copy = 0; copy < 2; copy++) {
    if (!read_sector(COMMIT + copy)) continue;
    const uint32_t found = is_filled(COMMIT);
    if (found > count) count = found;
  }
  return count;
}

int main(void) {
  start_card();
  uint32_t count = committed();
  print("found ");
  print_number(count);
  print("\n");
  for (uint32_t number = 1; number <= count; number++) {
    if (!read_sector(RECORDS + number) || is_filled(RECORDS) != number) fail("no record", number);
  }
#ifdef REFRESH
  for (uint32_t number = 1; number <= count; number++) {
    for (uint32_t at = 0; at < sizeof sector; at++) sector[at] = 0;
    write_sector(RECORDS + number);
    write_record(number);
  }
#endif
  while (count < WANTED) {
    count++;
#ifdef COMMIT_FIRST
    write_commit(count);
    write_record(count);
#else
    write_record(count);
    write_commit(count);
#endif
    print("kept ");
    print_number(count);
    print("\n");
  }
  print("PASS\n");
  for (;;) __asm volatile("wfi");
}
