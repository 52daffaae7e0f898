import type { Statements } from "./statements.js";

/** What is known of the pointer that stands for a local variable's value as an address. */
interface Base {
  /** Bytes from there on that were found to lie in memory. */
  end: number;
  /** The run of statements in which the check can still be widened: all of it comes to pass, or a trap. */
  readonly run: number;
}

/** A block of the module: what was known at its beginning, and what was assigned in it since. */
interface Frame {
  readonly known: ReadonlyMap<number, Base>;
  readonly assigned: Set<number>;
}

/** Farther than this an access of so many bytes needs more than one instruction of the smallest cores. */
const REACH: Readonly<Record<number, number>> = { 1: 31, 2: 62, 4: 124, 8: 120 };

/**
 * Pointers for local variables that serve as addresses of structures: computed and checked once for as long as the variable
 * stays as it is, instead of at every access. Compilers do not come to that by themselves: the address and each offset are
 * compared with constants of their own, and small cores have no room for so many.
 */
export class BasePointers {
  private known = new Map<number, Base>();
  private readonly frames: Frame[] = [];
  private readonly used = new Set<number>();
  private run = 0;

  constructor(
    private readonly statements: Statements,
    private readonly nameOf: (local: number) => string,
  ) {}

  /** Whether an access goes by a pointer. @param bytes of the access, which is aligned */
  static reaches(offset: number, bytes: number): boolean {
    return offset <= REACH[bytes]!;
  }

  /** The pointer of a local variable, of which bytes up to `end` are accessed next. */
  pointer(local: number, end: number): string {
    const base = this.known.get(local);
    if (base === undefined) this.add(local, end, `${this.pointerOf(local)} = `);
    else if (base.end < end && base.run === this.run) base.end = end;
    else if (base.end < end) this.add(local, end, "(void)");
    return this.pointerOf(local);
  }

  /** A local variable gets another value. */
  assigned(local: number): void {
    this.known.delete(local);
    this.frames.at(-1)?.assigned.add(local);
  }

  /** Control may go elsewhere, or something is called: no later check may come before this. */
  endRun(): void {
    this.run++;
  }

  /** A block begins; where a loop begins its own end comes together with what was before. */
  enter(isLoop: boolean): void {
    this.endRun();
    this.frames.push({ known: new Map(this.known), assigned: new Set() });
    if (isLoop) this.known = new Map();
  }

  /** The second branch of an if begins. */
  atElse(): void {
    this.endRun();
    this.known = new Map(this.frames.at(-1)!.known);
  }

  /** A block ends. @param isJoined control comes to its end from several places, or does not come */
  leave(isJoined: boolean): void {
    this.endRun();
    const { known, assigned } = this.frames.pop()!;
    if (isJoined) this.known = new Map([...known].filter(([local]) => !assigned.has(local)));
    for (const local of assigned) this.frames.at(-1)?.assigned.add(local);
  }

  /** C declarations of the pointers. */
  declarations(): string[] {
    return [...this.used].toSorted((a, b) => a - b).map((local) => `uint8_t *${this.pointerOf(local)};`);
  }

  private add(local: number, end: number, assignment: string): void {
    const base: Base = { end, run: this.run };
    this.known.set(local, base);
    this.used.add(local);
    this.statements.addLate(() => `${assignment}base(${this.nameOf(local)}, ${base.end}u);`);
  }

  private pointerOf(local: number): string {
    return `${this.nameOf(local)}_at`;
  }
}
