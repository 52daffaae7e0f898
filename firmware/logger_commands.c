/* SPDX-License-Identifier: MIT */
/*
 * One command of the mirror at a time; status and counters at any time, whose lines leave one by one when the console is
 * idle, so that the logger does not wait for them. The other answers are one short line, which print_byte waits for.
 */
#include "logger_commands.h"
#include <stddef.h>
#include "board.h"
#include "console.h"
#include "syncgate.h"

#define COUNT_OF(table) (sizeof(table) / sizeof(table)[0])
#define NOT_DONE 0xffffffffu
#define STATUS_LINES (4u + SYNCGATE_MEMBERS)

static const struct {
  uint32_t key;
  const char *name;
} counters[] = {
    {SYNCGATE_COUNTER_RECORD_WRITES, "records"},
    {SYNCGATE_COUNTER_REGIONS_MARKED, "marked"},
    {SYNCGATE_COUNTER_REGIONS_UNPROVEN, "unproven"},
    {SYNCGATE_COUNTER_REGIONS_CLEARED, "cleared"},
    {SYNCGATE_COUNTER_EPOCHS_OPENED, "epochs"},
    {SYNCGATE_COUNTER_MARK_WAITS, "mark waits"},
    {SYNCGATE_COUNTER_REGIONS_RESYNCED, "resynced"},
    {SYNCGATE_COUNTER_SECTORS_REPAIRED, "repaired"},
    {SYNCGATE_COUNTER_SECTORS_LOST, "unreadable"},
    {SYNCGATE_COUNTER_SCRUB_MISMATCHES, "mismatches"},
    {SYNCGATE_COUNTER_READ_ERRORS_0, "errors 0"},
    {SYNCGATE_COUNTER_READ_ERRORS_1, "errors 1"},
};
static const char *const member_states[] = {"missing", "in sync", "faulty", "rebuilding"};

/* What is under way, and what it is called when it has ended. */
static enum work { NOTHING, CARD_START, MEMBER_COMMAND, SCRUB } under_way;
static const char *ends_as;
static uint32_t member, member_command;
static uint32_t status_of_done = NOT_DONE;
static bool flush_is_asked, stop_is_asked;
/* Of the counter, which goes on since the boot, when the scrub began. */
static uint32_t mismatches_before;
/* Lines that are still to be printed of each: the next one, or as many as there are. */
static uint32_t status_line = STATUS_LINES, counter_line = COUNT_OF(counters);

void logger_command_done(uint32_t status) { status_of_done = status; }

bool logger_flush_is_asked(void) { return flush_is_asked; }

void logger_flush_has_begun(void) { flush_is_asked = false; }

bool logger_stop_is_asked(void) { return stop_is_asked; }

static void say(const char *what, uint32_t number) {
  print(what);
  print(" ");
  print_number(number);
  print("\n");
}

static void refuse(const char *what, uint32_t status) {
  print("refused ");
  say(what, status);
}

static void end(uint32_t status) {
  const bool is_scrub = under_way == SCRUB;
  under_way = NOTHING;
  if (status != SYNCGATE_STATUS_OK) refuse(ends_as, status);
  else if (is_scrub) say("scrubbed, differing", syncgate_counter(SYNCGATE_COUNTER_SCRUB_MISMATCHES) - mismatches_before);
  else say(ends_as, member);
}

static void begin(const char *as, uint32_t refused, enum work what) {
  ends_as = as;
  under_way = refused == SYNCGATE_STATUS_OK ? what : NOTHING;
  if (refused != SYNCGATE_STATUS_OK) refuse(as, refused);
}

static void command_member(const char *as, uint32_t command) {
  begin(as, syncgate_member_command(command, member, LOGGER_COMMAND_TAG), MEMBER_COMMAND);
}

static void compare(void) {
  mismatches_before = syncgate_counter(SYNCGATE_COUNTER_SCRUB_MISMATCHES);
  begin("scrubbed", syncgate_scrub(SYNCGATE_SCRUB_COMPARE, 0, LOGGER_COMMAND_TAG), SCRUB);
}

/* The card may be another one: it is started first, which configures its identity as the member's. */
static void take_in(const char *as, uint32_t command) {
  const uint32_t state = syncgate_member_state(member);
  member_command = command;
  if (state == SYNCGATE_MEMBER_MISSING || state == SYNCGATE_MEMBER_FAULTY)
    begin(as, syncgate_card_start(member, LOGGER_COMMAND_TAG), CARD_START);
  else refuse(as, SYNCGATE_STATUS_STATE);
}

static void go_on(void) {
  const uint32_t status = status_of_done;
  if (status == NOT_DONE) return;
  status_of_done = NOT_DONE;
  if (under_way == CARD_START && status == SYNCGATE_STATUS_OK) command_member(ends_as, member_command);
  else end(status);
}

static void obey(const char *line) {
  uint32_t number = 0;
  if (is_word(line, "status")) status_line = 0;
  else if (is_word(line, "counters")) counter_line = 0;
  else if (is_word(line, "flush")) flush_is_asked = true;
  else if (is_word(line, "stop")) stop_is_asked = true;
  else if (under_way != NOTHING) print("busy\n");
  else if (is_word(line, "scrub")) compare();
  else {
    const bool removes = is_word_and_number(line, "remove", &number);
    const bool adds = is_word_and_number(line, "add", &number);
    const bool replaces = is_word_and_number(line, "replace", &number);
    if (!(removes || adds || replaces) || number >= SYNCGATE_MEMBERS) {
      print("unknown command\n");
      return;
    }
    member = number;
    if (adds) take_in("added", SYNCGATE_MEMBER_ADD);
    else if (replaces) take_in("replaced", SYNCGATE_MEMBER_REPLACE);
    else command_member("removed", SYNCGATE_MEMBER_REMOVE);
  }
}

static void print_status(const struct logger_facts *facts, uint32_t at) {
  switch (at) {
  case 0: say("= written", facts->written); break;
  case 1: say("= flushed", facts->flushed); break;
  case 2: say("= lost samples", facts->lost_samples); break;
  case 3: say("= to resync", syncgate_counter(SYNCGATE_COUNTER_REGIONS_TO_SYNC)); break;
  default: {
    const uint32_t slot = at - 4u;
    print(slot == 0 ? "= card 0 " : "= card 1 ");
    print(member_states[syncgate_member_state(slot)]);
    print("\n");
  }
  }
}

void logger_commands_step(const struct logger_facts *facts) {
  if (under_way != NOTHING) go_on();
  const char *line = console_line();
  if (line != NULL) obey(line);
  if (!print_is_idle()) return;
  if (status_line < STATUS_LINES) print_status(facts, status_line++);
  else if (counter_line < COUNT_OF(counters)) {
    print("= ");
    say(counters[counter_line].name, syncgate_counter(counters[counter_line].key));
    counter_line++;
  }
}
