/* SPDX-License-Identifier: MIT */
/* Two SPI buses with one card each: the bus half of the driver's callbacks. */
#ifndef SPI_BUS_H
#define SPI_BUS_H

#include "syncgate.h"

void spi_start(void);
/* Fills in the callbacks that begin with bus_. */
void spi_callbacks(struct syncgate_callbacks *callbacks);
/* Looks after what is under way, and tells the driver of one transfer of each card that has ended. From the main loop. */
void spi_turn(void);

#endif
