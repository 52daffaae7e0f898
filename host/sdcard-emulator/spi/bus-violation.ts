/** Illegal steps of a host, each with what the specification says of it. */
export const BUS_RULES = {
  "bytes-unselected": "with chip select high the host's line stays at 0xFF",
  "missing-clocks-after": "eight clocks come after a transaction, before the next one or the end (4.4)",
  "too-few-power-up-clocks": "74 clocks with chip select high come before the first command (6.4.1.1)",
  "first-command": "the first command after power-up is CMD0 (7.2.1)",
  "before-initialisation":
    "an idle card takes CMD0, CMD1, ACMD41, CMD8, CMD55, CMD58 and CMD59 alone (7.2.1)",
  "unannounced-application-command": "CMD55 comes before an application command (4.3.9)",
  "command-crc": "the CRC7 of a command is right where it is checked, and its end bit is 1 (7.2.2)",
  "block-crc": "the CRC16 of a block is right where it is checked (7.2.2)",
  "command-before-response": "a command waits for the response to the one before (7.5.1)",
  "command-too-early": "a byte lies between a response and the next command (N_RC, 7.5.4)",
  "command-while-busy": "a busy card takes CMD0 and CMD13, in a stream CMD12 too (7.2.4)",
  "command-in-read": "during a read the host may stop it, nothing else (7.2.3)",
  "command-in-write":
    "between the response of a write and its end come blocks, CMD12, CMD13 or CMD0 (7.3.3.1)",
  "token-while-busy": "a token waits for the end of busy (7.2.4)",
  "token-too-early": "a byte lies between a response and a token (N_WR, 7.5.4)",
  "wrong-token": "CMD25 takes 0xFC and 0xFD, any other write 0xFE (7.3.3.2)",
  "token-without-write": "a token comes in a write alone: after a refusal no block is sent (7.2.4)",
  "stray-byte": "where no command, token or data is due, the host's line stays at 0xFF (7.2)",
  "deselected-in-frame": "chip select stays low during a command (7.2)",
  "deselected-in-response": "chip select stays low until the response has come (7.2)",
  "deselected-in-block": "chip select stays low during a block and its data response (7.2)",
} as const;

export type BusRule = keyof typeof BUS_RULES;

/** One illegal step. */
export interface BusViolation {
  readonly rule: BusRule;
  /** The byte of the bus at which it shows, counted from 0. */
  readonly at: number;
  /** The command it happened in or after; -1 before any. */
  readonly command: number;
}

/** One line for a person. */
export function violationText({ rule, at, command }: BusViolation): string {
  const where = command < 0 ? "before any command" : `CMD${command}`;
  return `byte ${at}, ${where}: ${rule}: ${BUS_RULES[rule]}`;
}
