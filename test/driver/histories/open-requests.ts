import { STATUS_OK } from "../../../assembly/layout.js";

/** Called with what a request is answered with. */
type Ended = (status: number, tag: number) => void;

/** A call of the driver that ends through `done`. */
interface OpenRequest {
  readonly what: string;
  readonly ended: Ended;
}

/** Everything that was asked of the driver and is not answered yet, by tag; no tag is ever used again. */
export class OpenRequests {
  private readonly open = new Map<number, OpenRequest>();
  private lastTag = 0;

  constructor(private readonly log: string[]) {}

  get count(): number {
    return this.open.size;
  }

  has(tag: number): boolean {
    return this.open.has(tag);
  }

  /**
   * Calls the driver with a new tag. The driver may answer from inside the call.
   * @param call returns what the driver says to it
   * @returns the tag, or null when the driver refused
   */
  begin(what: string, call: (tag: number) => number, ended: Ended = () => {}): number | null {
    const tag = ++this.lastTag;
    this.log.push(`${what}, tag ${tag}`);
    this.open.set(tag, { what, ended });
    const status = call(tag);
    if (status === STATUS_OK) return tag;
    this.log.push(`refused ${tag}: ${status}`);
    this.open.delete(tag);
    return null;
  }

  /** @throws Error when no such request is open: it was answered before, or in an earlier boot */
  end(tag: number, status: number): void {
    const request = this.open.get(tag);
    if (request === undefined) throw new Error(`tag ${tag} is answered, but no request of that tag is open`);
    this.open.delete(tag);
    this.log.push(`done ${tag}: ${status}`);
    request.ended(status, tag);
  }

  /** The controller starts anew, and nobody will be answered. */
  forget(): void {
    this.open.clear();
  }

  describe(): string {
    return [...this.open].map(([tag, { what }]) => `${what}, tag ${tag}`).join("; ");
  }
}
