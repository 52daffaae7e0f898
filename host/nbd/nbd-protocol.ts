/** The numbers of the NBD protocol (doc/proto.md of NetworkBlockDevice/nbd), as far as this server speaks it. */

/** "NBDMAGIC" and "IHAVEOPT": what the server says first; the second also begins every option of the client. */
export const INIT_MAGIC = 0x4e42444d41474943n;
export const OPTION_MAGIC = 0x49484156454f5054n;
export const OPTION_REPLY_MAGIC = 0x0003e889045565a9n;
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;

/** Handshake flags; the client answers with the same bits. */
export const FLAG_FIXED_NEWSTYLE = 1;
export const FLAG_NO_ZEROES = 2;

export const OPT_EXPORT_NAME = 1;
export const OPT_ABORT = 2;
export const OPT_LIST = 3;
export const OPT_INFO = 6;
export const OPT_GO = 7;

export const REP_ACK = 1;
export const REP_SERVER = 2;
export const REP_INFO = 3;
export const REP_ERR_UNSUP = 0x8000_0001;
export const REP_ERR_INVALID = 0x8000_0003;
export const REP_ERR_UNKNOWN = 0x8000_0006;
export const REP_ERR_TOO_BIG = 0x8000_0009;

export const INFO_EXPORT = 0;
export const INFO_BLOCK_SIZE = 3;

/** Transmission flags: has flags, flush, FUA, TRIM, WRITE_ZEROES, several connections. */
export const TRANSMISSION_FLAGS = 1 | (1 << 2) | (1 << 3) | (1 << 5) | (1 << 6) | (1 << 8);

export const CMD_READ = 0;
export const CMD_WRITE = 1;
export const CMD_DISC = 2;
export const CMD_FLUSH = 3;
export const CMD_TRIM = 4;
export const CMD_WRITE_ZEROES = 6;
export const CMD_FLAG_FUA = 1;
export const CMD_FLAG_NO_HOLE = 2;

export const NBD_OK = 0;
export const NBD_EIO = 5;
export const NBD_EINVAL = 22;
export const NBD_ENOSPC = 28;
export const NBD_EOVERFLOW = 75;

/** Bytes of a request's header. */
export const REQUEST_BYTES = 28;
/** Bytes before an option's data: its magic, number and length. */
export const OPTION_HEADER_BYTES = 16;
/** Zeros that end the answer to OPT_EXPORT_NAME, unless the client does without. */
export const EXPORT_NAME_ZEROS = 124;
