/* SPDX-License-Identifier: MIT */
/* Lines that a person types, taken without waiting: from a loop, at least once a millisecond or bytes are lost. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

/* The line that has come to its end, without the end; NULL while there is none. It is valid until the next call. */
const char *console_line(void);
/* Whether a line is this word, or this word and a number of one digit, which is put into `number`. */
bool is_word(const char *line, const char *word);
bool is_word_and_number(const char *line, const char *word, uint32_t *number);

#endif
