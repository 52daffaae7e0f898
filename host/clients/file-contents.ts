/** Contents of no file: it is not there. */
export const FILE_ABSENT = -1;
/** Contents of a file that could not be read to its end. */
export const FILE_BROKEN = -2;

/** Numbers for the contents of files: equal bytes, equal number, from 0 in order of first sight. */
export class FileContents {
  private readonly ids = new Map<string, number>();

  /** The number of these bytes. */
  idOf(bytes: Uint8Array): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    const id = this.ids.size;
    this.ids.set(text, id);
    return id;
  }
}
