import { cType } from "./numeric-operations.js";
import type { ValueType } from "./module.js";
import type { Statements } from "./statements.js";
import { LONGEST_TEXT, temporaryValue, type Value } from "./value.js";

const NAMES_A_LINE = 16;

/**
 * The operands of the stack machine as C expressions that have yet to be evaluated. What has to happen in order is put
 * into variables before something else would overtake it: C leaves the order inside an expression open.
 */
export class OperandStack {
  private readonly values: Value[] = [];
  private readonly temporaries: { name: string; type: ValueType }[] = [];

  constructor(private readonly statements: Statements) {}

  get height(): number {
    return this.values.length;
  }

  push(value: Value): void {
    if (value.hasEffect) this.settleWhere((below) => below.isOrdered || below.hasEffect);
    else if (value.isOrdered) this.settleWhere((below) => below.hasEffect);
    this.values.push(value);
    if (value.text.length > LONGEST_TEXT) this.settle(this.values.length - 1);
  }

  pop(): Value {
    const value = this.values.pop();
    if (value === undefined) throw new Error("an operand is missing: the module is not valid");
    return value;
  }

  /** The topmost `count` operands, the deepest first. */
  popMany(count: number): Value[] {
    if (count > this.values.length) throw new Error("operands are missing: the module is not valid");
    return this.values.splice(this.values.length - count, count);
  }

  /** Before a statement looks at memory, or may trap. */
  beforeOrdered(): void {
    this.settleWhere((value) => value.hasEffect);
  }

  /** Before a statement changes memory or calls something. */
  beforeEffect(): void {
    this.settleWhere((value) => value.isOrdered || value.hasEffect);
  }

  /** Before a local variable gets another value. */
  beforeAssignment(local: number): void {
    this.settleWhere((value) => value.locals.has(local));
  }

  /** Before the statements that follow may run never, or more than once. */
  beforeBranching(): void {
    this.settleWhere((value) => value.constant === null);
  }

  /** Takes away what an instruction that does not return has left. */
  cut(height: number): void {
    this.values.length = height;
  }

  /** A new variable of the function. */
  temporary(type: ValueType): string {
    const name = `t${this.temporaries.length}`;
    this.temporaries.push({ name, type });
    return name;
  }

  /** C declarations of all variables that `temporary` has made. */
  declarations(): string[] {
    const names = (wanted: ValueType): string[] =>
      this.temporaries.filter(({ type }) => type === wanted).map(({ name }) => name);
    return (["i32", "i64"] as const).flatMap((type) => {
      const all = names(type);
      const lines: string[] = [];
      for (let i = 0; i < all.length; i += NAMES_A_LINE)
        lines.push(`${cType(type)} ${all.slice(i, i + NAMES_A_LINE).join(", ")};`);
      return lines;
    });
  }

  private settleWhere(isDue: (value: Value) => boolean): void {
    for (let i = 0; i < this.values.length; i++) if (isDue(this.values[i]!)) this.settle(i);
  }

  private settle(index: number): void {
    const value = this.values[index]!;
    if (value.isAtom && value.locals.size === 0 && !value.isOrdered && !value.hasEffect) return;
    const name = this.temporary(value.type);
    this.statements.add(`${name} = ${value.text};`);
    this.values[index] = temporaryValue(name, value.type);
  }
}
