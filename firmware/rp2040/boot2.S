/* SPDX-License-Identifier: MIT */
/*
 * The second stage of the boot (RP2040 Datasheet, 2.8.1.3). The boot ROM copies these 252 bytes and their checksum to the
 * end of the SRAM and calls them there with LR = 0. They have the SSI answer reads of the flash's window by serial reads
 * (03h, 24 bits of address), which every flash has, and go on at the vector table behind them. Firmware that has written to
 * the flash copies and calls them too, to read again: then LR is where they return to, and r4 to r11 stay as they are.
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
  movs r2, #0
  str r2, [r0, #SSIENR] /* It takes settings while it is disabled. */
  adr r1, settings
next:
  ldm r1!, {r2, r3}
  str r3, [r0, r2]
  cmp r2, #SSIENR
  bne next
  mov r0, lr
  cmp r0, #0
  beq start
  bx r0
start:
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

  .equ SSIENR, 0x08
/* Offset of a register of the SSI, and what it gets; that it is enabled comes last. */
settings:
  .word 0x10, 1                          /* SER: the flash is its only slave */
  .word 0x14, 4                          /* BAUDR: 31.25 MHz, once the system clock is 125 MHz */
  .word 0x00, (31 << 16) | (3 << 8)      /* CTRLR0: frames of 32 bits, a command and an address before they are read */
  .word 0x04, 0                          /* CTRLR1: one frame */
  .word 0xf4, (3 << 24) | (2 << 8) | (6 << 2) /* SPI_CTRLR0: command 03h of 8 bits, 24 bits of address, one line each */
  .word SSIENR, 1
