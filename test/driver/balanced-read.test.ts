import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { ScriptedHost, type SentCommand } from "./scripted-host.js";

const READ = layout.REQUEST_READ;

function onA(command: SentCommand): boolean {
  return command.member === 0;
}

function onB(command: SentCommand): boolean {
  return command.member === 1;
}

/** Keeps `depth` single reads of CLEAN regions under way while B answers `answers` times and A stalls. @returns reads on A */
function readBesideStall(host: ScriptedHost, depth: number, answers: number): number {
  let tag = 100;
  for (let answered = 0; answered < answers; answered++) {
    while (host.pending.length < depth && host.exports.submit(READ, tag % 8, 1, 1, tag) === 0) tag++;
    if (!host.pending.some(onB)) break;
    host.answer(onB);
  }
  return host.pending.filter(onA).length;
}

describe("while one card stalls", () => {
  it.each([1, 2, 3, 8])("a queue of %i reads goes on with the other one", (depth) => {
    const host = ScriptedHost.clean();
    // Those that were sent before anybody could know: half of the queue, or the only one.
    const stuck = readBesideStall(host, depth, 200);
    expect(stuck).toBeLessThanOrEqual(Math.ceil(depth / 2));
    host.settle();
    expect([...host.answers.values()].every((status) => status === layout.STATUS_OK)).toBe(true);
  });

  it("no read goes to it once it owes more answers than the other, however many the other has under way", () => {
    const host = ScriptedHost.clean();
    // A stalls with one command; B has answered three since.
    host.exports.submit(READ, 0, 1, 1, 1);
    for (let tag = 2; tag < 5; tag++) {
      host.exports.submit(READ, 2, 1, 1, tag);
      host.answer(onB);
    }
    host.forgetTrace();
    let tag = 10;
    for (let round = 0; round < 20; round++) {
      for (let read = 0; read < 3; read++) host.exports.submit(READ, tag % 8, 1, 1, tag++);
      while (host.pending.some(onB)) host.answer(onB);
    }
    const sent = host.trace.map((line) => line[0]);
    expect(sent.filter((card) => card === "A")).toHaveLength(0);
    expect(sent).toHaveLength(60);
  });

  it("a write that it owes keeps reads away from it", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 6, 1, 5, 1);
    while (!host.pending.some((command) => command.name === "write" && command.sector === 10)) host.answer();
    host.answer(onB);
    host.forgetTrace();
    for (let tag = 10; tag < 30; tag++) {
      host.exports.submit(READ, 0, 1, 1, tag);
      host.answer(onB);
    }
    expect(host.trace.every((line) => line.startsWith("B read"))).toBe(true);
  });

  it("and has answered again, it gets its share", () => {
    const host = ScriptedHost.clean();
    readBesideStall(host, 4, 50);
    host.settle();
    host.forgetTrace();
    for (let tag = 1000; tag < 1020; tag++) {
      host.exports.submit(READ, 0, 1, 1, tag);
      if (tag % 2 === 1) host.settle();
    }
    const sent = host.trace.map((line) => line[0]);
    expect(sent.filter((card) => card === "A")).toHaveLength(10);
  });
});
