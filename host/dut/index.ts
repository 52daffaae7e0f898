// Devices under test other than the driver: a part of syncgate/rig.

/** What is tortured: firmware in TypeScript, a process that is a NBD client, a recorded write log. */
export { adapterUnderTest, type CardAdapter } from "./adapter-dut.js";
export { type CardPort } from "./card-port.js";
export { processUnderTest, type ProcessOptions } from "./process-dut.js";
export { logUnderTest, readLogFile, type LogOptions } from "./log-dut.js";
export {
  DutError,
  DutHang,
  type CardSetting,
  type DeviceUnderTest,
  type RecordSetting,
  type Recovery,
} from "./device-under-test.js";
/** The user's check, and what it is given. */
export { UNREADABLE_FILL } from "./image-file.js";
export { type Check } from "./check-command.js";
export { CrashImage, UnreadableSector, type CrashState } from "./crash-state.js";
/** Campaigns, their cuts and reports; one case again. */
export { tortureDevice, type DutCampaignOptions } from "./dut-campaign.js";
export { replayDutCase, type DutReplay } from "./dut-replay.js";
export { type CutSchedule } from "./cut-schedule.js";
export {
  vacuity,
  type DutReport,
  type FoundCase,
  type OutcomeCounts,
  type RecoveryCounts,
  type ShrunkCase,
} from "./dut-report.js";
export { decodeDutCase, encodeDutCase, type Cut, type DutCase, type RecoveryCut } from "./dut-case.js";
export { cardClass } from "./card-class.js";
/** Write logs, and as files of dm-log-writes. */
export { digestOf, type LogEvent, type WriteLog } from "./write-log.js";
export { LogFileError, readDmLog, writeDmLog } from "./dm-log-writes.js";
/** An emulated card as a network block device. */
export { NbdAddressError, NbdServer, type NbdAddress } from "../nbd/nbd-server.js";
export { NBD_LIMITS, type NbdLimits } from "../nbd/nbd-limits.js";
export { type BlockExport } from "../nbd/block-export.js";
export { CardExport, type CardExportOptions, type ExportObserver } from "../nbd/card-export.js";
