import { statusName, type StatusName } from "./status-names.js";
import { statusText } from "./status-text.js";

/** The driver answered a request or a command with something else than success. */
export class MirrorError extends Error {
  /** The status by name: "SPLIT" for STATUS_SPLIT. */
  readonly statusName: StatusName | "UNKNOWN";

  /**
   * @param what   the request, as the subject of a sentence: "a read of sectors 8 to 15"
   * @param status STATUS_..., as in SPEC.md
   * @param detail what else is known, as a part of the sentence; default nothing
   */
  constructor(
    what: string,
    readonly status: number,
    detail = "",
  ) {
    super(`${what} failed: ${statusText(status)}${detail === "" ? "" : `; ${detail}`}`);
    this.name = "MirrorError";
    this.statusName = statusName(status);
  }
}

/** The power was cut, or the controller reset, before the driver answered: the request may have happened or not. */
export class PowerLostError extends Error {
  constructor(what: string) {
    super(`${what} was under way when the controller lost its power: reassemble(), then read what is there`);
    this.name = "PowerLostError";
  }
}

/** A request that a power cut took with it need not be awaited: only other errors of ignored promises are reported. */
export function quietPowerLoss<T>(request: Promise<T>): Promise<T> {
  const heard: Promise<T> = new Promise((resolve, reject) => {
    request.then(resolve, (error: unknown) => {
      if (error instanceof PowerLostError) heard.catch(() => undefined);
      reject(error as Error);
    });
  });
  return heard;
}
