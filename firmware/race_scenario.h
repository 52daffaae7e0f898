/* SPDX-License-Identifier: MIT */
#ifndef RACE_SCENARIO_H
#define RACE_SCENARIO_H

#include <stdint.h>

/* What it does; a host may write others into the flash before the boot, by the symbol's address. */
struct race_scenario {
  uint32_t seed;
  /* Writes that were changed under way before it ends. */
  uint32_t racing;
  /* Requests at once, 1 to 4, and sectors of each: `sectors`, or 1 to `sectors` if `vary` is 1. At most 64. */
  uint32_t depth, sectors, vary;
  /* Between two changes. */
  uint32_t change_us;
  /* Of 256 changes, those that leave the CRC16 of their sector as it was. */
  uint32_t collisions;
  /* Of the array: sectors of the card that it uses, sectors of a region (2^shift), of a metadata area. */
  uint32_t card_sectors, region_shift, stride;
};
extern const struct race_scenario race_scenario;

#endif
