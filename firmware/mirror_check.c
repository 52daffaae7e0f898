/* SPDX-License-Identifier: MIT */
/*
 * The mirror over both cards: formats, assembles, writes through the mirror, flushes, reads back and stops. What it writes
 * is the same on both cards afterwards.
 */
#include <stdbool.h>
#include "board.h"
#include "check.h"
#include "mirror.h"

#define REGION_SHIFT 4u
#define STRIDE 16u
#define REQUESTS 4u
#define SECTORS 8u
#define WORDS (SYNCGATE_SECTOR_BYTES / 4 * SECTORS)

static uint32_t buffers[REQUESTS][WORDS];
static uint32_t waiting, worst;

static void on_done(uint32_t tag, uint32_t status) {
  (void)tag;
  waiting--;
  if (status > worst) worst = status;
}

static void submit(uint32_t operation, uint32_t sector, uint32_t count, uint32_t *buffer) {
  waiting++;
  check(syncgate_submit(operation, sector, count, (uint32_t)buffer, 1), "submit");
}

static void wait_all(const char *what) {
  while (waiting > 0) mirror_step();
  check(worst, what);
}

static uint32_t word(uint32_t request, uint32_t at) { return request * 0x01000193u + at * 0x9e3779b1u; }

int main(void) {
  static const struct mirror_listener listener = {on_done, 0};
  board_start();
  check(mirror_begin(&listener), "card");
  syncgate_configure(SYNCGATE_OPTION_CARD_SECTORS, syncgate_card_word(0, SYNCGATE_SPI_CARD_SECTORS));
  syncgate_configure(SYNCGATE_OPTION_METADATA_STRIDE, STRIDE);
  const uint32_t nonce = boot_nonce();
  for (uint32_t part = 0; part < 4; part++) syncgate_configure(SYNCGATE_OPTION_ARRAY_ID_0 + part, nonce + part);
  check(mirror_format(REGION_SHIFT, nonce), "format");
  check(mirror_assemble(nonce + 1), "assemble");
  print("assembled\n");
  const uint32_t since = now_us();
  for (uint32_t request = 0; request < REQUESTS; request++) {
    for (uint32_t at = 0; at < WORDS; at++) buffers[request][at] = word(request, at);
    submit(SYNCGATE_REQUEST_WRITE, request * SECTORS, SECTORS, buffers[request]);
  }
  wait_all("write");
  submit(SYNCGATE_REQUEST_FLUSH, 0, 0, 0);
  wait_all("flush");
  print("written in ");
  print_number(now_us() - since);
  print(" us\n");
  for (uint32_t request = 0; request < REQUESTS; request++) {
    for (uint32_t at = 0; at < WORDS; at++) buffers[request][at] = 0;
    submit(SYNCGATE_REQUEST_READ, request * SECTORS, SECTORS, buffers[request]);
  }
  wait_all("read");
  for (uint32_t request = 0; request < REQUESTS; request++) {
    for (uint32_t at = 0; at < WORDS; at++) check(buffers[request][at] == word(request, at) ? 0 : 1, "content");
  }
  check(mirror_stop(), "stop");
  print("PASS\n");
  board_halt();
}
