/* SPDX-License-Identifier: MIT */
/*
 * Blocks go by DMA, on both buses at once; commands of a few bytes are polled. A card has one transfer at a time, so one
 * place for each card is the whole queue between what a callback starts and what the main loop reports.
 */
#include "spi_bus.h"
#include "board.h"
#include "rp2040.h"

#define BUSES 2u
#define PERIPHERAL_KHZ 125000u
#define OUT(bus) (2u * (bus))
#define IN(bus) (2u * (bus) + 1u)
/* Bytes that a turn of the loop gives to a wait. */
#define WAIT_BYTES 8u

enum stage { REST, WAITING, SENDING, RECEIVING, ENDED };

static struct transfer {
  enum stage stage;
  uint32_t token, result;
  uint32_t until;
  uint64_t limit; /* of a wait, microseconds */
  uint16_t crc;
  const uint8_t *received;
} transfers[BUSES];

static const uint8_t first_pin[BUSES] = {16, 8}; /* RX, chip select, SCK, TX */
static const uint8_t high = 0xff;
static uint8_t ignored;

static uint8_t exchange(uint32_t bus, uint8_t out) {
  REGISTER(SPI_BASE(bus) + SSPDR) = out;
  while ((REGISTER(SPI_BASE(bus) + SSPSR) & (1u << 2)) == 0) {
  }
  return (uint8_t)REGISTER(SPI_BASE(bus) + SSPDR);
}

/* Polynomial 0x1021 by half bytes; `to` may be null. Each byte is looked at once. */
static uint16_t crc16(const volatile uint8_t *from, uint8_t *to) {
  static const uint16_t table[16] = {0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
                                     0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef};
  uint32_t crc = 0;
  for (uint32_t i = 0; i < SYNCGATE_SECTOR_BYTES; i++) {
    const uint8_t byte = from[i];
    if (to != 0) to[i] = byte;
    crc = (crc << 4 ^ table[(crc >> 12 & 15u) ^ byte >> 4]) & 0xffffu;
    crc = (crc << 4 ^ table[(crc >> 12 & 15u) ^ (byte & 15u)]) & 0xffffu;
  }
  return (uint16_t)crc;
}

/* A caller's buffer is its address. */
static uint8_t *block(uint32_t buffer, uint32_t sector, uint32_t own) {
  return own ? syncgate_memory(buffer) : (uint8_t *)(uintptr_t)buffer + SYNCGATE_SECTOR_BYTES * sector;
}

static void channel(uint32_t number, const volatile void *from, volatile void *to, uint32_t control) {
  REGISTER(DMA_CHANNEL(number) + DMA_READ_ADDR) = (uint32_t)(uintptr_t)from;
  REGISTER(DMA_CHANNEL(number) + DMA_WRITE_ADDR) = (uint32_t)(uintptr_t)to;
  REGISTER(DMA_CHANNEL(number) + DMA_TRANS_COUNT) = SYNCGATE_SECTOR_BYTES;
  REGISTER(DMA_CHANNEL(number) + DMA_CTRL_TRIG) = control | DMA_CHAIN_TO(number) | DMA_QUIET | DMA_EN;
}

static void on_select(uint32_t card, uint32_t on) {
  REGISTER(on ? GPIO_OUT_CLR : GPIO_OUT_SET) = 1u << (first_pin[card] + 1u);
  if (!on) exchange(card, high);
}

static void on_speed(uint32_t card, uint32_t kilohertz) {
  /* By 2 and by 1 + SCR, rounded up; 8 bits, mode 0 (4.4.3.4). */
  const uint32_t divider = (PERIPHERAL_KHZ + 2u * kilohertz - 1u) / (2u * kilohertz);
  REGISTER(SPI_BASE(card) + SSPCPSR) = 2;
  REGISTER(SPI_BASE(card) + SSPCR0) = (divider - 1u) << 8 | 7u;
}

static void on_burst(uint32_t card, uint32_t address, uint32_t count, uint32_t token) {
  uint8_t *at = syncgate_memory(address);
  for (uint32_t i = 0; i < count; i++) at[i] = exchange(card, at[i]);
  transfers[card] = (struct transfer){.stage = ENDED, .token = token};
}

static void on_wait(uint32_t card, uint32_t until, uint32_t limit_us, uint32_t token) {
  transfers[card] =
      (struct transfer){.stage = WAITING, .token = token, .until = until, .limit = microseconds() + limit_us};
}

static void on_send_block(uint32_t card, uint32_t start, uint32_t buffer, uint32_t sector, uint32_t own, uint32_t crc,
                          uint32_t token) {
  volatile void *data = &REGISTER(SPI_BASE(card) + SSPDR);
  transfers[card] = (struct transfer){.stage = SENDING, .token = token, .crc = (uint16_t)crc};
  exchange(card, high);
  exchange(card, (uint8_t)start);
  channel(IN(card), data, &ignored, DMA_TREQ(DREQ_SPI_RX(card)));
  channel(OUT(card), block(buffer, sector, own), data, DMA_INCR_READ | DMA_TREQ(DREQ_SPI_TX(card)));
}

/* Called while a block is sent: 0 says that the next one is to be given when this one has ended. */
static uint32_t on_queue_block(uint32_t card, uint32_t buffer, uint32_t sector, uint32_t own, uint32_t crc,
                               uint32_t limit_us, uint32_t token) {
  (void)card, (void)buffer, (void)sector, (void)own, (void)crc, (void)limit_us, (void)token;
  return 0;
}

static void on_receive_block(uint32_t card, uint32_t buffer, uint32_t sector, uint32_t own, uint32_t token) {
  volatile void *data = &REGISTER(SPI_BASE(card) + SSPDR);
  uint8_t *to = block(buffer, sector, own);
  transfers[card] = (struct transfer){.stage = RECEIVING, .token = token, .received = to};
  channel(IN(card), data, to, DMA_INCR_WRITE | DMA_TREQ(DREQ_SPI_RX(card)));
  channel(OUT(card), &high, data, DMA_TREQ(DREQ_SPI_TX(card)));
}

static void on_cancel(uint32_t card) {
  const uint32_t both = 1u << OUT(card) | 1u << IN(card);
  REGISTER(DMA_CHAN_ABORT) = both;
  while ((REGISTER(DMA_CHAN_ABORT) & both) != 0) {
  }
  while ((REGISTER(SPI_BASE(card) + SSPSR) & (1u << 4)) != 0) {
  }
  while ((REGISTER(SPI_BASE(card) + SSPSR) & (1u << 2)) != 0) (void)REGISTER(SPI_BASE(card) + SSPDR);
  transfers[card].stage = REST;
}

static uint32_t on_checksum(uint32_t buffer, uint32_t sector, uint32_t own) {
  return crc16(block(buffer, sector, own), 0);
}

static uint32_t on_copy_block(uint32_t buffer, uint32_t sector, uint32_t address) {
  return crc16(block(buffer, sector, 0), syncgate_memory(address));
}

static void end(struct transfer *transfer, uint32_t result) {
  transfer->result = result;
  transfer->stage = ENDED;
}

static void go_on_waiting(uint32_t card, struct transfer *transfer) {
  for (uint32_t i = 0; i < WAIT_BYTES; i++) {
    const uint8_t byte = exchange(card, high);
    if ((byte == high) == (transfer->until == SYNCGATE_SPI_UNTIL_READY)) {
      end(transfer, byte);
      return;
    }
  }
  if (microseconds() > transfer->limit) end(transfer, SYNCGATE_SPI_LIMIT);
}

/* The DMA has ended: what follows the block is polled. */
static void end_block(uint32_t card, struct transfer *transfer) {
  if (transfer->stage == SENDING) {
    exchange(card, (uint8_t)(transfer->crc >> 8));
    exchange(card, (uint8_t)transfer->crc);
    end(transfer, exchange(card, high)); /* the data response */
  } else {
    uint32_t crc = (uint32_t)exchange(card, high) << 8;
    crc |= exchange(card, high);
    end(transfer, crc == crc16(transfer->received, 0) ? SYNCGATE_SPI_BLOCK_GOOD : SYNCGATE_SPI_BLOCK_CORRUPT);
  }
}

void spi_turn(void) {
  for (uint32_t card = 0; card < BUSES; card++) {
    struct transfer *transfer = &transfers[card];
    if (transfer->stage == WAITING) go_on_waiting(card, transfer);
    else if (transfer->stage == SENDING || transfer->stage == RECEIVING) {
      if ((REGISTER(DMA_CHANNEL(IN(card)) + DMA_CTRL_TRIG) & DMA_BUSY) == 0) end_block(card, transfer);
    }
    if (transfer->stage == ENDED) {
      transfer->stage = REST; /* before the call: it may start the next one */
      syncgate_bus_done(card, transfer->token, transfer->result);
    }
  }
}

void spi_callbacks(struct syncgate_callbacks *callbacks) {
  callbacks->bus_select = on_select;
  callbacks->bus_speed = on_speed;
  callbacks->bus_burst = on_burst;
  callbacks->bus_wait = on_wait;
  callbacks->bus_send_block = on_send_block;
  callbacks->bus_queue_block = on_queue_block;
  callbacks->bus_receive_block = on_receive_block;
  callbacks->bus_cancel = on_cancel;
  callbacks->bus_checksum = on_checksum;
  callbacks->bus_copy_block = on_copy_block;
}

void spi_start(void) {
  for (uint32_t bus = 0; bus < BUSES; bus++) {
    const uint32_t pin = first_pin[bus];
    REGISTER(GPIO_OUT_SET) = 1u << (pin + 1u);
    REGISTER(GPIO_OE_SET) = 1u << (pin + 1u);
    for (uint32_t i = 0; i < 4; i++) REGISTER(IO_CTRL(pin + i)) = i == 1 ? FUNCTION_SIO : FUNCTION_SPI;
    on_speed(bus, 400);
    REGISTER(SPI_BASE(bus) + SSPDMACR) = 3;
    REGISTER(SPI_BASE(bus) + SSPCR1) = 2;
  }
}
