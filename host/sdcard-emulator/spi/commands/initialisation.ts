/** Commands that bring a card up, and that say what it is (SD Physical Layer Simplified Specification, 7.2.1, 7.3.1.3). */
import { IN_BUSY, IN_IDLE, IN_READ, IN_READY, IN_WRITE, rule, type CommandRule } from "../command-rule.js";
import { CLASS_APPLICATION, CLASS_BASIC } from "../registers/csd.js";

/** HCS of ACMD41 and CMD1: the host knows high capacity. */
const HOST_CAPACITY = 0x40000000;

export const INITIALISATION: readonly CommandRule[] = [
  rule({
    // Legal always: it ends whatever goes on (7.2.4 for a write under way).
    index: 0,
    name: "GO_IDLE_STATE",
    response: "R1",
    commandClass: CLASS_BASIC,
    legalIn: IN_IDLE | IN_READY | IN_READ | IN_WRITE | IN_BUSY,
    whenLocked: true,
    run: ({ mode, read, write, busy, status, erase, functions, extension, medium }) => {
      read.close();
      write.close();
      medium.reset();
      busy.release();
      status.clear();
      erase.clear();
      functions.reset();
      extension.reset();
      mode.reset();
      return 0;
    },
  }),
  rule({
    // As ACMD41 (7.2.1).
    index: 1,
    name: "SEND_OP_COND",
    response: "R1",
    commandClass: CLASS_BASIC,
    legalIn: IN_IDLE | IN_READY,
    whenLocked: true,
    run: ({ mode }, argument) => {
      mode.initialise((argument & HOST_CAPACITY) !== 0);
      return 0;
    },
  }),
  rule({
    // Version 2 brought it: older cards call it illegal, which is how a host tells them apart (4.3.13).
    index: 8,
    name: "SEND_IF_COND",
    response: "R7",
    commandClass: CLASS_BASIC,
    legalIn: IN_IDLE | IN_READY,
    whenLocked: true,
    unknownTo: ["sdsc1"],
    run: ({ mode }) => {
      mode.askVersion();
      return 0;
    },
  }),
  rule({
    // Idle until it is over (7.2.1, 4.2.3).
    index: 41,
    application: true,
    name: "SD_SEND_OP_COND",
    response: "R1",
    commandClass: CLASS_APPLICATION,
    legalIn: IN_IDLE | IN_READY,
    whenLocked: true,
    run: ({ mode }, argument) => {
      mode.initialise((argument & HOST_CAPACITY) !== 0);
      return 0;
    },
  }),
  rule({
    // The next command is an application command, if there is one of that number (4.3.9.1).
    index: 55,
    name: "APP_CMD",
    response: "R1",
    commandClass: CLASS_APPLICATION,
    legalIn: IN_IDLE | IN_READY | IN_WRITE | IN_BUSY,
    whenLocked: true,
    run: ({ mode }) => {
      mode.applicationCommand = true;
      return 0;
    },
  }),
  rule({
    // Legal in idle, too (7.2.1, 5.1).
    index: 58,
    name: "READ_OCR",
    response: "R3",
    commandClass: CLASS_BASIC,
    legalIn: IN_IDLE | IN_READY,
    whenLocked: true,
    run: () => 0,
  }),
  rule({
    // Bit 0: on (7.2.2).
    index: 59,
    name: "CRC_ON_OFF",
    response: "R1",
    commandClass: CLASS_BASIC,
    legalIn: IN_IDLE | IN_READY,
    whenLocked: true,
    run: ({ mode }, argument) => {
      mode.crcOn = (argument & 1) === 1;
      return 0;
    },
  }),
];
