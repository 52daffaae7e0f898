/* SPDX-License-Identifier: MIT */
#include "board.h"
#include "rp2040.h"

#define BUSES 2u
#define PERIPHERAL_KHZ 125000u
/* Channels of a bus: the block, what follows it, and what comes in. */
#define BLOCK(bus) (3u * (bus))
#define TAIL(bus) (3u * (bus) + 1u)
#define INPUT(bus) (3u * (bus) + 2u)
#define BLOCK_BYTES 512u

static const uint8_t first_pin[BUSES] = {16, 8}; /* RX, chip select, SCK, TX */
static const uint8_t high = 0xff;
static volatile uint8_t last[BUSES];
static volatile bool done[BUSES];

static uint32_t chip_select(uint32_t bus) { return 1u << (first_pin[bus] + 1); }

static void start_spi(uint32_t bus) {
  const uint32_t base = SPI_BASE(bus);
  const uint32_t pin = first_pin[bus];
  REGISTER(GPIO_OUT_SET) = chip_select(bus);
  REGISTER(GPIO_OE_SET) = chip_select(bus);
  REGISTER(IO_CTRL(pin)) = FUNCTION_SPI;
  REGISTER(IO_CTRL(pin + 1)) = FUNCTION_SIO;
  REGISTER(IO_CTRL(pin + 2)) = FUNCTION_SPI;
  REGISTER(IO_CTRL(pin + 3)) = FUNCTION_SPI;
  spi_speed(bus, 400);
  REGISTER(base + SSPDMACR) = 3;
  REGISTER(base + SSPCR1) = 2;
}

void board_start(void) {
  REGISTER(IO_CTRL(0)) = FUNCTION_UART;
  REGISTER(UART0 + UART_IBRD) = 67; /* 125 MHz / (16 * 115200) = 67.8 */
  REGISTER(UART0 + UART_FBRD) = 52;
  REGISTER(UART0 + UART_LCR_H) = 0x70;
  REGISTER(UART0 + UART_CR) = 0x301;
  for (uint32_t bus = 0; bus < BUSES; bus++) start_spi(bus);
  REGISTER(DMA_INTE0) = (1u << INPUT(0)) | (1u << INPUT(1));
  REGISTER(NVIC_ISER) = 1u << IRQ_DMA_0;
}

void print(const char *text) {
  for (; *text != 0; text++) {
    while ((REGISTER(UART0 + UART_FR) & UART_FR_TXFF) != 0) {
    }
    REGISTER(UART0 + UART_DR) = (uint8_t)*text;
  }
}

void print_number(uint32_t number) {
  char digits[11];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  print(digits + at);
}

uint32_t now_us(void) { return REGISTER(TIMER_RAWL); }

void spi_speed(uint32_t bus, uint32_t kilohertz) {
  /* By 2 and by 1 + SCR; 8 bits, mode 0. */
  uint32_t divider = (PERIPHERAL_KHZ + 2 * kilohertz - 1) / (2 * kilohertz);
  REGISTER(SPI_BASE(bus) + SSPCPSR) = 2;
  REGISTER(SPI_BASE(bus) + SSPCR0) = ((divider - 1) << 8) | 7;
}

uint8_t spi_byte(uint32_t bus, uint8_t out) {
  const uint32_t base = SPI_BASE(bus);
  REGISTER(base + SSPDR) = out;
  while ((REGISTER(base + SSPSR) & SSPSR_RNE) == 0) {
  }
  return (uint8_t)REGISTER(base + SSPDR);
}

void spi_select(uint32_t bus, bool on) {
  REGISTER(on ? GPIO_OUT_CLR : GPIO_OUT_SET) = chip_select(bus);
  if (!on) spi_byte(bus, high);
}

static void start_channel(uint32_t channel, const volatile void *from, volatile void *to, uint32_t count, uint32_t control) {
  REGISTER(DMA_CHANNEL(channel) + DMA_READ_ADDR) = (uint32_t)from;
  REGISTER(DMA_CHANNEL(channel) + DMA_WRITE_ADDR) = (uint32_t)to;
  REGISTER(DMA_CHANNEL(channel) + DMA_TRANS_COUNT) = count;
  REGISTER(DMA_CHANNEL(channel) + DMA_CTRL_TRIG) = control;
}

void spi_send(uint32_t bus, const uint8_t *block, const uint8_t *tail, uint32_t tail_bytes) {
  volatile void *data = &REGISTER(SPI_BASE(bus) + SSPDR);
  const uint32_t out = DMA_INCR_READ | DMA_TREQ(DREQ_SPI_TX(bus)) | DMA_QUIET | DMA_EN;
  done[bus] = false;
  start_channel(INPUT(bus), data, &last[bus], BLOCK_BYTES + tail_bytes,
                DMA_TREQ(DREQ_SPI_RX(bus)) | DMA_CHAIN_TO(INPUT(bus)) | DMA_EN);
  /* Set, but started by the chain alone: all but the trigger. */
  REGISTER(DMA_CHANNEL(TAIL(bus)) + DMA_READ_ADDR) = (uint32_t)tail;
  REGISTER(DMA_CHANNEL(TAIL(bus)) + DMA_WRITE_ADDR) = (uint32_t)data;
  REGISTER(DMA_CHANNEL(TAIL(bus)) + DMA_TRANS_COUNT) = tail_bytes;
  REGISTER(DMA_CHANNEL(TAIL(bus)) + 0x10) = out | DMA_CHAIN_TO(TAIL(bus));
  start_channel(BLOCK(bus), block, data, BLOCK_BYTES, out | DMA_CHAIN_TO(TAIL(bus)));
}

void spi_receive(uint32_t bus, uint8_t *into, uint32_t count) {
  volatile void *data = &REGISTER(SPI_BASE(bus) + SSPDR);
  done[bus] = false;
  start_channel(INPUT(bus), data, into, count,
                DMA_INCR_WRITE | DMA_TREQ(DREQ_SPI_RX(bus)) | DMA_CHAIN_TO(INPUT(bus)) | DMA_EN);
  start_channel(BLOCK(bus), &high, data, count,
                DMA_TREQ(DREQ_SPI_TX(bus)) | DMA_CHAIN_TO(BLOCK(bus)) | DMA_QUIET | DMA_EN);
}

bool spi_done(uint32_t bus) { return done[bus]; }

uint8_t spi_last(uint32_t bus) { return last[bus]; }

void spi_wait(uint32_t bus) {
  for (;;) {
    /* Masked: an interrupt between the look and the sleep ends the sleep, and is taken behind it. */
    __asm volatile("cpsid i" ::: "memory");
    const bool is_done = done[bus];
    if (!is_done) __asm volatile("wfi");
    __asm volatile("cpsie i" ::: "memory");
    if (is_done) return;
  }
}

void dma_interrupt(void) {
  const uint32_t status = REGISTER(DMA_INTS0);
  REGISTER(DMA_INTS0) = status;
  for (uint32_t bus = 0; bus < BUSES; bus++) {
    if ((status & (1u << INPUT(bus))) != 0) done[bus] = true;
  }
}
