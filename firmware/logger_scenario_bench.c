/* SPDX-License-Identifier: MIT */
/* For a person at the bench: it logs until it is told to stop, and slowly. */
#include "logger_scenario.h"

const struct logger_scenario logger_scenario = {
    .blocks = 0,
    .sample_us = 500,
    .part = 100,
    .flush_every = 2,
    .card_sectors = 4096,
    .region_shift = 5,
    .stride = 16,
    .epoch_ms = 500,
};
