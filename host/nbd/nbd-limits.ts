/** What a client may ask of the server; more is answered by an error, or ends the connection. */
export interface NbdLimits {
  /** Clients at once; one more is closed. */
  readonly connections: number;
  /** Bytes of one READ or WRITE. */
  readonly requestBytes: number;
  /** Bytes of an option's data. */
  readonly optionBytes: number;
  /** Options before the transmission. */
  readonly options: number;
}

/** 32 MiB is what clients may rely on without having asked (doc/proto.md, "Block size constraints"). */
export const NBD_LIMITS: NbdLimits = {
  connections: 16,
  requestBytes: 32 << 20,
  optionBytes: 4096,
  options: 64,
};
