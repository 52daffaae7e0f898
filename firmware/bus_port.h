/* SPDX-License-Identifier: MIT */
#ifndef BUS_PORT_H
#define BUS_PORT_H

#include <stdbool.h>
#include "syncgate.h"

/* The bus half of the callbacks. */
void bus_port_callbacks(struct syncgate_callbacks *callbacks);
/* Hands one transfer that has ended to the driver, in the driver's context. Returns false if none has. */
bool bus_port_step(void);
/* Whether bus_port_step has something to do. */
bool bus_port_has_ended(void);
/* Nothing is under way or in the queue any more: before syncgate_start. */
void bus_port_reset(void);

#endif
