/* SPDX-License-Identifier: MIT */
#include "diskio.h"
#include "board.h"
#include "spi_bus.h"
#include "syncgate.h"

/* Two areas of metadata lie at the beginning of each card, an erase block or more apart: 4 MiB. */
#define METADATA_STRIDE 8192u
/* 64 KiB; larger ones on larger cards, as the driver was compiled for SYNCGATE_REGIONS of them. */
#define REGION_SHIFT_LEAST 7u
#define NONE 0xffffffffu

enum tag { CARD_0, CARD_1, ARRAY, REQUEST, TAGS };

static uint32_t status_of[TAGS];
static uint32_t sync_asked, sync_epoch;
static uint32_t card_sectors, reason = SYNCGATE_STATUS_STATE;
static uint32_t started, assembled;

static void on_done(uint32_t tag, uint32_t status) { status_of[tag] = status; }

static void on_zeros(uint32_t buffer, uint32_t buffer_sector, uint32_t count) {
  uint8_t *at = (uint8_t *)(uintptr_t)buffer + SYNCGATE_SECTOR_BYTES * buffer_sector;
  for (uint32_t i = 0; i < SYNCGATE_SECTOR_BYTES * count; i++) at[i] = 0;
}

static void on_request_sync(uint32_t epoch) {
  sync_asked = 1;
  sync_epoch = epoch;
}

static void on_trap(uint32_t why) {
  print("FAIL the driver stopped itself: ");
  print_number(why);
  print("\n");
  for (;;) __asm volatile("wfi"); /* a product resets the controller here */
}

static struct syncgate_callbacks callbacks = {
    .upper_done = on_done,
    .upper_zeros = on_zeros,
    .upper_request_sync = on_request_sync,
    .trap = on_trap,
};

void disk_turn(void) {
  spi_turn();
  if (sync_asked) {
    /* Nobody changes a buffer while disk_write has it: what was changed before the question is written. */
    sync_asked = 0;
    syncgate_sync_done(sync_epoch, SYNCGATE_STATUS_OK);
  }
  syncgate_tick((uint32_t)(microseconds() / 1000u));
}

/* Whether the operation of `tag`, begun with this answer, ends well. */
static int ends_well(enum tag tag, uint32_t answer) {
  if (answer == SYNCGATE_STATUS_OK) {
    while (status_of[tag] == NONE) disk_turn();
    answer = status_of[tag];
  }
  reason = answer;
  return answer == SYNCGATE_STATUS_OK;
}

static uint32_t begin(enum tag tag) {
  status_of[tag] = NONE;
  return tag;
}

static void start_driver(void) {
  spi_start();
  spi_callbacks(&callbacks);
  syncgate_start(&callbacks);
  syncgate_connect_buses(2);
  const uint64_t since = microseconds();
  while (microseconds() - since < 1000u) {
  }
  started = 1;
}

/* A card that does not start is a member that is missing: the array runs on the other one. */
static int start_cards(void) {
  int alive = 0;
  const uint32_t answers[2] = {syncgate_card_start(0, begin(CARD_0)), syncgate_card_start(1, begin(CARD_1))};
  card_sectors = NONE;
  for (uint32_t card = 0; card < 2; card++) {
    if (!ends_well((enum tag)card, answers[card])) continue;
    const uint32_t sectors = syncgate_card_word(card, SYNCGATE_SPI_CARD_SECTORS);
    if (sectors < card_sectors) card_sectors = sectors;
    alive++;
  }
  return alive;
}

DSTATUS disk_initialize(BYTE drive) {
  if (drive != 0) return STA_NOINIT | STA_NODISK;
  if (assembled) return 0;
  if (!started) {
    start_driver();
    if (start_cards() == 0) return STA_NOINIT | STA_NODISK;
  }
  syncgate_configure(SYNCGATE_OPTION_CARD_SECTORS, card_sectors);
  syncgate_configure(SYNCGATE_OPTION_METADATA_STRIDE, METADATA_STRIDE);
  /* There is nobody to ask whether one card may run alone. */
  syncgate_configure(SYNCGATE_OPTION_START_DEGRADED, 1);
  assembled = (uint32_t)ends_well(ARRAY, syncgate_assemble(SYNCGATE_POLICY_SYNC_GATED, boot_nonce(), begin(ARRAY)));
  return disk_status(drive);
}

DSTATUS disk_status(BYTE drive) { return drive == 0 && assembled ? 0 : STA_NOINIT; }

DRESULT disk_format(void) {
  uint32_t shift = REGION_SHIFT_LEAST;
  if (!started || assembled) return RES_NOTRDY;
  while (card_sectors >> shift >= SYNCGATE_REGIONS) shift++;
  /* An identity that no other array has: of both cards, and of this moment. */
  syncgate_configure(SYNCGATE_OPTION_ARRAY_ID_0, syncgate_card_word(0, SYNCGATE_SPI_CARD_ID_0));
  syncgate_configure(SYNCGATE_OPTION_ARRAY_ID_1, syncgate_card_word(0, SYNCGATE_SPI_CARD_ID_1));
  syncgate_configure(SYNCGATE_OPTION_ARRAY_ID_2, syncgate_card_word(1, SYNCGATE_SPI_CARD_ID_1));
  syncgate_configure(SYNCGATE_OPTION_ARRAY_ID_3, boot_nonce());
  return ends_well(ARRAY, syncgate_format(shift, boot_nonce(), begin(ARRAY))) ? RES_OK : RES_ERROR;
}

uint32_t disk_reason(void) { return reason; }

static DRESULT request(BYTE drive, uint32_t operation, uint32_t sector, uint32_t count, uintptr_t buffer) {
  if (disk_status(drive) != 0) return RES_NOTRDY;
  if (ends_well(REQUEST, syncgate_submit(operation, sector, count, (uint32_t)buffer, begin(REQUEST)))) return RES_OK;
  return reason == SYNCGATE_STATUS_RANGE ? RES_PARERR : RES_ERROR;
}

/* As many requests as it takes, one after another. */
static DRESULT transfer(BYTE drive, uint32_t operation, uint32_t sector, uint32_t count, uintptr_t buffer) {
  DRESULT result = count == 0 ? RES_PARERR : RES_OK;
  while (count > 0 && result == RES_OK) {
    const uint32_t part = count < SYNCGATE_REQUEST_SECTORS_MAX ? count : SYNCGATE_REQUEST_SECTORS_MAX;
    result = request(drive, operation, sector, part, buffer);
    sector += part;
    buffer += SYNCGATE_SECTOR_BYTES * part;
    count -= part;
  }
  return result;
}

DRESULT disk_read(BYTE drive, BYTE *to, LBA_t sector, UINT count) {
  return transfer(drive, SYNCGATE_REQUEST_READ, sector, count, (uintptr_t)to);
}

DRESULT disk_write(BYTE drive, const BYTE *from, LBA_t sector, UINT count) {
  return transfer(drive, SYNCGATE_REQUEST_WRITE, sector, count, (uintptr_t)from);
}

DRESULT disk_ioctl(BYTE drive, BYTE command, void *buffer) {
  const LBA_t *range = buffer;
  switch (command) {
  case CTRL_SYNC: return request(drive, SYNCGATE_REQUEST_FLUSH, 0, 0, 0);
  case CTRL_TRIM: return request(drive, SYNCGATE_REQUEST_DISCARD, range[0], range[1] - range[0] + 1u, 0);
  case GET_SECTOR_SIZE: *(WORD *)buffer = SYNCGATE_SECTOR_BYTES; return RES_OK;
  case GET_SECTOR_COUNT: *(LBA_t *)buffer = syncgate_geometry(SYNCGATE_GEOMETRY_DATA_SECTORS); break;
  case GET_BLOCK_SIZE: *(DWORD *)buffer = METADATA_STRIDE; break;
  default: return RES_PARERR;
  }
  return disk_status(drive) == 0 ? RES_OK : RES_NOTRDY;
}
