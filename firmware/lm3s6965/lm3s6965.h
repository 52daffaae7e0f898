/* SPDX-License-Identifier: MIT */
/* The registers of the LM3S6965 that this firmware uses (Stellaris LM3S6965 Microcontroller Data Sheet), and of its Cortex-M3. */
#ifndef LM3S6965_H
#define LM3S6965_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define SYSCTL_RIS 0x400fe050u
#define RIS_PLL_LOCKED (1u << 6)
#define SYSCTL_RCC 0x400fe060u
#define SYSCTL_RCGC1 0x400fe104u
#define RCGC1_UART0 (1u << 0)
#define RCGC1_SSI0 (1u << 4)
#define SYSCTL_RCGC2 0x400fe108u
#define RCGC2_GPIO_A (1u << 0)
#define RCGC2_GPIO_D (1u << 3)
#define RCC_BYPASS (1u << 11)
#define RCC_POWER_DOWN (1u << 13)
#define RCC_USE_DIVIDER (1u << 22)
#define RCC_DIVIDER(by) (((by) - 1u) << 23)
#define RCC_CRYSTAL_8_MHZ (0xeu << 6)

#define GPIO_A 0x40004000u
#define GPIO_D 0x40007000u
/* The address chooses the pins that a write of the data changes. */
#define GPIO_DATA(port, pins) ((port) + 4u * (pins))
#define GPIO_DIR 0x400u
#define GPIO_AFSEL 0x420u
#define GPIO_DEN 0x51cu

#define UART0 0x4000c000u

#define SSI0 0x40008000u
#define SSI_CR0 0x00u
#define SSI_CR1 0x04u
#define SSI_DR 0x08u
#define SSI_SR 0x0cu
#define SSI_SR_RNE (1u << 2)
#define SSI_CPSR 0x10u

#define SYSTICK_CTRL 0xe000e010u
#define SYSTICK_RELOAD 0xe000e014u
#define SYSTICK_VALUE 0xe000e018u
#define SYSTICK_COUNTED (1u << 16)
/* Interrupt control and state; 1 in bit 26: the interrupt of SysTick is pending. */
#define SCB_ICSR 0xe000ed04u
#define ICSR_SYSTICK_PENDING (1u << 26)

#define CLOCK_KHZ 50000u

void tick_interrupt(void);

#endif
