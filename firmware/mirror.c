/* SPDX-License-Identifier: MIT */
#include "mirror.h"
#include <stdbool.h>
#include <stddef.h>
#include "board.h"
#include "bus_port.h"
#include "interrupts.h"
#include "spi.h"

/* Tags of this file: above those of applications. */
#define TAG_MODE 0x7fff0000u
#define TAG_CARD(slot) (0x7fff0010u + (slot))
#define US_PER_MS 1000u
#define NO_STATUS 0xffffffffu

static const struct mirror_listener *listener;
static struct syncgate_callbacks callbacks;
static uint32_t mode_status, card_status[SYNCGATE_MEMBERS];
static bool sync_is_asked;
static uint32_t sync_epoch, ticked_us, now_ms;

static void on_done(uint32_t tag, uint32_t status) {
  if (tag == TAG_MODE) mode_status = status;
  else if (tag >= TAG_CARD(0)) card_status[tag - TAG_CARD(0)] = status;
  else listener->done(tag, status);
}

static void on_zeros(uint32_t buffer, uint32_t sector, uint32_t count) {
  uint32_t *at = (uint32_t *)(uintptr_t)(buffer + SYNCGATE_SECTOR_BYTES * sector);
  for (uint32_t i = 0; i < SYNCGATE_SECTOR_BYTES / 4 * count; i++) at[i] = 0;
}

/* The answer must not come from within: the loop gives it. */
static void on_request_sync(uint32_t epoch) {
  sync_is_asked = true;
  sync_epoch = epoch;
}

/* To the cards it is a power cut. A product keeps the reason and resets; here it is printed, and all stands still. */
static void on_trap(uint32_t reason) {
  print("FAIL trap ");
  print_number(reason);
  print("\n");
  for (uint32_t bus = 0; bus < SPI_BUSES; bus++) spi_stop(bus);
  board_halt();
}

void mirror_synced(uint32_t epoch, uint32_t status) { syncgate_sync_done(epoch, status); }

static bool tick(void) {
  const uint32_t us = now_us();
  if (us - ticked_us < US_PER_MS) return false;
  do {
    ticked_us += US_PER_MS;
    now_ms++;
  } while (us - ticked_us >= US_PER_MS);
  syncgate_tick(now_ms);
  return true;
}

/* Ticks come first: transfers that end without a pause do not hold them back. */
static bool work(void) {
  if (tick() || bus_port_step()) return true;
  if (!sync_is_asked) return false;
  sync_is_asked = false;
  if (listener->sync != NULL) listener->sync(sync_epoch);
  else syncgate_sync_done(sync_epoch, SYNCGATE_STATUS_OK);
  return true;
}

void mirror_step(void) {
  if (work()) return;
  /* Off: what is put into the queue behind the look ends the sleep. */
  const uint32_t state = irq_off();
  if (!bus_port_has_ended()) sleep_until_interrupt();
  irq_restore(state);
}

static uint32_t wait(uint32_t refused) {
  if (refused != SYNCGATE_STATUS_OK) return refused;
  while (mode_status == NO_STATUS) mirror_step();
  return mode_status;
}

uint32_t mirror_begin(const struct mirror_listener *told) {
  listener = told;
  sync_is_asked = false;
  bus_port_reset();
  bus_port_callbacks(&callbacks);
  callbacks.upper_done = on_done;
  callbacks.upper_zeros = on_zeros;
  callbacks.upper_request_sync = on_request_sync;
  callbacks.trap = on_trap;
  ticked_us = now_us();
  syncgate_start(&callbacks);
  syncgate_connect_buses(SPI_BUSES);
  for (uint32_t slot = 0; slot < SYNCGATE_MEMBERS; slot++) {
    card_status[slot] = NO_STATUS;
    syncgate_card_start(slot, TAG_CARD(slot));
  }
  for (uint32_t slot = 0; slot < SYNCGATE_MEMBERS; slot++) {
    while (card_status[slot] == NO_STATUS) mirror_step();
  }
  return card_status[0] != SYNCGATE_STATUS_OK ? card_status[0] : card_status[1];
}

uint32_t mirror_format(uint32_t region_shift, uint32_t nonce) {
  mode_status = NO_STATUS;
  return wait(syncgate_format(region_shift, nonce, TAG_MODE));
}

uint32_t mirror_assemble(uint32_t nonce) {
  mode_status = NO_STATUS;
  return wait(syncgate_assemble(SYNCGATE_POLICY_SYNC_GATED, nonce, TAG_MODE));
}

uint32_t mirror_stop(void) {
  mode_status = NO_STATUS;
  return wait(syncgate_stop(TAG_MODE));
}

uint32_t mirror_member(uint32_t command, uint32_t member) {
  mode_status = NO_STATUS;
  return wait(syncgate_member_command(command, member, TAG_MODE));
}
