/* SPDX-License-Identifier: MIT */
/*
 * The second stage of the boot (RP2040 Datasheet, 2.8.1.3). The boot ROM copies these 252 bytes and their checksum to the
 * end of the SRAM and calls them there. They have the SSI answer reads of the flash's window by serial reads (03h, 24 bits
 * of address), which every flash has, and go on at the vector table behind them. All else is the firmware's own.
 * The build adds the checksum (scripts/second-stage.mjs).
 */
  .syntax unified
  .cpu cortex-m0plus
  .thumb
  .section .boot2, "ax"
  .balign 4
  .thumb_func
  .global second_stage
second_stage:
  ldr r0, ssi
  adr r1, settings
  movs r2, #(settings_end - settings) / 8
next:
  ldm r1!, {r3, r4}
  str r4, [r0, r3]
  subs r2, #1
  bne next
  ldr r0, vectors
  ldr r1, vtor
  str r0, [r1]
  ldm r0!, {r1, r2}
  msr msp, r1
  bx r2

  .balign 4
ssi: .word 0x18000000 /* XIP_SSI_BASE (4.10.13) */
vectors: .word 0x10000100
vtor: .word 0xe000ed08 /* (2.4.8) */

/* Offset of a register of the SSI, and what it gets. It takes settings while it is disabled. */
settings:
  .word 0x08, 0                          /* SSIENR: disabled */
  .word 0x10, 1                          /* SER: the flash is its only slave */
  .word 0x14, 4                          /* BAUDR: 31.25 MHz, once the system clock is 125 MHz */
  .word 0x00, (31 << 16) | (3 << 8)      /* CTRLR0: frames of 32 bits, a command and an address before they are read */
  .word 0x04, 0                          /* CTRLR1: one frame */
  .word 0xf4, (3 << 24) | (2 << 8) | (6 << 2) /* SPI_CTRLR0: command 03h of 8 bits, 24 bits of address, one line each */
  .word 0x08, 1                          /* SSIENR */
settings_end:
