/** The lines of a C function's body while it is written. */
export class Statements {
  private readonly lines: (string | (() => string))[] = [];
  private depth = 1;

  add(text: string): void {
    this.lines.push("  ".repeat(this.depth) + text);
  }

  /** A line that is not known before all others are. */
  addLate(text: () => string): void {
    const indent = "  ".repeat(this.depth);
    this.lines.push(() => indent + text());
  }

  /** A line that opens a brace. */
  open(text: string): void {
    this.add(text);
    this.depth++;
  }

  /** Closes a brace. */
  close(text = "}"): void {
    this.depth--;
    this.add(text);
  }

  /** A label, which stands to the left of what it names. */
  label(name: string): void {
    this.lines.push(`${"  ".repeat(this.depth - 1)}${name}:;`);
  }

  /** Where the next line will stand. */
  mark(): number {
    return this.lines.length;
  }

  /** Puts a label in front of the line that came next after `mark`. */
  labelAt(mark: number, name: string): void {
    this.lines.splice(mark, 0, `${"  ".repeat(this.depth - 1)}${name}:;`);
  }

  text(): string {
    return this.lines.map((line) => `${typeof line === "string" ? line : line()}\n`).join("");
  }
}
