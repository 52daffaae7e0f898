/**
 * A snapshot in place: every object that can be reached from some roots, with what its fields held. Restoring puts the
 * values back into the same objects, so whoever holds one need not be told. Functions are not looked into: what is to be
 * restored must lie in fields, not in closures.
 */
type Fields = Record<string, unknown>;

export class ObjectSnapshot {
  private readonly objects: Fields[] = [];
  private readonly keys: string[][] = [];
  private readonly values: unknown[][] = [];
  private readonly maps: [Map<unknown, unknown>, [unknown, unknown][]][] = [];
  private readonly sets: [Set<unknown>, unknown[]][] = [];
  private readonly buffers: [Uint8Array, Uint8Array][] = [];
  private readonly seen: Set<object>;

  /**
   * @param roots where to begin
   * @param constant objects, and array buffers, that never change: neither kept nor looked into
   */
  constructor(roots: readonly object[], constant: readonly object[] = []) {
    this.seen = new Set(constant);
    const queue: unknown[] = [...roots];
    while (queue.length > 0) this.take(queue.pop(), queue);
    this.seen.clear();
  }

  /** Bytes of array buffers that are kept. */
  get bytes(): number {
    return this.buffers.reduce((sum, [, copy]) => sum + copy.length, 0);
  }

  /** Everything is again as it was. May be called any number of times. */
  restore(): void {
    for (let i = 0; i < this.objects.length; i++)
      restoreFields(this.objects[i]!, this.keys[i]!, this.values[i]!);
    for (const [map, entries] of this.maps) {
      map.clear();
      for (const [key, value] of entries) map.set(key, value);
    }
    for (const [set, members] of this.sets) {
      set.clear();
      for (const member of members) set.add(member);
    }
    for (const [live, copy] of this.buffers) live.set(copy);
  }

  private take(value: unknown, queue: unknown[]): void {
    if (typeof value !== "object" || value === null || this.seen.has(value)) return;
    this.seen.add(value);
    if (ArrayBuffer.isView(value)) queue.push(value.buffer);
    else if (value instanceof ArrayBuffer) this.takeBuffer(value);
    else if (value instanceof Map) {
      const entries = [...value.entries()];
      this.maps.push([value, entries]);
      queue.push(...entries.flat());
    } else if (value instanceof Set) {
      const members = [...value];
      this.sets.push([value, members]);
      queue.push(...members);
    } else this.takeFields(value as Fields, queue);
  }

  private takeBuffer(buffer: ArrayBuffer): void {
    const live = new Uint8Array(buffer);
    this.buffers.push([live, live.slice()]);
  }

  private takeFields(object: Fields, queue: unknown[]): void {
    const keys = Object.keys(object);
    const values = keys.map((key) => object[key]);
    this.objects.push(object);
    this.keys.push(keys);
    this.values.push(values);
    for (const value of values) if (typeof value === "object" && value !== null) queue.push(value);
  }
}

function restoreFields(object: Fields, keys: readonly string[], values: readonly unknown[]): void {
  if (Array.isArray(object)) object.length = values.length;
  for (let i = 0; i < keys.length; i++) {
    if (object[keys[i]!] !== values[i]) object[keys[i]!] = values[i];
  }
  if (!Array.isArray(object) && Object.keys(object).length !== keys.length) {
    for (const key of Object.keys(object)) if (!keys.includes(key)) delete object[key];
  }
}
