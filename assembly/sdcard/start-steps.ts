import {
  OPTION_CARD_A_ID_0,
  OPTION_CARD_A_ID_1,
  SPI_FEATURE_BLOCKS,
  SPI_FEATURE_VERSION_2,
  SPI_STATE_CACHE_ON,
  SPI_STATE_CACHE_ON_BLOCK,
  SPI_STATE_CAPACITY,
  SPI_STATE_CID,
  SPI_STATE_CID_BYTES,
  SPI_STATE_CLOCKS,
  SPI_STATE_CRC_ON,
  SPI_STATE_CSD,
  SPI_STATE_CSD_BYTES,
  SPI_STATE_ECHO,
  SPI_STATE_GENERAL,
  SPI_STATE_GENERAL_BLOCK,
  SPI_STATE_GO_IDLE,
  SPI_STATE_GO_IDLE_AGAIN,
  SPI_STATE_HAS_CACHE,
  SPI_STATE_HAS_EXTENSION,
  SPI_STATE_HAS_PERFORMANCE,
  SPI_STATE_LENGTH,
  SPI_STATE_OPERATE,
  SPI_STATE_OPERATE_APP,
  SPI_STATE_OPERATE_PAUSE,
  SPI_STATE_PERFORMANCE,
  SPI_STATE_PERFORMANCE_BLOCK,
  SPI_STATE_RESTART,
  SPI_STATE_SCR,
  SPI_STATE_SCR_APP,
  SPI_STATE_SCR_BYTES,
  SPI_STATE_STARTED,
  SPI_STATE_START_FAILED,
  SPI_STATE_VERSION,
  SPI_STATE_VOLTAGE,
  SPI_STATE_VOLTAGE_FITS,
  SECTOR_BYTES,
  STATUS_CARD_FAILED,
  STATUS_OK,
} from "../layout";
import { setOption } from "../options";
import * as upper from "../upper";
import * as bus from "./bus";
import { Card, NO_EVENT, beginLimit, nothingOpen } from "./card-state";
import { choice, receiveRegisters, sendRegisters, waitForToken } from "./step-transfers";
import { APP_CMD, beginApplicationCommand, beginCommand, responseByte } from "./exchange";
import {
  CACHE_ENABLE_AT,
  CID_BYTES,
  CSD_BYTES,
  OCR_3V3,
  OCR_CAPACITY,
  SCR_BYTES,
  exchanged,
  takeCid,
  takeCsd,
  takeGeneral,
  takePerformance,
  takeScr,
} from "./registers";
import { blankBurst, wantBurst, wantClocks } from "./transfers";

/** 74 clocks at least (SD Physical Layer Simplified Specification, 6.4.1.1). */
const CLOCK_BYTES: u32 = 10;
/** Until a card is ready: 400 kHz at most (6.4.1); then the default speed of every card. */
const SLOW_KILOHERTZ: u32 = 400;
const FAST_KILOHERTZ: u32 = 25000;
/** CMD0 is sent so often: a card that was left in the middle of a block takes it for data until the block is full. */
const IDLE_TRIES: u32 = 64;
const START_TRIES: u32 = 3;
/** VHS 2.7 to 3.6 V, and the check pattern that the specification recommends (4.3.13). */
const INTERFACE_CONDITION: u32 = 0x1aa;
/** HCS of ACMD41: the host knows high capacity (4.2.3.1). */
const HOST_CAPACITY: u32 = 0x40000000;

/** Begins the initialisation from the beginning. */
export function resetStart(c: Card): void {
  c.idleTries = 0;
  c.startTries = 0;
}

/** The four bytes behind R1. */
function word(c: Card): u32 {
  return (
    (responseByte(c, 1) << 24) | (responseByte(c, 2) << 16) | (responseByte(c, 3) << 8) | responseByte(c, 4)
  );
}

function receiveBytes(c: Card, bytes: u32): u32 {
  blankBurst(c);
  wantBurst(c, exchanged(bytes));
  return NO_EVENT;
}

/** What was known of the card that was here before: another one may be. */
function forgetIdentity(c: Card): void {
  c.features = c.sectors = c.id0 = c.id1 = 0;
}

function ended(c: Card, status: u32): void {
  if (c.starting == 0) return;
  c.starting = 0;
  upper.done(c.startTag, status);
}

/** What is done in a state of the initialisation. @returns its event, or NO_EVENT when that comes later */
export function enterStart(c: Card): u32 {
  switch (c.state) {
    case SPI_STATE_CLOCKS: {
      forgetIdentity(c);
      nothingOpen(c);
      bus.speed(c.slot, SLOW_KILOHERTZ);
      wantClocks(c, CLOCK_BYTES);
      return NO_EVENT;
    }
    case SPI_STATE_GO_IDLE:
      return beginCommand(c, 0, 0, 0);
    case SPI_STATE_GO_IDLE_AGAIN:
      return choice(++c.idleTries < IDLE_TRIES);
    case SPI_STATE_VERSION:
      return beginCommand(c, 8, INTERFACE_CONDITION, 4);
    case SPI_STATE_ECHO: {
      c.features |= SPI_FEATURE_VERSION_2;
      return choice((word(c) & 0xfff) == INTERFACE_CONDITION);
    }
    case SPI_STATE_CRC_ON:
      return beginCommand(c, 59, 1, 0);
    case SPI_STATE_VOLTAGE:
    case SPI_STATE_CAPACITY:
      return beginCommand(c, 58, 0, 4);
    case SPI_STATE_VOLTAGE_FITS: {
      beginLimit(c);
      return choice((word(c) & OCR_3V3) == OCR_3V3);
    }
    case SPI_STATE_OPERATE_APP:
    case SPI_STATE_SCR_APP:
      return beginCommand(c, APP_CMD, 0, 0);
    case SPI_STATE_OPERATE:
      return beginApplicationCommand(c, 41, (c.features & SPI_FEATURE_VERSION_2) != 0 ? HOST_CAPACITY : 0);
    case SPI_STATE_OPERATE_PAUSE:
      return NO_EVENT;
    case SPI_STATE_LENGTH: {
      const capacity = (c.features & SPI_FEATURE_VERSION_2) != 0 && (word(c) & OCR_CAPACITY) != 0;
      if (capacity) c.features |= SPI_FEATURE_BLOCKS;
      return beginCommand(c, 16, SECTOR_BYTES, 0);
    }
    case SPI_STATE_CSD:
      return beginCommand(c, 9, 0, 0);
    case SPI_STATE_CSD_BYTES:
      return receiveBytes(c, CSD_BYTES);
    case SPI_STATE_CID:
      return beginCommand(c, 10, 0, 0);
    case SPI_STATE_CID_BYTES:
      return receiveBytes(c, CID_BYTES);
    case SPI_STATE_SCR:
      return beginApplicationCommand(c, 51, 0);
    case SPI_STATE_SCR_BYTES:
      return receiveBytes(c, SCR_BYTES);
    case SPI_STATE_HAS_EXTENSION:
      return choice(takeScr(c));
    case SPI_STATE_GENERAL:
      return beginCommand(c, 48, SECTOR_BYTES - 1, 0);
    case SPI_STATE_HAS_PERFORMANCE:
      return choice(takeGeneral(c));
    case SPI_STATE_PERFORMANCE:
      return beginCommand(c, 48, c.performance | (SECTOR_BYTES - 1), 0);
    case SPI_STATE_GENERAL_BLOCK:
    case SPI_STATE_PERFORMANCE_BLOCK:
      return receiveRegisters(c);
    case SPI_STATE_HAS_CACHE:
      return choice(takePerformance(c));
    case SPI_STATE_CACHE_ON:
      return beginCommand(c, 49, c.performance | (CACHE_ENABLE_AT << 9), 0);
    case SPI_STATE_CACHE_ON_BLOCK: {
      c.busy = 1;
      return sendRegisters(c);
    }
    case SPI_STATE_STARTED: {
      bus.speed(c.slot, FAST_KILOHERTZ);
      setOption(OPTION_CARD_A_ID_0 + c.slot * 2, c.id0);
      setOption(OPTION_CARD_A_ID_1 + c.slot * 2, c.id1);
      ended(c, STATUS_OK);
      return 0;
    }
    case SPI_STATE_RESTART:
      return choice(++c.startTries < START_TRIES);
    case SPI_STATE_START_FAILED: {
      forgetIdentity(c);
      ended(c, STATUS_CARD_FAILED);
      return 0;
    }
    default:
      return waitForToken(c);
  }
}

/** A register has come whole. @returns whether it means something */
export function takeRegister(c: Card): bool {
  if (c.state == SPI_STATE_CSD_BYTES) return takeCsd(c);
  if (c.state == SPI_STATE_CID_BYTES) takeCid(c);
  return true;
}
