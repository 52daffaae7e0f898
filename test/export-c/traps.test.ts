import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exportC } from "../../host/export-c/index.js";
import { describeWithPrograms } from "../debian-packages.js";

/** Firmware that goes wrong in several ways; each prints what the driver made of it. */
const PROGRAM = `#include <setjmp.h>
#include <stdio.h>
#include "syncgate.h"
static jmp_buf back;
static unsigned submitted;
static uint32_t token;
static void on_done(uint32_t tag, uint32_t status) { printf("done %u %u\\n", (unsigned)tag, (unsigned)status); }
static void on_zeros(uint32_t buffer, uint32_t sector, uint32_t count) { (void)buffer; (void)sector; (void)count; }
static void on_sync(uint32_t epoch) { (void)epoch; }
static void on_submit(uint32_t member, uint32_t command, uint32_t sector, uint32_t count, uint32_t buffer, uint32_t buffer_sector, uint32_t t) {
  (void)member; (void)command; (void)sector; (void)count; (void)buffer; (void)buffer_sector;
  submitted++;
  token = t;
}
static void on_trap(uint32_t reason) { printf("trap %u\\n", (unsigned)reason); longjmp(back, 1); }
static struct syncgate_callbacks callbacks = {
  .upper_done = on_done, .upper_zeros = on_zeros, .upper_request_sync = on_sync, .card_submit = on_submit, .trap = on_trap,
};
static void format(uint32_t card_sectors) {
  syncgate_configure(SYNCGATE_OPTION_CARD_SECTORS, card_sectors);
  syncgate_configure(SYNCGATE_OPTION_METADATA_STRIDE, 16);
  printf("format %u\\n", (unsigned)syncgate_format(0, 1, 7));
}
static uint32_t chance = 1;
static uint32_t next(void) { chance ^= chance << 13; chance ^= chance >> 17; return chance ^= chance << 5; }
/* Some other code has written all over the driver's memory: its pointers and numbers are wild. */
static void overwritten(void) {
  for (unsigned round = 0; round < 3000; round++) {
    syncgate_start(&callbacks);
    syncgate_configure(SYNCGATE_OPTION_CARD_SECTORS, 64 + 1920);
    syncgate_configure(SYNCGATE_OPTION_METADATA_STRIDE, 16);
    syncgate_format(0, 1, 7);
    for (unsigned i = 0; i < 40; i++)
      *(uint32_t *)syncgate_memory(8 + next() % ((SYNCGATE_MEMORY_BYTES - 8) / 4) * 4) = next() >> next() % 32;
    *(uint32_t *)syncgate_memory(8 + next() % 64 * 4) = next() >> next() % 32;
    /* The words that every call looks at come first; small numbers there are what a mode or a phase can be. */
    for (unsigned i = 0; i < 12; i++)
      *(uint32_t *)syncgate_memory(8 + next() % 30 * 4) = next() % 4 ? next() % 8 : next() >> next() % 32;
    if (!setjmp(back)) {
      syncgate_region_state(next() >> next() % 32);
      syncgate_submit(1, next() >> next() % 32, 1, 0, 0);
      syncgate_tick(round);
      syncgate_complete(token, 0, 0);
    }
  }
}
int main(void) {
  callbacks.upper_zeros = 0;
  printf("start %u\\n", (unsigned)syncgate_start(&callbacks));
  callbacks.upper_zeros = on_zeros;
  printf("start 0 %u\\n", (unsigned)syncgate_start(0));
  printf("start %u\\n", (unsigned)syncgate_start(&callbacks));
  printf("last byte %d\\n", *(uint8_t *)syncgate_memory(SYNCGATE_MEMORY_BYTES - 1u));
  if (!setjmp(back)) syncgate_memory(SYNCGATE_MEMORY_BYTES);
  if (!setjmp(back)) syncgate_transition(9, 0);
  const uint32_t *report = syncgate_memory(syncgate_trap_report());
  printf("%s\\n", report[1] == 0 ? "no file" : (const char *)syncgate_memory(report[1]));
  if (SYNCGATE_BOUNDS_CHECKS) overwritten();
  /* A trap is left by a new start. */
  syncgate_start(&callbacks);
  format(64 + 1920);
  printf("submitted %u\\n", submitted);
  /* An array of more regions than memory was made for. */
  syncgate_start(&callbacks);
  if (!setjmp(back)) format(64 + 1921);
  return 0;
}
`;

let place = "";
beforeAll(() => {
  place = mkdtempSync(path.join(tmpdir(), "export-c-traps-"));
  const { source, header } = exportC({ regions: 1920 });
  writeFileSync(path.join(place, "syncgate.c"), source);
  writeFileSync(path.join(place, "syncgate.h"), header);
  writeFileSync(path.join(place, "main.c"), PROGRAM);
});
afterAll(() => rmSync(place, { recursive: true }));

function printed(...options: string[]): string[] {
  const strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-Wno-clobbered"];
  const compiled = spawnSync("gcc", [...strict, ...options, "main.c", "syncgate.c", "-o", "main"], {
    cwd: place,
    encoding: "utf8",
  });
  expect(compiled.stderr).toBe("");
  const { stdout, status, stderr } = spawnSync(path.join(place, "main"), { encoding: "utf8" });
  expect(`${status} ${stderr}`).toBe("0 ");
  return stdout.trimEnd().split("\n");
}

describeWithPrograms({ gcc: "gcc" }, "exported C in trouble", () => {
  it("stops at an access outside its memory, and goes on after a new start", () => {
    const lines = printed("-O1", "-fsanitize=address,undefined");
    expect(lines.slice(0, 6)).toEqual(["start 0", "start 0 0", "start 1", "last byte 0", "trap 2", "trap 1"]);
    expect(lines[6]).toMatch(/^bitmap\/region-states\.ts/);
    const traps = lines.slice(7, -3).filter((line) => line === "trap 2");
    expect(traps.length).toBeGreaterThan(5);
    expect(lines.slice(-3)).toEqual(["format 0", expect.stringMatching(/^submitted [1-9]/), "trap 2"]);
  });

  it("stops at an array that is too large, even without bounds checks", () => {
    expect(printed("-O1", "-DSYNCGATE_BOUNDS_CHECKS=0").at(-1)).toBe("trap 2");
  });
});
