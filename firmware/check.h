/* SPDX-License-Identifier: MIT */
/* The end of a program that finds something wrong: its verdict on the console. */
#ifndef CHECK_H
#define CHECK_H

#include "board.h"
#include "syncgate.h"

/* Goes on if `status` is SYNCGATE_STATUS_OK; else says what failed, and halts. */
static inline void check(uint32_t status, const char *what) {
  if (status == SYNCGATE_STATUS_OK) return;
  print("FAIL ");
  print(what);
  print(", status ");
  print_number(status);
  print("\n");
  board_halt();
}

#endif
