/* SPDX-License-Identifier: MIT */
/* The registers of the RP2040 that this example uses (RP2040 Datasheet, sections 2 and 4). */
#ifndef RP2040_H
#define RP2040_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SET_ALIAS 0x2000u
#define CLEAR_ALIAS 0x3000u

#define RESETS_RESET 0x4000c000u
#define RESETS_DONE 0x4000c008u
/* Bits of peripherals (2.14.3): all but IO_QSPI and PADS_QSPI; DMA, IO_BANK0, PADS_BANK0, TIMER; SPI0, SPI1, UART0. */
#define RESETS_WITHOUT_FLASH (0x1ffffffu & ~(1u << 6 | 1u << 9))
#define RESETS_OF_SYSTEM (1u << 2 | 1u << 5 | 1u << 8 | 1u << 21)
#define RESET_PLL_SYS (1u << 12)
#define RESETS_OF_PERIPHERAL_CLOCK (1u << 16 | 1u << 17 | 1u << 22)

#define XOSC_CTRL 0x40024000u
#define XOSC_STATUS 0x40024004u
#define XOSC_STARTUP 0x4002400cu
#define PLL_SYS_CS 0x40028000u
#define PLL_SYS_PWR 0x40028004u
#define PLL_SYS_FBDIV 0x40028008u
#define PLL_SYS_PRIM 0x4002800cu
#define CLK_REF_CTRL 0x40008030u
#define CLK_REF_DIV 0x40008034u
#define CLK_REF_SELECTED 0x40008038u
#define CLK_SYS_CTRL 0x4000803cu
#define CLK_SYS_DIV 0x40008040u
#define CLK_SYS_SELECTED 0x40008044u
#define CLK_PERI_CTRL 0x40008048u
#define WATCHDOG_TICK 0x4005802cu
#define ROSC_RANDOMBIT 0x4006001cu

#define IO_CTRL(pin) (0x40014004u + 8u * (pin))
#define PAD(pin) (0x4001c004u + 4u * (pin))
#define PAD_PULL_DOWN (1u << 2)
#define PAD_PULL_UP (1u << 3)
#define FUNCTION_SPI 1u
#define FUNCTION_UART 2u
#define FUNCTION_SIO 5u
#define GPIO_OUT_SET 0xd0000014u
#define GPIO_OUT_CLR 0xd0000018u
#define GPIO_OE_SET 0xd0000024u

#define UART0_DR 0x40034000u
#define UART0_FR 0x40034018u
#define UART0_IBRD 0x40034024u
#define UART0_FBRD 0x40034028u
#define UART0_LCR_H 0x4003402cu
#define UART0_CR 0x40034030u

#define TIMER_RAWH 0x40054024u
#define TIMER_RAWL 0x40054028u

#define SPI_BASE(bus) (0x4003c000u + 0x4000u * (bus))
#define SSPCR0 0x00u
#define SSPCR1 0x04u
#define SSPDR 0x08u
#define SSPSR 0x0cu
#define SSPCPSR 0x10u
#define SSPDMACR 0x24u

#define DMA_CHANNEL(channel) (0x50000000u + 0x40u * (channel))
#define DMA_READ_ADDR 0x00u
#define DMA_WRITE_ADDR 0x04u
#define DMA_TRANS_COUNT 0x08u
#define DMA_CTRL_TRIG 0x0cu
#define DMA_CHAN_ABORT 0x50000444u
#define DMA_EN (1u << 0)
#define DMA_INCR_READ (1u << 4)
#define DMA_INCR_WRITE (1u << 5)
#define DMA_CHAIN_TO(channel) ((channel) << 11)
#define DMA_TREQ(request) ((request) << 15)
#define DMA_QUIET (1u << 21)
#define DMA_BUSY (1u << 24)
#define DREQ_SPI_TX(bus) (16u + 2u * (bus))
#define DREQ_SPI_RX(bus) (17u + 2u * (bus))

#endif
