/* SPDX-License-Identifier: MIT */
/*
 * The mirror on one card, its other member missing: assembles the array that was made elsewhere, writes, flushes, reads back
 * and stops. Sector n of what it writes begins with MAGIC and n.
 */
#include "board.h"
#include "mirror.h"

#define SECTORS 8u
#define REQUESTS 16u
#define FIRST_SECTOR 100u
#define WORDS (SYNCGATE_SECTOR_BYTES / 4u)
#define MAGIC 0x51454d55u

static uint32_t buffer[SECTORS * WORDS];
static uint32_t waiting, worst;

static void on_done(uint32_t tag, uint32_t status) {
  (void)tag;
  waiting--;
  if (status > worst) worst = status;
}

static void check(uint32_t status, const char *what) {
  if (status == SYNCGATE_STATUS_OK) return;
  print("FAIL ");
  print(what);
  print(", status ");
  print_number(status);
  print(", card state ");
  print_number(syncgate_card_word(0, SYNCGATE_SPI_CARD_STATE));
  print("\n");
  board_halt();
}

static void request(uint32_t operation, uint32_t sector, uint32_t count, const char *what) {
  waiting = 1;
  check(syncgate_submit(operation, sector, count, (uint32_t)buffer, 1), what);
  while (waiting > 0) mirror_step();
  check(worst, what);
}

static uint32_t word(uint32_t sector, uint32_t at) {
  return at == 0 ? MAGIC : at == 1 ? sector : sector * 0x01000193u + at * 0x9e3779b1u;
}

static uint32_t at_of(uint32_t number) { return FIRST_SECTOR + number * SECTORS; }

int main(void) {
  static const struct mirror_listener listener = {on_done, 0};
  board_start();
  mirror_begin(&listener); /* the status of the second card: there is none */
  const uint32_t sectors = syncgate_card_word(0, SYNCGATE_SPI_CARD_SECTORS);
  check(sectors != 0 ? SYNCGATE_STATUS_OK : SYNCGATE_STATUS_CARD_FAILED, "card");
  print("a card of ");
  print_number(sectors);
  print(" sectors, features ");
  print_number(syncgate_card_word(0, SYNCGATE_SPI_CARD_FEATURES));
  print("\n");
  syncgate_configure(SYNCGATE_OPTION_CARD_SECTORS, sectors);
  syncgate_configure(SYNCGATE_OPTION_METADATA_STRIDE, METADATA_STRIDE);
  syncgate_configure(SYNCGATE_OPTION_START_DEGRADED, 1);
  check(mirror_assemble(boot_nonce()), "assemble");
  print("assembled\n");
  for (uint32_t number = 0; number < REQUESTS; number++) {
    for (uint32_t at = 0; at < SECTORS * WORDS; at++) buffer[at] = word(at_of(number) + at / WORDS, at % WORDS);
    request(SYNCGATE_REQUEST_WRITE, at_of(number), SECTORS, "write");
  }
  request(SYNCGATE_REQUEST_FLUSH, 0, 0, "flush");
  print("written\n");
  for (uint32_t number = 0; number < REQUESTS; number++) {
    for (uint32_t at = 0; at < SECTORS * WORDS; at++) buffer[at] = 0;
    request(SYNCGATE_REQUEST_READ, at_of(number), SECTORS, "read");
    for (uint32_t at = 0; at < SECTORS * WORDS; at++) {
      check(buffer[at] == word(at_of(number) + at / WORDS, at % WORDS) ? 0 : 1, "content");
    }
  }
  check(mirror_stop(), "stop");
  print("blocks sent again ");
  print_number(syncgate_card_word(0, SYNCGATE_SPI_CARD_RESENT));
  print(", read again ");
  print_number(syncgate_card_word(0, SYNCGATE_SPI_CARD_READ_AGAIN));
  print("\nPASS\n");
  board_halt();
}
