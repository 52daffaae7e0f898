/**
 * The functions of WASI preview 1 that the module asks for; asc takes the import's module name from the name of this
 * file. Each returns an errno, 0 for success. Addresses are of linear memory, results go where the last ones point.
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
 */
export declare function args_sizes_get(count: usize, bytes: usize): u32;
export declare function args_get(pointers: usize, text: usize): u32;
export declare function random_get(at: usize, bytes: u32): u32;
export declare function fd_prestat_get(fd: u32, prestat: usize): u32;
export declare function fd_prestat_dir_name(fd: u32, path: usize, bytes: u32): u32;
export declare function path_filestat_get(
  folder: u32,
  lookupFlags: u32,
  path: usize,
  pathBytes: u32,
  filestat: usize,
): u32;
export declare function path_open(
  folder: u32,
  lookupFlags: u32,
  path: usize,
  pathBytes: u32,
  openFlags: u32,
  rights: u64,
  rightsInherited: u64,
  fdFlags: u32,
  fd: usize,
): u32;
export declare function fd_seek(fd: u32, offset: i64, whence: u32, position: usize): u32;
export declare function fd_read(fd: u32, vectors: usize, count: u32, bytes: usize): u32;
export declare function fd_write(fd: u32, vectors: usize, count: u32, bytes: usize): u32;
export declare function fd_pread(fd: u32, vectors: usize, count: u32, offset: u64, bytes: usize): u32;
export declare function fd_pwrite(fd: u32, vectors: usize, count: u32, offset: u64, bytes: usize): u32;
export declare function fd_datasync(fd: u32): u32;
/** Does not return. */
export declare function proc_exit(code: u32): void;
