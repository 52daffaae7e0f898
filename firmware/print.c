/* SPDX-License-Identifier: MIT */
#include "board.h"

void print(const char *text) {
  while (*text != 0) print_byte((uint8_t)*text++);
}

void print_number(uint32_t number) {
  char digits[11];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  print(digits + at);
}
