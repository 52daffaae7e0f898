/* SPDX-License-Identifier: MIT */
/*
 * A data logger. A timer interrupt takes samples and puts them into one of two buffers, the blocks of a ring on the
 * mirror. A block is written when it is full, and before that in parts, so that a power cut costs few samples: then the
 * interrupt goes on filling the buffer that the DMA sends to both cards. That is the race of DESIGN.md, on hardware.
 *
 * There is no page cache, so the answer to the driver's question for a sync is: what was changed while it was under way is
 * written again, and all that is under way has ended (docs/firmware.md).
 */
#include <stdbool.h>
#include "board.h"
#include "check.h"
#include "logger_commands.h"
#include "logger_scenario.h"
#include "mirror.h"

#define SECTORS 8u
#define SECTOR_WORDS (SYNCGATE_SECTOR_BYTES / 4)
#define HEADER_WORDS 3u
#define SAMPLES (SECTORS * (SECTOR_WORDS - HEADER_WORDS))
#define MAGIC 0x676f6c73u /* "slog" */
#define HALVES 2u
#define TAG_FLUSH 2u
#define TAG_READ 3u
#define TAGS 4u
#define IDLE 0xffffffffu
#define UNDER_WAY 0xfffffffeu

static struct half {
  uint32_t words[SECTORS * SECTOR_WORDS];
  uint32_t block;
  /* Samples in it, and how many there were when it was last submitted. */
  volatile uint32_t used, submitted;
  volatile bool is_full;
} halves[HALVES];
static volatile uint32_t filling, next_block, lost;
/* Of each tag: IDLE, UNDER_WAY, or the status that it ended with. */
static uint32_t status_of[TAGS];
static uint32_t ring_blocks, written, flushed, flushing;
static bool is_synced = true, sync_rewrites;
static uint32_t sync_epoch;

static void on_done(uint32_t tag, uint32_t status) {
  if (tag == LOGGER_COMMAND_TAG) logger_command_done(status);
  else status_of[tag] = status;
}

static bool submit(uint32_t operation, uint32_t sector, uint32_t count, void *buffer, uint32_t tag) {
  status_of[tag] = UNDER_WAY;
  const uint32_t status = syncgate_submit(operation, sector, count, (uint32_t)buffer, tag);
  if (status != SYNCGATE_STATUS_OK) status_of[tag] = IDLE;
  if (status == SYNCGATE_STATUS_BUSY) return false;
  check(status, "submit");
  return true;
}

static uint32_t place(uint32_t sample) {
  const uint32_t sector = sample / (SECTOR_WORDS - HEADER_WORDS);
  return sector * SECTOR_WORDS + HEADER_WORDS + sample % (SECTOR_WORDS - HEADER_WORDS);
}

/* Stands for a measurement; never 0, which means none yet. */
static uint32_t measure(uint32_t block, uint32_t sample) { return (block * 0x9e3779b1u + sample * 0x85ebca6bu) | 1u; }

static void begin_block(struct half *half) {
  half->block = next_block++;
  half->used = 0;
  half->submitted = 0;
  for (uint32_t sector = 0; sector < SECTORS; sector++) {
    uint32_t *at = &half->words[sector * SECTOR_WORDS];
    at[0] = MAGIC;
    at[1] = half->block;
    at[2] = sector;
    for (uint32_t word = HEADER_WORDS; word < SECTOR_WORDS; word++) at[word] = 0;
  }
  /* From here on it is the interrupt's. */
  __asm volatile("" ::: "memory");
  half->is_full = false;
}

/* From the timer's interrupt, whatever the DMA does. */
static void take_sample(void) {
  struct half *half = &halves[filling];
  if (half->is_full) {
    struct half *other = &halves[1 - filling];
    /* Neither is free: the cards are too slow. */
    if (other->is_full) {
      lost++;
      return;
    }
    filling = 1 - filling;
    half = other;
  }
  half->words[place(half->used)] = measure(half->block, half->used);
  half->used++;
  if (half->used == SAMPLES) half->is_full = true;
}

/* Submits a half: full, or as far as it is filled. Its tag is its number. */
static void write_half(uint32_t number) {
  struct half *half = &halves[number];
  const uint32_t used = half->used;
  if (used == half->submitted || status_of[number] != IDLE) return;
  const uint32_t sectors = (used + SECTOR_WORDS - HEADER_WORDS - 1) / (SECTOR_WORDS - HEADER_WORDS);
  const uint32_t sector = half->block % ring_blocks * SECTORS;
  if (submit(SYNCGATE_REQUEST_WRITE, sector, sectors, half->words, number)) half->submitted = used;
}

static void take_half(uint32_t number) {
  struct half *half = &halves[number];
  check(status_of[number], "write");
  status_of[number] = IDLE;
  if (!half->is_full || half->submitted != SAMPLES) return;
  written = half->block + 1;
  begin_block(half);
}

/* What was changed before the question is submitted again; the answer waits for all of it. */
static void answer_sync(void) {
  if (sync_rewrites) {
    for (uint32_t number = 0; number < HALVES; number++) {
      if (status_of[number] != IDLE) return;
    }
    for (uint32_t number = 0; number < HALVES; number++) {
      if (halves[number].submitted != 0) write_half(number);
    }
    sync_rewrites = false;
  }
  for (uint32_t number = 0; number < HALVES; number++) {
    if (status_of[number] == UNDER_WAY) return;
  }
  is_synced = true;
  mirror_synced(sync_epoch, SYNCGATE_STATUS_OK);
}

static void on_sync(uint32_t epoch) {
  sync_epoch = epoch;
  is_synced = false;
  sync_rewrites = true;
  answer_sync();
}

/* Of flushes: what is told is durable. */
static void flush(void) {
  if (status_of[TAG_FLUSH] == IDLE) {
    if (written - flushed < logger_scenario.flush_every && !logger_flush_is_asked()) return;
    flushing = written;
    if (submit(SYNCGATE_REQUEST_FLUSH, 0, 0, 0, TAG_FLUSH)) logger_flush_has_begun();
  } else if (status_of[TAG_FLUSH] != UNDER_WAY) {
    check(status_of[TAG_FLUSH], "flush");
    status_of[TAG_FLUSH] = IDLE;
    flushed = flushing;
    print("flushed ");
    print_number(flushed);
    print("\n");
  }
}

/* `part`: samples that make it worth while to write a block that is not full */
static void log_step(uint32_t part) {
  for (uint32_t number = 0; number < HALVES; number++) {
    if (status_of[number] != IDLE && status_of[number] != UNDER_WAY) take_half(number);
    /* A sync has them wait for a moment. */
    if (!is_synced && sync_rewrites) continue;
    if (halves[number].is_full || halves[number].used - halves[number].submitted >= part) write_half(number);
  }
  if (!is_synced) answer_sync();
  flush();
  logger_commands_step(&(struct logger_facts){written, flushed, lost});
  mirror_step();
}

static bool is_at_rest(void) {
  if (!is_synced || status_of[TAG_FLUSH] != IDLE) return false;
  for (uint32_t number = 0; number < HALVES; number++) {
    if (status_of[number] != IDLE || halves[number].used != halves[number].submitted) return false;
  }
  return true;
}

static uint32_t read_sectors(uint32_t sector, uint32_t count, uint32_t *into) {
  while (!submit(SYNCGATE_REQUEST_READ, sector, count, into, TAG_READ)) mirror_step();
  while (status_of[TAG_READ] == UNDER_WAY) mirror_step();
  const uint32_t status = status_of[TAG_READ];
  status_of[TAG_READ] = IDLE;
  if (status != SYNCGATE_STATUS_READ_ERROR) check(status, "read");
  return status;
}

/* Into the first half: nothing is logged yet. A sector that a cut has left unreadable on both cards is empty. */
static void read_block(uint32_t at) {
  uint32_t *words = halves[0].words;
  if (read_sectors(at * SECTORS, SECTORS, words) == SYNCGATE_STATUS_OK) return;
  for (uint32_t sector = 0; sector < SECTORS; sector++, words += SECTOR_WORDS) {
    if (read_sectors(at * SECTORS + sector, 1, words) == SYNCGATE_STATUS_OK) continue;
    for (uint32_t word = 0; word < SECTOR_WORDS; word++) words[word] = 0;
  }
}

static bool is_whole(const struct half *half, uint32_t block) {
  for (uint32_t sample = 0; sample < SAMPLES; sample++) {
    if (half->words[place(sample)] != measure(block, sample)) return false;
  }
  return true;
}

/* Looks at the whole ring. Returns the number behind the newest whole block, and in next_block that behind the newest. */
static uint32_t recover(void) {
  uint32_t whole = 0;
  next_block = 0;
  for (uint32_t at = 0; at < ring_blocks; at++) {
    read_block(at);
    for (uint32_t sector = 0; sector < SECTORS; sector++) {
      const uint32_t *header = &halves[0].words[sector * SECTOR_WORDS];
      if (header[0] != MAGIC || header[1] % ring_blocks != at) continue;
      if (header[1] + 1 > next_block) next_block = header[1] + 1;
    }
    const uint32_t block = halves[0].words[1];
    if (halves[0].words[0] == MAGIC && block + 1 > whole && is_whole(&halves[0], block)) whole = block + 1;
  }
  return whole;
}

static void configure(void) {
  syncgate_configure(SYNCGATE_OPTION_CARD_SECTORS, logger_scenario.card_sectors);
  syncgate_configure(SYNCGATE_OPTION_METADATA_STRIDE, logger_scenario.stride);
  syncgate_configure(SYNCGATE_OPTION_EPOCH_MS, logger_scenario.epoch_ms);
}

static void assemble(void) {
  uint32_t status = mirror_assemble(boot_nonce());
  if (status == SYNCGATE_STATUS_NO_SUPERBLOCK) {
    for (uint32_t part = 0; part < 4; part++) syncgate_configure(SYNCGATE_OPTION_ARRAY_ID_0 + part, boot_nonce());
    check(mirror_format(logger_scenario.region_shift, boot_nonce()), "format");
    print("formatted\n");
    status = mirror_assemble(boot_nonce());
  }
  check(status, "assemble");
}

static void say(const char *what, uint32_t number) {
  print(what);
  print_number(number);
  print("\n");
}

int main(void) {
  static const struct mirror_listener listener = {on_done, on_sync};
  board_start();
  for (uint32_t tag = 0; tag < TAGS; tag++) status_of[tag] = IDLE;
  check(mirror_begin(&listener), "card");
  configure();
  assemble();
  ring_blocks = syncgate_geometry(SYNCGATE_GEOMETRY_DATA_SECTORS) / SECTORS;
  say("to resync ", syncgate_counter(SYNCGATE_COUNTER_REGIONS_TO_SYNC));
  const uint32_t recovered = recover();
  say("recovered ", recovered);
  while (syncgate_counter(SYNCGATE_COUNTER_REGIONS_TO_SYNC) > 0) mirror_step();
  say("resynced ", syncgate_counter(SYNCGATE_COUNTER_SECTORS_RESYNCED));
  /* What was read once stays, whichever card it came from. */
  check(recover() == recovered ? 0 : 1, "flipped");
  const uint32_t first = next_block;
  written = flushed = first;
  for (uint32_t number = 0; number < HALVES; number++) begin_block(&halves[number]);
  timer_every(logger_scenario.sample_us, take_sample);
  while (!logger_stop_is_asked() && (logger_scenario.blocks == 0 || written - first < logger_scenario.blocks))
    log_step(logger_scenario.part);
  timer_every(0, take_sample);
  while (!is_at_rest()) log_step(1);
  say("written ", written);
  say("lost samples ", lost);
  check(mirror_stop(), "stop");
  print("PASS\n");
  board_halt();
}
