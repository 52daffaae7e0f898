/* SPDX-License-Identifier: MIT */
/*
 * A log of records of two sectors each: finds what is there after any power cut, goes on behind it, and says "kept N" once
 * record N is durable on both cards. After RECORDS in all it reads them back, and gives its verdict: PASS or FAIL.
 */
#include "board.h"
#include "diskio.h"
#include "syncgate.h"

#ifndef RECORDS
#define RECORDS 12u
#endif
#define SECTORS 2u
#define WORDS (SECTORS * SYNCGATE_SECTOR_BYTES / 4u)
#define MAGIC 0x474f4c53u

static uint32_t record[WORDS];

static void fail(const char *what, uint32_t number) {
  print("FAIL ");
  print(what);
  print(" ");
  print_number(number);
  print("\n");
  for (;;) __asm volatile("wfi");
}

/* What a record says of itself: its words depend on its number, so that one torn in the middle is none. */
static uint32_t word_of(uint32_t number, uint32_t at) {
  return at == 0 ? MAGIC : at == 1 ? number : (number * 2654435761u) ^ (at * 0x9e3779b1u);
}

static void write_record(uint32_t number) {
  for (uint32_t at = 0; at < WORDS; at++) record[at] = word_of(number, at);
  if (disk_write(0, (const BYTE *)record, number * SECTORS, SECTORS) != RES_OK) fail("write", disk_reason());
  if (disk_ioctl(0, CTRL_SYNC, 0) != RES_OK) fail("sync", disk_reason());
}

static int is_there(uint32_t number) {
  if (disk_read(0, (BYTE *)record, number * SECTORS, SECTORS) != RES_OK) fail("read", disk_reason());
  for (uint32_t at = 0; at < WORDS; at++) {
    if (record[at] != word_of(number, at)) return 0;
  }
  return 1;
}

int main(void) {
  LBA_t sectors = 0;
  uint32_t count = 0;
  if (disk_initialize(0) != 0) {
    if (disk_reason() != SYNCGATE_STATUS_NO_SUPERBLOCK) fail("disk_initialize", disk_reason());
    if (disk_format() != RES_OK) fail("disk_format", disk_reason());
    print("formatted\n");
    if (disk_initialize(0) != 0) fail("disk_initialize after disk_format", disk_reason());
  }
  disk_ioctl(0, GET_SECTOR_COUNT, &sectors);
  while (count < RECORDS && is_there(count)) count++;
  print("found ");
  print_number(count);
  print(" records, room for ");
  print_number(sectors / SECTORS);
  print("\n");
  for (; count < RECORDS; count++) {
    write_record(count);
    print("kept ");
    print_number(count);
    print("\n");
  }
  for (uint32_t number = 0; number < RECORDS; number++) {
    if (!is_there(number)) fail("record", number);
  }
  print("PASS\n");
  for (;;) disk_turn();
}
