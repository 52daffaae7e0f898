/* SPDX-License-Identifier: MIT */
#ifndef LOGGER_SCENARIO_H
#define LOGGER_SCENARIO_H

#include <stdint.h>

/* What it does; a host may write others into the flash before the boot, by the symbol's address. */
struct logger_scenario {
  /* Blocks that it logs before it ends; 0: until `stop` is typed (logger_commands.h). */
  uint32_t blocks;
  /* Between two samples. */
  uint32_t sample_us;
  /* Samples after which a block that is not full is written in part. */
  uint32_t part;
  /* Blocks between two flushes. */
  uint32_t flush_every;
  /* Of the array: sectors of the card that it uses, sectors of a region (2^shift), of a metadata area; ms between epochs. */
  uint32_t card_sectors, region_shift, stride, epoch_ms;
};
extern const struct logger_scenario logger_scenario;

#endif
