/*
 * A log of records on one card, as a data logger has it:
 *
 *   sectors 0 and 1   header, written in turns: magic, generation, number of records, CRC32
 *   sector 2 + n      record n: magic, n, text, CRC32
 *
 *   store SOCKET N            appends N records, and says "kept M" when M records are there to stay
 *   store repair SOCKET       writes both headers anew, if one is damaged: to be run after a power cut
 *   store check IMAGE MARKS   whether an image holds all that it says, and all that was said
 *
 * It has a real mistake, unless it is built with -DFIXED: the header that counts a record is written before the record is flushed.
 * With -DHASTY_REPAIR it has another one, which needs two power cuts: a repair writes both headers before it flushes any.
 */
#include "nbd-client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_MAGIC 0x48474f4cu
#define RECORD_MAGIC 0x43455246u
#define FIRST_RECORD 2

struct sector {
  uint32_t magic, number, length, filler[124], crc;
};

static uint32_t crc32_of(const struct sector *sector) {
  const uint8_t *at = (const uint8_t *)sector;
  uint32_t crc = 0xffffffffu;
  for (size_t i = 0; i < SECTOR_BYTES - 4; i++) {
    crc ^= at[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
  }
  return ~crc;
}

static int is_valid(const struct sector *sector, uint32_t magic) {
  return sector->magic == magic && sector->crc == crc32_of(sector);
}

/* The newer of two headers; a card that was never written has none, and no records. */
static struct sector newest(const struct sector headers[2]) {
  struct sector none;
  memset(&none, 0, sizeof none);
  int a = is_valid(&headers[0], HEADER_MAGIC), b = is_valid(&headers[1], HEADER_MAGIC);
  if (a && b) return headers[headers[1].number > headers[0].number];
  return a ? headers[0] : b ? headers[1] : none;
}

static void die(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static int write_sector(int nbd, uint64_t at, struct sector *sector) {
  sector->crc = crc32_of(sector);
  return nbd_write(nbd, at, sector);
}

static void append(int nbd, struct sector *header) {
  struct sector record;
  memset(&record, 0, sizeof record);
  record.magic = RECORD_MAGIC;
  record.number = header->length;
  snprintf((char *)record.filler, sizeof record.filler, "record %u", (unsigned)header->length);
  if (write_sector(nbd, FIRST_RECORD + header->length, &record) != 0) die("the record cannot be written");
#ifdef FIXED
  if (nbd_flush(nbd) != 0) die("the record cannot be flushed");
#endif
  header->magic = HEADER_MAGIC;
  header->number++;
  header->length++;
  if (write_sector(nbd, header->number & 1, header) != 0) die("the header cannot be written");
  if (nbd_flush(nbd) != 0) die("the header cannot be flushed");
  printf("kept %u\n", (unsigned)header->length);
  fflush(stdout); /* said before the next request goes out */
}

static int open_card(const char *socket_path, uint64_t *sectors, struct sector headers[2]) {
  int nbd = nbd_open(socket_path, sectors);
  if (nbd < 0) die("no NBD server at that socket");
  for (int i = 0; i < 2; i++)
    if (nbd_read(nbd, (uint64_t)i, &headers[i]) != 0) memset(&headers[i], 0, SECTOR_BYTES);
  return nbd;
}

/* The damaged copy first: until it is there to stay, the other one is all that there is. */
static void repair(const char *socket_path) {
  uint64_t sectors = 0;
  struct sector headers[2], header;
  int nbd = open_card(socket_path, &sectors, headers);
  header = newest(headers);
  int whole = is_valid(&headers[0], HEADER_MAGIC) && is_valid(&headers[1], HEADER_MAGIC);
  for (int copies = header.length > 0 && !whole ? 2 : 0; copies > 0; copies--) {
    header.number++;
    if (write_sector(nbd, header.number & 1, &header) != 0) die("a header cannot be written");
#ifdef HASTY_REPAIR
    if (copies > 1) continue;
#endif
    if (nbd_flush(nbd) != 0) die("a header cannot be flushed");
  }
  nbd_close(nbd);
}

static void run(const char *socket_path, int count) {
  uint64_t sectors = 0;
  struct sector headers[2], header;
  int nbd = open_card(socket_path, &sectors, headers);
  header = newest(headers);
  if (count < 0 || FIRST_RECORD + header.length + (uint64_t)count > sectors) die("the card is too small");
  while (count-- > 0) append(nbd, &header);
  nbd_close(nbd);
}

static void check(const char *image_path, const char *marks_path) {
  struct sector headers[2], record;
  char line[64];
  unsigned kept = 0;
  FILE *marks = fopen(marks_path, "r"), *image = fopen(image_path, "rb");
  if (marks == NULL || image == NULL) die("image or marks cannot be read");
  while (fgets(line, sizeof line, marks) != NULL) (void)sscanf(line, "kept %u", &kept);
  if (fread(headers, SECTOR_BYTES, 2, image) != 2) die("the image is too short");
  struct sector header = newest(headers);
  if (header.length < kept) {
    printf("%u records were promised, the header counts %u\n", kept, (unsigned)header.length);
    exit(1);
  }
  for (uint32_t i = 0; i < header.length; i++) {
    if (fread(&record, SECTOR_BYTES, 1, image) == 1 && is_valid(&record, RECORD_MAGIC) && record.number == i) continue;
    printf("the header counts %u records, record %u is none\n", (unsigned)header.length, (unsigned)i);
    exit(1);
  }
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "check") == 0) check(argv[2], argv[3]);
  else if (argc == 3 && strcmp(argv[1], "repair") == 0) repair(argv[2]);
  else if (argc == 3) run(argv[1], atoi(argv[2]));
  else die("usage: store SOCKET N, store repair SOCKET, or store check IMAGE MARKS");
  return 0;
}
