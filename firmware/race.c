/* SPDX-License-Identifier: MIT */
/*
 * Writes whose buffers a timer interrupt changes while the DMA sends them to both cards. The CRC16 of a block is taken once
 * for both, so a card that is sent other bytes rejects them: what is accepted is equal.
 */
#include <stdbool.h>
#include "board.h"
#include "check.h"
#include "mirror.h"
#include "race_scenario.h"
#include "xorshift.h"

#define DEPTH_MAX 4u
#define SECTORS_MAX 64u
#define SECTOR_WORDS (SYNCGATE_SECTOR_BYTES / 4)

static uint32_t buffers[DEPTH_MAX][SECTORS_MAX * SECTOR_WORDS];
static volatile bool is_under_way[DEPTH_MAX], was_changed[DEPTH_MAX];
static uint32_t count_of[DEPTH_MAX];
static uint32_t racing, writes, failed;
static uint32_t chance_of_loop, chance_of_interrupt;

static void on_done(uint32_t tag, uint32_t status) {
  is_under_way[tag] = false;
  writes++;
  if (was_changed[tag]) racing++;
  if (status != SYNCGATE_STATUS_OK) failed = status;
}

/* From the interrupt: a word of a buffer, or three bytes whose change the polynomial 0x11021 divides. */
static void change(void) {
  const uint32_t number = next(&chance_of_interrupt) % race_scenario.depth;
  const uint32_t count = count_of[number];
  if (!is_under_way[number] || count == 0) return;
  const uint32_t sector = next(&chance_of_interrupt) % count;
  uint32_t *word = &buffers[number][sector * SECTOR_WORDS + next(&chance_of_interrupt) % SECTOR_WORDS];
  if (next(&chance_of_interrupt) % 256 < race_scenario.collisions) *word ^= 0x00211001u; /* bytes 01 10 21 */
  else *word = next(&chance_of_interrupt);
  was_changed[number] = true;
}

static void begin(uint32_t number) {
  const uint32_t most = race_scenario.sectors;
  const uint32_t count = race_scenario.vary != 0 ? 1 + next(&chance_of_loop) % most : most;
  was_changed[number] = false;
  count_of[number] = count;
  is_under_way[number] = true;
  /* Each has sectors of its own: what is compared was written by its last request. */
  check(syncgate_submit(SYNCGATE_REQUEST_WRITE, number * SECTORS_MAX, count, (uint32_t)buffers[number], number), "submit");
}

static void say(const char *what, uint32_t number) {
  print(what);
  print_number(number);
  print("\n");
}

int main(void) {
  static const struct mirror_listener listener = {on_done, 0};
  bool is_any;
  board_start();
  chance_of_loop = race_scenario.seed * 2 + 1;
  chance_of_interrupt = race_scenario.seed * 0x9e3779b1u | 1u;
  check(mirror_begin(&listener), "card");
  syncgate_configure(SYNCGATE_OPTION_CARD_SECTORS, race_scenario.card_sectors);
  syncgate_configure(SYNCGATE_OPTION_METADATA_STRIDE, race_scenario.stride);
  check(mirror_format(race_scenario.region_shift, boot_nonce()), "format");
  check(mirror_assemble(boot_nonce()), "assemble");
  timer_every(race_scenario.change_us, change);
  while (racing < race_scenario.racing) {
    for (uint32_t number = 0; number < race_scenario.depth; number++) {
      if (!is_under_way[number]) begin(number);
    }
    mirror_step();
    check(failed, "write");
  }
  do {
    mirror_step();
    is_any = false;
    for (uint32_t number = 0; number < race_scenario.depth; number++) is_any |= is_under_way[number];
  } while (is_any);
  timer_every(0, change);
  say("writes ", writes);
  say("racing ", racing);
  for (uint32_t slot = 0; slot < SYNCGATE_MEMBERS; slot++) {
    say("rejected ", syncgate_card_word(slot, SYNCGATE_SPI_CARD_CONFLICTS));
    say("bounced ", syncgate_card_word(slot, SYNCGATE_SPI_CARD_BOUNCED));
    check(syncgate_member_state(slot) == SYNCGATE_MEMBER_IN_SYNC ? 0 : 1, "member");
  }
  print("PASS\n");
  board_halt();
}
