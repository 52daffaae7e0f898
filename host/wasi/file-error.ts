/** What a failed system call means to a person, and what to do about it: the end of a sentence. */
const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: "permission denied; change its permissions or run as its owner",
  EDQUOT: "no space left on its disk; free some space and run the command again",
  EFBIG: "its file system takes no file so large; make it smaller or use another disk",
  EISDIR: "it is a folder; give the path of a file",
  ENOENT: "there is no such file or folder; check the path",
  ENOSPC: "no space left on its disk; free some space and run the command again",
  ENOTDIR: "there is no such file or folder; check the path",
  EPERM: "permission denied; change its permissions or run as its owner",
  EROFS: "its file system is read-only; use another disk",
};

/** @param error as Node's file functions throw it, or node:wasi (code UVWASI_...) */
export function fileErrorMeaning(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code).replace(/^UVWASI_/, "") : "";
  return MEANINGS[code] ?? `${error instanceof Error ? error.message : String(error)}; check its disk`;
}
