/* SPDX-License-Identifier: MIT */
/*
 * Throughput: sequential writes of 32 KiB and random ones of 4 KiB, one at a time and several, through the mirror on both
 * cards and on each alone; all in one run. Each line is "MEASURE order depth cards bytes us": cards 3 are both, 1 and 2
 * one alone. Every region is marked before, so it is data that is measured, not marks.
 */
#include <stdbool.h>
#include "board.h"
#include "check.h"
#include "mirror.h"
#include "xorshift.h"

#define STRIDE 16u
#define REGION_SHIFT 7u
#define REGIONS 8u
#define AREA_SECTORS (REGIONS << REGION_SHIFT)
#define SEQUENTIAL_SECTORS 64u
#define RANDOM_SECTORS 8u
#define DEPTH_MAX 4u
#define BYTES (1024u * 1024u)
#define NO_CLEARING_MS 3600000u

static uint32_t buffers[DEPTH_MAX][SEQUENTIAL_SECTORS * SYNCGATE_SECTOR_BYTES / 4];
static bool is_under_way[DEPTH_MAX];
static uint32_t under_way, failed, chance = 1;

static void on_done(uint32_t tag, uint32_t status) {
  is_under_way[tag] = false;
  under_way--;
  if (status != SYNCGATE_STATUS_OK) failed = status;
}

static void submit(uint32_t operation, uint32_t sector, uint32_t count, uint32_t tag) {
  is_under_way[tag] = true;
  under_way++;
  check(syncgate_submit(operation, sector, count, (uint32_t)buffers[tag], tag), "submit");
}

/* Nothing is under way, and what was written is programmed. */
static void settle(void) {
  while (under_way > 0) mirror_step();
  submit(SYNCGATE_REQUEST_FLUSH, 0, 0, 0);
  while (under_way > 0) mirror_step();
  check(failed, "request");
}

static void write_all(bool is_random, uint32_t depth, uint32_t bytes) {
  const uint32_t count = is_random ? RANDOM_SECTORS : SEQUENTIAL_SECTORS;
  const uint32_t requests = bytes / (count * SYNCGATE_SECTOR_BYTES);
  for (uint32_t begun = 0; begun < requests;) {
    for (uint32_t tag = 0; tag < depth && begun < requests; tag++) {
      if (is_under_way[tag]) continue;
      const uint32_t place = is_random ? next(&chance) : begun;
      submit(SYNCGATE_REQUEST_WRITE, place % (AREA_SECTORS / count) * count, count, tag);
      begun++;
    }
    mirror_step();
  }
  while (under_way > 0) mirror_step();
}

static void say(const char *order, uint32_t depth, uint32_t cards, uint32_t bytes, uint32_t us) {
  print("MEASURE ");
  print(order);
  const uint32_t numbers[] = {depth, cards, bytes, us};
  for (uint32_t i = 0; i < 4; i++) {
    print(" ");
    print_number(numbers[i]);
  }
  print("\n");
}

static void measure(bool is_random, uint32_t depth, uint32_t cards) {
  const char *order = is_random ? "random" : "sequential";
  const uint32_t bytes = is_random ? BYTES / 2 : BYTES;
  settle();
  say("begins", depth, cards, 0, 0);
  const uint32_t since = now_us();
  write_all(is_random, depth, bytes);
  say(order, depth, cards, bytes, now_us() - since);
}

static void measure_all(uint32_t cards) {
  measure(false, 1, cards);
  measure(false, 2, cards);
  measure(true, 1, cards);
  measure(true, 4, cards);
  settle();
}

int main(void) {
  static const struct mirror_listener listener = {on_done, 0};
  board_start();
  for (uint32_t tag = 0; tag < DEPTH_MAX; tag++) {
    for (uint32_t word = 0; word < sizeof buffers[0] / 4; word++) buffers[tag][word] = next(&chance);
  }
  check(mirror_begin(&listener), "card");
  syncgate_configure(SYNCGATE_OPTION_CARD_SECTORS, 4 * STRIDE + AREA_SECTORS);
  syncgate_configure(SYNCGATE_OPTION_METADATA_STRIDE, STRIDE);
  syncgate_configure(SYNCGATE_OPTION_EPOCH_MS, NO_CLEARING_MS);
  check(mirror_format(REGION_SHIFT, boot_nonce()), "format");
  check(mirror_assemble(boot_nonce()), "assemble");
  write_all(false, 1, AREA_SECTORS * SYNCGATE_SECTOR_BYTES);
  measure_all(3);
  for (uint32_t alone = 0; alone < SYNCGATE_MEMBERS; alone++) {
    check(mirror_member(SYNCGATE_MEMBER_FAIL, 1 - alone), "fail");
    write_all(false, 1, AREA_SECTORS * SYNCGATE_SECTOR_BYTES);
    measure_all(1u << alone);
    if (alone == 0) check(mirror_member(SYNCGATE_MEMBER_ADD, 1 - alone), "add");
  }
  print("PASS\n");
  board_halt();
}
