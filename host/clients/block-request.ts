/**
 * What an application asks of a block device. `write` and `read` go through the page cache, which writes back by itself;
 * `direct` writes from one buffer that is used again and again; `fua` is durable when it is answered.
 */
export type BlockRequestKind = "write" | "read" | "direct" | "fua" | "trim" | "sync";

/** One request, at its time. */
export interface BlockRequest {
  /** Since the array was assembled, us. */
  readonly atUs: number;
  readonly kind: BlockRequestKind;
  /** First data sector and how many; both 0 for a sync. */
  readonly sector: number;
  readonly sectors: number;
}

/** The same requests in the order of their times; those of one moment in the order given. */
export function inOrder(requests: readonly BlockRequest[]): BlockRequest[] {
  return requests.toSorted((one, other) => one.atUs - other.atUs);
}
