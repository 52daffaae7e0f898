/* SPDX-License-Identifier: MIT */
/* The mirror over both cards, from one loop: everything here is called from it, and `done` and `sync` are too. */
#ifndef MIRROR_H
#define MIRROR_H

#include "syncgate.h"

struct mirror_listener {
  /* A request has ended. Called from within the driver: it only notes that. */
  void (*done)(uint32_t tag, uint32_t status);
  /*
   * The driver asks for a sync (docs/firmware.md): called from the loop; answered by mirror_synced, once all that was
   * changed under way is written again. NULL for an application that leaves the buffers of its writes alone: at once.
   */
  void (*sync)(uint32_t epoch);
};

/* Begins: starts both cards and waits. Returns SYNCGATE_STATUS_OK, or the status of the first that did not start. */
uint32_t mirror_begin(const struct mirror_listener *listener);
/* Formats and waits; behind mirror_begin. The configuration is the caller's (syncgate_configure). */
uint32_t mirror_format(uint32_t region_shift, uint32_t nonce);
/* Assembles the array and waits: from then on requests are accepted. */
uint32_t mirror_assemble(uint32_t nonce);
/* Stops the array behind its last clearing pass and waits. */
uint32_t mirror_stop(void);
/* A command about a member, and waits: for the end of a rebuild, if it is one. */
uint32_t mirror_member(uint32_t command, uint32_t member);
/* One turn of the loop: hands one event to the driver, or sleeps until there may be one. */
void mirror_step(void);
void mirror_synced(uint32_t epoch, uint32_t status);

#endif
