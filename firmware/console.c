/* SPDX-License-Identifier: MIT */
#include "console.h"
#include <stddef.h>
#include "board.h"

#define LINE_BYTES 24u

static char line[LINE_BYTES];
static uint32_t length;

/* Of a line that is too long the beginning stays, which is no command. */
const char *console_line(void) {
  for (;;) {
    const int32_t byte = read_byte();
    if (byte < 0) return NULL;
    if (byte == '\r' || byte == '\n') {
      if (length == 0) continue;
      line[length] = 0;
      length = 0;
      return line;
    }
    if (length < LINE_BYTES - 1) line[length++] = (char)byte;
  }
}

/* What follows the word, or NULL. */
static const char *behind(const char *text, const char *word) {
  for (; *word != 0; text++, word++) {
    if (*text != *word) return NULL;
  }
  return text;
}

bool is_word(const char *text, const char *word) {
  const char *rest = behind(text, word);
  return rest != NULL && *rest == 0;
}

bool is_word_and_number(const char *text, const char *word, uint32_t *number) {
  const char *rest = behind(text, word);
  if (rest == NULL || rest[0] != ' ' || rest[1] < '0' || rest[1] > '9' || rest[2] != 0) return false;
  *number = (uint32_t)(rest[1] - '0');
  return true;
}
