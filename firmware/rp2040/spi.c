/* SPDX-License-Identifier: MIT */
/*
 * Two SPI buses by DMA. Each has four channels: what goes out, what goes out behind it, what comes in, and what comes in
 * behind it; the first of each pair is chained to the second. The interrupt of the last one that comes in ends the
 * transfer. What goes out before a block is put into the FIFO of eight. Between two blocks of a stream lie interrupts
 * alone: while the card is looked at, the channels of the next block are made ready.
 */
#include <stddef.h>
#include "../spi.h"
#include "../board.h"
#include "../crc16.h"
#include "../interrupts.h"
#include "rp2040.h"
#include "timer.h"

#define PERIPHERAL_KHZ 125000u
#define OUT(bus) (4u * (bus))
#define OUT_TAIL(bus) (4u * (bus) + 1u)
#define IN(bus) (4u * (bus) + 2u)
#define IN_TAIL(bus) (4u * (bus) + 3u)
#define SUMMING 8u
#define CHANNELS(bus) (0xfu << (4u * (bus)))
#define TAIL_BYTES 3u
#define CRC_BYTES 2u
/* So many bytes of a card that may be busy are looked at in one go; 3, 4 and 6 find the end later (measured). */
#define LOOK_BYTES 2u
/*
 * A wait looks again after an eighth of what it took so far, 50 us at most: its end is known early, and seldom asked for.
 * A pause is an interrupt more, and not worth it if it is short.
 */
#define PAUSE_MIN_US 4u
#define PAUSE_MAX_US 50u
#define PAUSE_SHARE 8u

/* NEXT: a block was accepted, and the one behind it waits until the card is ready. */
enum transfer { REST, EXCHANGE, WAIT, SEND, NEXT, RECEIVE, LOOK };

static struct bus {
  volatile enum transfer transfer;
  bool token;
  /* A byte behind the last data response was 0xff: the card is ready, and stays so. */
  bool ready;
  uint32_t began_us, limit_us;
  uint8_t tail[TAIL_BYTES], answer[TAIL_BYTES], looks[LOOK_BYTES];
  uint32_t looked;
  uint8_t start_token;
  /* The block behind the one under way; NULL for none. */
  const uint8_t *next;
  uint16_t next_crc;
  uint32_t next_limit_us;
} buses[SPI_BUSES];

static const uint8_t first_pin[SPI_BUSES] = {16, 8}; /* RX, chip select, SCK, TX */
static const uint8_t high = 0xff;
static uint8_t sink;
/* The sniffer sums one channel at a time: that of a bus that receives, or SUMMING. */
static volatile bool sniffing;
static uint32_t sniffed_bus;

static uint32_t chip_select(uint32_t bus) { return 1u << (first_pin[bus] + 1); }

static volatile uint32_t *data_of(uint32_t bus) { return &REGISTER(SPI_BASE(bus) + SSPDR); }

void spi_start(void) {
  for (uint32_t bus = 0; bus < SPI_BUSES; bus++) {
    const uint32_t pin = first_pin[bus];
    REGISTER(GPIO_OUT_SET) = chip_select(bus);
    REGISTER(GPIO_OE_SET) = chip_select(bus);
    REGISTER(IO_CTRL(pin)) = FUNCTION_SPI;
    REGISTER(IO_CTRL(pin + 1)) = FUNCTION_SIO;
    REGISTER(IO_CTRL(pin + 2)) = FUNCTION_SPI;
    REGISTER(IO_CTRL(pin + 3)) = FUNCTION_SPI;
    spi_speed(bus, 400);
    REGISTER(SPI_BASE(bus) + SSPDMACR) = 3;
    REGISTER(SPI_BASE(bus) + SSPCR1) = 2;
    /* Receiving bytes is what ends each transfer. */
    REGISTER(DMA_INTE0 + SET_ALIAS) = (1u << IN(bus)) | (1u << IN_TAIL(bus));
  }
}

void spi_speed(uint32_t bus, uint32_t kilohertz) {
  /* By 2 and by 1 + SCR; 8 bits, mode 0. */
  uint32_t divider = (PERIPHERAL_KHZ + 2 * kilohertz - 1) / (2 * kilohertz);
  REGISTER(SPI_BASE(bus) + SSPCPSR) = 2;
  REGISTER(SPI_BASE(bus) + SSPCR0) = ((divider - 1) << 8) | 7;
}

/* A look that nobody has asked for ends within its 3 us. */
static void begin(uint32_t bus, enum transfer transfer) {
  while (buses[bus].transfer == LOOK) {
  }
  buses[bus].transfer = transfer;
  buses[bus].ready = false;
}

void spi_select(uint32_t bus, bool low) {
  begin(bus, REST);
  REGISTER(low ? GPIO_OUT_CLR : GPIO_OUT_SET) = chip_select(bus);
  if (low) return;
  /* The DMA does not run now, and takes nothing away. */
  *data_of(bus) = high;
  while ((REGISTER(SPI_BASE(bus) + SSPSR) & SSPSR_RNE) == 0) {
  }
  (void)*data_of(bus);
}

static void channel(uint32_t number, const volatile void *from, volatile void *to, uint32_t count, uint32_t control) {
  REGISTER(DMA_CHANNEL(number) + DMA_READ_ADDR) = (uint32_t)from;
  REGISTER(DMA_CHANNEL(number) + DMA_WRITE_ADDR) = (uint32_t)to;
  REGISTER(DMA_CHANNEL(number) + DMA_TRANS_COUNT) = count;
  /* What the channel moves is in memory, and what was in it has been read. */
  __asm volatile("" ::: "memory");
  /* The register with the trigger, or its alias without. */
  REGISTER(DMA_CHANNEL(number) + ((control & DMA_EN) != 0 ? DMA_CTRL_TRIG : DMA_AL1_CTRL)) = control | DMA_EN;
}

/* What comes in. The last channel of a chain is chained to itself, which is none. */
static void receive(uint32_t bus, uint8_t *to, uint32_t count, uint32_t options) {
  channel(IN(bus), data_of(bus), to, count, options | DMA_TREQ(DREQ_SPI_RX(bus)) | DMA_EN);
}

static void receive_tail(uint32_t bus, uint32_t count) {
  channel(IN_TAIL(bus), data_of(bus), buses[bus].answer, count,
          DMA_INCR_WRITE | DMA_TREQ(DREQ_SPI_RX(bus)) | DMA_CHAIN_TO(IN_TAIL(bus)));
}

static void send(uint32_t bus, const uint8_t *from, uint32_t count, uint32_t options) {
  channel(OUT(bus), from, data_of(bus), count, options | DMA_TREQ(DREQ_SPI_TX(bus)) | DMA_QUIET | DMA_EN);
}

void spi_exchange(uint32_t bus, uint8_t *bytes, uint32_t count) {
  begin(bus, EXCHANGE);
  receive(bus, bytes, count, DMA_INCR_WRITE | DMA_CHAIN_TO(IN(bus)));
  send(bus, bytes, count, DMA_INCR_READ | DMA_CHAIN_TO(OUT(bus)));
}

/* The channels of a block but the one that a look takes. */
static void prepare_block(uint32_t bus, const uint8_t *block, uint16_t crc) {
  struct bus *b = &buses[bus];
  b->tail[0] = (uint8_t)(crc >> 8);
  b->tail[1] = (uint8_t)crc;
  b->tail[2] = high; /* the data response */
  receive_tail(bus, TAIL_BYTES);
  channel(OUT_TAIL(bus), b->tail, data_of(bus), TAIL_BYTES,
          DMA_INCR_READ | DMA_TREQ(DREQ_SPI_TX(bus)) | DMA_QUIET | DMA_CHAIN_TO(OUT_TAIL(bus)));
  channel(OUT(bus), block, data_of(bus), SPI_BLOCK_BYTES,
          DMA_INCR_READ | DMA_TREQ(DREQ_SPI_TX(bus)) | DMA_QUIET | DMA_CHAIN_TO(OUT_TAIL(bus)));
}

static void start_block(uint32_t bus) {
  *data_of(bus) = high;
  *data_of(bus) = buses[bus].start_token;
  channel(IN(bus), data_of(bus), &sink, 2 + SPI_BLOCK_BYTES,
          DMA_TREQ(DREQ_SPI_RX(bus)) | DMA_CHAIN_TO(IN_TAIL(bus)) | DMA_QUIET);
  REGISTER(DMA_MULTI_CHAN_TRIGGER) = (1u << IN(bus)) | (1u << OUT(bus));
}

void spi_send_block(uint32_t bus, uint8_t start_token, const uint8_t *block, uint16_t crc) {
  begin(bus, SEND);
  buses[bus].start_token = start_token;
  prepare_block(bus, block, crc);
  start_block(bus);
}

bool spi_queue_block(uint32_t bus, const uint8_t *block, uint16_t crc, uint32_t limit_us) {
  struct bus *b = &buses[bus];
  if (b->transfer != SEND && b->transfer != NEXT) return false;
  b->next = block;
  b->next_crc = crc;
  b->next_limit_us = limit_us;
  return true;
}

void spi_receive_block(uint32_t bus, uint8_t *into) {
  uint32_t sniff = 0;
  begin(bus, RECEIVE);
  if (!sniffing) {
    sniffing = true;
    sniffed_bus = bus;
    REGISTER(DMA_SNIFF_DATA) = 0;
    REGISTER(DMA_SNIFF_CTRL) = SNIFF_CRC16 | SNIFF_CHANNEL(IN(bus)) | SNIFF_EN;
    sniff = DMA_SNIFF;
  }
  receive_tail(bus, CRC_BYTES);
  receive(bus, into, SPI_BLOCK_BYTES, DMA_INCR_WRITE | DMA_CHAIN_TO(IN_TAIL(bus)) | DMA_QUIET | sniff);
  send(bus, &high, SPI_BLOCK_BYTES + CRC_BYTES, DMA_CHAIN_TO(OUT(bus)));
}

/* Bytes of 0xff: one to a card that may send a token, behind which everything is data; some to one that is busy. */
static void look(uint32_t bus) {
  struct bus *b = &buses[bus];
  b->looked = b->token ? 1 : LOOK_BYTES;
  receive(bus, b->looks, b->looked, DMA_INCR_WRITE | DMA_CHAIN_TO(IN(bus)));
  for (uint32_t at = 0; at < b->looked; at++) *data_of(bus) = high;
}

void spi_wait(uint32_t bus, bool token, uint32_t limit_us) {
  struct bus *b = &buses[bus];
  /* Behind a token everything is data: a look takes too much. */
  if (token) begin(bus, REST);
  const uint32_t state = irq_off();
  const bool is_looking = b->transfer == LOOK;
  b->token = token;
  b->began_us = now_us();
  b->limit_us = limit_us;
  if (!token && b->ready) spi_ended(bus, high);
  else {
    b->transfer = WAIT;
    if (!is_looking) look(bus);
  }
  irq_restore(state);
}

static void end(uint32_t bus, uint32_t result) {
  buses[bus].transfer = REST;
  buses[bus].next = NULL;
  spi_ended(bus, result);
}

static void looked(uint32_t bus) {
  struct bus *b = &buses[bus];
  const uint8_t byte = b->looks[b->looked - 1];
  if ((byte == high) != b->token) {
    if (b->transfer == NEXT) {
      b->transfer = SEND;
      start_block(bus);
    } else end(bus, byte);
    return;
  }
  const uint32_t elapsed = now_us() - b->began_us;
  if (elapsed >= b->limit_us) {
    end(bus, SPI_WAIT_LIMIT);
    return;
  }
  const uint32_t pause = elapsed / PAUSE_SHARE < PAUSE_MAX_US ? elapsed / PAUSE_SHARE : PAUSE_MAX_US;
  if (pause < PAUSE_MIN_US) look(bus);
  else alarm_at(ALARM_BUS(bus), now_us() + pause);
}

static void received(uint32_t bus) {
  const uint32_t crc = (uint32_t)buses[bus].answer[0] << 8 | buses[bus].answer[1];
  if (sniffing && sniffed_bus == bus) {
    const uint32_t difference = (REGISTER(DMA_SNIFF_DATA) & 0xffffu) ^ crc;
    sniffing = false;
    end(bus, SPI_SUMMED | difference);
  } else end(bus, crc);
}

static void block_sent(uint32_t bus) {
  struct bus *b = &buses[bus];
  const uint32_t response = b->answer[TAIL_BYTES - 1];
  const uint8_t *next = b->next;
  const bool goes_on = next != NULL && SPI_IS_ACCEPTED(response);
  b->next = NULL;
  b->token = false;
  /* If none is queued: while the driver thinks about the response. It will ask whether the card is busy. */
  b->transfer = goes_on ? NEXT : LOOK;
  look(bus);
  if (goes_on) {
    b->began_us = now_us();
    b->limit_us = b->next_limit_us;
    prepare_block(bus, next, b->next_crc);
  }
  spi_ended(bus, response);
}

void dma_interrupt(void) {
  const uint32_t status = REGISTER(DMA_INTS0);
  REGISTER(DMA_INTS0) = status;
  __asm volatile("" ::: "memory");
  for (uint32_t bus = 0; bus < SPI_BUSES; bus++) {
    if ((status & CHANNELS(bus)) == 0) continue;
    struct bus *b = &buses[bus];
    switch (b->transfer) {
    case WAIT:
    case NEXT: looked(bus); break;
    case SEND: block_sent(bus); break;
    case LOOK:
      b->ready = b->looks[b->looked - 1] == high;
      b->transfer = REST;
      break;
    case RECEIVE: received(bus); break;
    case EXCHANGE: end(bus, 0); break;
    default: break;
    }
  }
}

static void pause_over(uint32_t bus) {
  alarm_taken(ALARM_BUS(bus));
  if (buses[bus].transfer == WAIT || buses[bus].transfer == NEXT) look(bus);
}

void bus_0_interrupt(void) { pause_over(0); }

void bus_1_interrupt(void) { pause_over(1); }

void spi_stop(uint32_t bus) {
  const uint32_t state = irq_off();
  alarm_off(ALARM_BUS(bus));
  buses[bus].transfer = REST;
  buses[bus].ready = false;
  buses[bus].next = NULL;
  if (sniffing && sniffed_bus == bus) sniffing = false;
  /* A channel that is chained to another may start it when it is stopped: disabled ones do not (RP2040-E13 is about that too). */
  for (uint32_t number = OUT(bus); number <= IN_TAIL(bus); number++)
    REGISTER(DMA_CHANNEL(number) + DMA_AL1_CTRL + CLEAR_ALIAS) = DMA_EN;
  REGISTER(DMA_CHAN_ABORT) = CHANNELS(bus);
  while ((REGISTER(DMA_CHAN_ABORT) & CHANNELS(bus)) != 0) {
  }
  while ((REGISTER(SPI_BASE(bus) + SSPSR) & (SSPSR_BSY | SSPSR_RNE)) != 0) (void)*data_of(bus);
  REGISTER(DMA_INTS0) = CHANNELS(bus);
  irq_restore(state);
}

/* From memory to nowhere, past the sniffer, if no bus has it: a byte each cycle (RP2040 Datasheet, 2.5). */
uint16_t spi_crc16(const uint8_t *block) {
  if (sniffing) return crc16(block, SPI_BLOCK_BYTES);
  sniffing = true;
  sniffed_bus = SPI_BUSES;
  REGISTER(DMA_SNIFF_DATA) = 0;
  REGISTER(DMA_SNIFF_CTRL) = SNIFF_CRC16 | SNIFF_CHANNEL(SUMMING) | SNIFF_EN;
  channel(SUMMING, block, &sink, SPI_BLOCK_BYTES,
          DMA_INCR_READ | DMA_TREQ(DREQ_ALWAYS) | DMA_CHAIN_TO(SUMMING) | DMA_QUIET | DMA_SNIFF | DMA_EN);
  while ((REGISTER(DMA_CHANNEL(SUMMING) + DMA_CTRL_TRIG) & DMA_BUSY) != 0) {
  }
  sniffing = false;
  return (uint16_t)REGISTER(DMA_SNIFF_DATA);
}
