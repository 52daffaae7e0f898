/* SPDX-License-Identifier: MIT */
/* The four alarms of the timer, and who has which; the parts of this board that the others need. */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

/* Of each bus: the pause before its wait looks again. */
#define ALARM_BUS(bus) (bus)
#define ALARM_MILLISECOND 2u
#define ALARM_PERIODIC 3u
#define ALARMS 4u

/* One interrupt once the time has come, at once if it has. */
void alarm_at(uint32_t alarm, uint32_t us);
void alarm_off(uint32_t alarm);
/* In its interrupt. */
void alarm_taken(uint32_t alarm);

void spi_start(void);
void dma_interrupt(void);
void bus_0_interrupt(void);
void bus_1_interrupt(void);
void millisecond_interrupt(void);
void periodic_interrupt(void);

#endif
