/* SPDX-License-Identifier: MIT */
/* Commands that a person types to the logger while it logs (docs/rp2040.md); nothing here waits for the cards. */
#ifndef LOGGER_COMMANDS_H
#define LOGGER_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

/* Tag of what commands begin: the logger tells its end to logger_command_done. */
#define LOGGER_COMMAND_TAG 0x100u

/* What the logger tells of itself. */
struct logger_facts {
  uint32_t written, flushed, lost_samples;
};

/* One turn: takes a line, or goes on with what one has begun. */
void logger_commands_step(const struct logger_facts *facts);
void logger_command_done(uint32_t status);
/* Whether `flush` was typed since a flush has begun. */
bool logger_flush_is_asked(void);
/* What was asked for is under way. */
void logger_flush_has_begun(void);
/* Whether `stop` was typed. */
bool logger_stop_is_asked(void);

#endif
