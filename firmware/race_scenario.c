/* SPDX-License-Identifier: MIT */
/* A file of its own, so that the compiler of the race does not know these numbers. */
#include "race_scenario.h"

const struct race_scenario race_scenario = {
    .seed = 1,
    .racing = 200,
    .depth = 4,
    .sectors = 8,
    .vary = 1,
    .change_us = 150,
    .collisions = 0,
    .card_sectors = 1024,
    .region_shift = 5,
    .stride = 16,
};
