/* SPDX-License-Identifier: MIT */
/* A file of its own, so that the compiler of the logger does not know these numbers. */
#include "logger_scenario.h"

const struct logger_scenario logger_scenario = {
    .blocks = 100,
    .sample_us = 20,
    .part = 250,
    .flush_every = 8,
    .card_sectors = 4096,
    .region_shift = 5,
    .stride = 16,
    .epoch_ms = 50,
};
