import { BasePointers } from "./base-pointers.js";
import { ExportError } from "./byte-reader.js";
import { nextInstruction, type Instruction } from "./instruction.js";
import { accessHelper, isAligned, memoryAccess, type MemoryAccess } from "./memory-access.js";
import type { Module, ModuleFunction, ValueType } from "./module.js";
import { cType, NUMERIC_OPERATIONS } from "./numeric-operations.js";
import { OperandStack } from "./operand-stack.js";
import { Statements } from "./statements.js";
import { asOperand, composedValue, constantValue, localValue, type Value } from "./value.js";

/** What the functions of a module are called in C. */
export interface CNames {
  /** C expression that a call of this function begins with: its name, or a member of the callbacks. */
  callee(index: number): string;
  /** A global variable. */
  global(index: number): string;
  /** Names of a function's parameters. */
  parameters(index: number): readonly string[];
  /** Notes that a helper of the runtime is used; returns its name. */
  use(helper: string): string;
}

/** A block, a loop, a branch of an if, or the whole function: what a label stands for. */
interface Frame {
  readonly kind: "function" | "block" | "loop" | "if";
  /** Type of the value that the block leaves, and the variable that holds it. */
  readonly result: ValueType | null;
  readonly variable: string | null;
  readonly height: number;
  readonly label: string;
  /** Where a loop begins among the statements. */
  readonly top: number;
  isTarget: boolean;
  /** The end of an if can also be reached from its first branch, or past it. */
  isEndReached: boolean;
  hasElse: boolean;
}

type Handler = (this: CFunction, instruction: Instruction) => void;

const VOID_BLOCK = -64n;
const BLOCK_TYPES = new Map<bigint, ValueType>([
  [-1n, "i32"],
  [-2n, "i64"],
]);

/** Translates the body of one function. Structure becomes structure; branches become gotos. */
export class CFunction {
  private readonly statements = new Statements();
  private readonly stack = new OperandStack(this.statements);
  private readonly pointers = new BasePointers(this.statements, (local) => this.locals[local]!.name);
  private readonly frames: Frame[] = [];
  private readonly locals: readonly { name: string; type: ValueType }[];
  private readonly usedLocals = new Set<number>();
  private labels = 0;
  /** Open blocks of code that cannot be reached; -1 where it can. */
  private skipped = -1;

  constructor(
    private readonly module: Module,
    private readonly index: number,
    private readonly source: ModuleFunction,
    private readonly names: CNames,
  ) {
    const parameters = names.parameters(index);
    this.locals = [...source.type.params, ...source.locals].map((type, i) => ({
      name: parameters[i] ?? `v${i}`,
      type,
    }));
  }

  /** Numbers of the functions that a function calls, the imported ones left out. */
  static callees(module: Module, source: ModuleFunction): number[] {
    const found: number[] = [];
    const reader = source.body();
    while (!reader.atEnd) {
      const { name, immediates } = nextInstruction(reader);
      if (name === "call" && Number(immediates[0]) >= module.imports.length)
        found.push(Number(immediates[0]));
    }
    return found;
  }

  /** @returns the statements between the braces @throws ExportError for what cannot be exported */
  body(): string {
    const { results } = this.source.type;
    this.enter("function", results[0] ?? null);
    const reader = this.source.body();
    while (!reader.atEnd) {
      const instruction = nextInstruction(reader);
      if (this.skipped >= 0) this.skip(instruction);
      else this.translate(instruction);
    }
    return this.declarations() + this.statements.text();
  }

  private declarations(): string {
    const parameters = this.source.type.params.length;
    const unused = this.locals
      .slice(0, parameters)
      .filter((_, i) => !this.usedLocals.has(i))
      .map(({ name }) => `(void)${name};`);
    const variables = [...this.usedLocals]
      .filter((i) => i >= parameters)
      .toSorted((a, b) => a - b)
      .map((i) => `${cType(this.locals[i]!.type)} ${this.locals[i]!.name} = 0;`);
    const pointers = this.pointers.declarations();
    return [...variables, ...pointers, ...this.stack.declarations(), ...unused]
      .map((line) => `  ${line}\n`)
      .join("");
  }

  private translate(instruction: Instruction): void {
    const { name } = instruction;
    const numeric = NUMERIC_OPERATIONS.get(name);
    if (numeric !== undefined) {
      const operands = this.stack.popMany(numeric.operands);
      this.stack.push(numeric.make(operands, (helper) => this.names.use(helper)));
      return;
    }
    const access = memoryAccess(name);
    if (access !== undefined) return this.access(access, instruction);
    const handler = (this.handlers as Readonly<Record<string, Handler | undefined>>)[name];
    if (handler === undefined)
      throw new ExportError(`the instruction ${name} at byte ${instruction.at} cannot be exported`);
    handler.call(this, instruction);
  }

  /** The call that an access begins with, up to the value that a store has besides. */
  private accessCall(access: MemoryAccess, { immediates }: Instruction, address: Value): string {
    const [alignment, offset] = [Number(immediates[0]), Number(immediates[1])];
    const helper = accessHelper(access, alignment, offset);
    const [local] = address.locals;
    const isPlain = local !== undefined && address.text === this.locals[local]!.name;
    if (!isPlain || !BasePointers.reaches(offset, access.bytes) || !isAligned(access, alignment, offset))
      return `${this.names.use(helper)}(${address.text}, ${offset}u`;
    this.names.use("base");
    return `${this.names.use(`${helper}_at`)}(${this.pointers.pointer(local, offset + access.bytes)}, ${offset}u`;
  }

  private access(access: MemoryAccess, instruction: Instruction): void {
    if (access.isStore) {
      const [address, value] = this.stack.popMany(2);
      this.stack.beforeEffect();
      const call = this.accessCall(access, instruction, address!);
      const stored =
        value!.type === "i64" && access.bytes < 8 ? `(uint32_t)${asOperand(value!)}` : value!.text;
      this.statements.add(`${call}, ${stored});`);
      return;
    }
    const address = this.stack.pop();
    this.stack.beforeOrdered();
    const loaded = `${this.accessCall(access, instruction, address)})`;
    const bits = access.bytes * 8;
    const unsigned = cType(access.type);
    const text = access.isSigned ? `(${unsigned})(${unsigned.slice(1)})(int${bits}_t)${loaded}` : loaded;
    const isWide = access.type === "i64" && access.bytes < 8;
    this.stack.push(
      composedValue(isWide && !access.isSigned ? `(uint64_t)${text}` : text, access.type, [address], {
        isOrdered: true,
        isAtom: !access.isSigned && !isWide,
      }),
    );
  }

  private enter(kind: Frame["kind"], result: ValueType | null): void {
    this.stack.beforeBranching();
    this.pointers.enter(kind === "loop");
    const isFunction = kind === "function";
    this.frames.push({
      kind,
      result,
      variable: result === null || isFunction ? null : this.stack.temporary(result),
      height: this.stack.height,
      label: `L${this.labels++}`,
      top: this.statements.mark(),
      isTarget: false,
      isEndReached: false,
      hasElse: false,
    });
  }

  private blockType({ immediates, at }: Instruction): ValueType | null {
    const type = immediates[0]!;
    if (type === VOID_BLOCK) return null;
    const result = BLOCK_TYPES.get(type);
    if (result === undefined)
      throw new ExportError(`the block at byte ${at} has parameters, or several results`);
    return result;
  }

  private frame(depth: bigint): Frame {
    const frame = this.frames[this.frames.length - 1 - Number(depth)];
    if (frame === undefined) throw new ExportError(`a branch leaves ${depth} blocks: there are fewer`);
    return frame;
  }

  /** The statements that take control to where a branch to this frame goes. */
  private jump(frame: Frame, value: Value | null): string[] {
    if (frame.kind === "function") return [value === null ? "return;" : `return ${value.text};`];
    frame.isTarget = true;
    const kept = value === null || frame.variable === null ? [] : [`${frame.variable} = ${value.text};`];
    return [...kept, `goto ${frame.label};`];
  }

  private carried(frame: Frame): Value | null {
    return frame.result === null || frame.kind === "loop" ? null : this.stack.pop();
  }

  private leaveForGood(): void {
    this.skipped = 0;
    this.stack.cut(this.frames.at(-1)!.height);
  }

  /** Takes what a block leaves to its variable. */
  private keepResult(frame: Frame): void {
    if (frame.variable !== null) this.statements.add(`${frame.variable} = ${this.stack.pop().text};`);
  }

  private atElse(isReached: boolean): void {
    const frame = this.frames.at(-1)!;
    if (isReached) this.keepResult(frame);
    frame.isEndReached ||= isReached;
    frame.hasElse = true;
    this.pointers.atElse();
    this.stack.cut(frame.height);
    this.statements.close();
    this.statements.open("else {");
    this.skipped = -1;
  }

  private atEnd(isReached: boolean): void {
    const frame = this.frames.pop()!;
    if (frame.kind === "function") {
      if (isReached && frame.result !== null) this.statements.add(`return ${this.stack.pop().text};`);
      return;
    }
    if (isReached) this.keepResult(frame);
    if (frame.kind === "if") this.statements.close();
    if (frame.isTarget) {
      if (frame.kind === "loop") this.statements.labelAt(frame.top, frame.label);
      else this.statements.label(frame.label);
    }
    this.pointers.leave(frame.kind === "if" || (frame.isTarget && frame.kind !== "loop") || !isReached);
    const isJoined =
      isReached ||
      frame.isEndReached ||
      (frame.kind === "if" && !frame.hasElse) ||
      (frame.isTarget && frame.kind !== "loop");
    this.stack.cut(frame.height);
    this.skipped = isJoined ? -1 : 0;
    if (!isJoined) {
      this.stack.cut(this.frames.at(-1)!.height);
    } else if (frame.variable !== null) {
      this.stack.push(composedValue(frame.variable, frame.result!, [], { isAtom: true }));
    }
  }

  private skip({ name }: Instruction): void {
    if (name === "block" || name === "loop" || name === "if") this.skipped++;
    else if (name === "end" && this.skipped-- === 0) this.atEnd(false);
    else if (name === "else" && this.skipped === 0) this.atElse(false);
  }

  private local(index: bigint): { name: string; type: ValueType; index: number } {
    const number = Number(index);
    const local = this.locals[number];
    if (local === undefined) throw new ExportError(`function ${this.index} has no local variable ${index}`);
    this.usedLocals.add(number);
    return { ...local, index: number };
  }

  private assign(index: bigint): { name: string; type: ValueType; index: number } {
    const local = this.local(index);
    const value = this.stack.pop();
    this.stack.beforeAssignment(local.index);
    this.pointers.assigned(local.index);
    if (value.text !== local.name) this.statements.add(`${local.name} = ${value.text};`);
    return local;
  }

  /** What the instructions that are no arithmetic do. */
  private readonly handlers = {
    unreachable(this: CFunction): void {
      this.stack.beforeEffect();
      this.statements.add(`${this.names.use("trap_unreachable")}();`);
      this.leaveForGood();
    },
    nop(): void {},
    block(this: CFunction, instruction: Instruction): void {
      this.enter("block", this.blockType(instruction));
    },
    loop(this: CFunction, instruction: Instruction): void {
      this.enter("loop", this.blockType(instruction));
    },
    if(this: CFunction, instruction: Instruction): void {
      const condition = this.stack.pop();
      this.enter("if", this.blockType(instruction));
      this.statements.open(`if (${condition.text}) {`);
    },
    else(this: CFunction): void {
      this.atElse(true);
    },
    end(this: CFunction): void {
      this.atEnd(true);
    },
    br(this: CFunction, { immediates }: Instruction): void {
      const frame = this.frame(immediates[0]!);
      const value = this.carried(frame);
      this.stack.beforeEffect();
      for (const line of this.jump(frame, value)) this.statements.add(line);
      this.leaveForGood();
    },
    br_if(this: CFunction, { immediates }: Instruction): void {
      const condition = this.stack.pop();
      const frame = this.frame(immediates[0]!);
      this.stack.beforeEffect();
      let value = this.carried(frame);
      if (value !== null) {
        // Evaluated once, whichever way control goes.
        const name = this.stack.temporary(value.type);
        this.statements.add(`${name} = ${value.text};`);
        value = composedValue(name, value.type, [], { isAtom: true });
      }
      const lines = this.jump(frame, value);
      this.pointers.endRun();
      if (lines.length === 1) this.statements.add(`if (${condition.text}) ${lines[0]}`);
      else {
        this.statements.open(`if (${condition.text}) {`);
        for (const line of lines) this.statements.add(line);
        this.statements.close();
      }
      if (value !== null) this.stack.push(value);
    },
    br_table(this: CFunction, { immediates }: Instruction): void {
      const selector = this.stack.pop();
      const targets = immediates.map((depth) => this.frame(depth));
      const byDefault = targets.at(-1)!;
      const value = this.carried(byDefault);
      this.stack.beforeEffect();
      if (value !== null) throw new ExportError(`a br_table of function ${this.index} carries a value`);
      this.statements.open(`switch (${selector.text}) {`);
      const cases = new Map<Frame, number[]>();
      targets.slice(0, -1).forEach((frame, i) => cases.set(frame, [...(cases.get(frame) ?? []), i]));
      for (const [frame, numbers] of cases) {
        if (frame === byDefault) continue;
        for (const number of numbers.slice(0, -1)) this.statements.add(`case ${number}u:`);
        this.statements.add(`case ${numbers.at(-1)}u: ${this.jump(frame, null).join(" ")}`);
      }
      this.statements.add(`default: ${this.jump(byDefault, null).join(" ")}`);
      this.statements.close();
      this.leaveForGood();
    },
    return(this: CFunction): void {
      const frame = this.frames[0]!;
      const value = frame.result === null ? null : this.stack.pop();
      this.stack.beforeEffect();
      for (const line of this.jump(frame, value)) this.statements.add(line);
      this.leaveForGood();
    },
    call(this: CFunction, { immediates }: Instruction): void {
      const callee = Number(immediates[0]);
      const { imports, functions } = this.module;
      const type = (imports[callee] ?? functions[callee - imports.length])?.type;
      if (type === undefined)
        throw new ExportError(`function ${this.index} calls function ${callee}: there is none`);
      const operands = this.stack.popMany(type.params.length);
      this.pointers.endRun();
      const text = `${this.names.callee(callee)}(${operands.map((operand) => operand.text).join(", ")})`;
      const result = type.results[0];
      if (result === undefined) {
        this.stack.beforeEffect();
        this.statements.add(`${text};`);
      } else {
        this.stack.push(
          composedValue(text, result, operands, { isAtom: true, isOrdered: true, hasEffect: true }),
        );
      }
    },
    drop(this: CFunction): void {
      const value = this.stack.pop();
      if (value.constant !== null) return;
      if (value.isOrdered || value.hasEffect) this.stack.beforeEffect();
      this.statements.add(`(void)${asOperand(value)};`);
    },
    select(this: CFunction): void {
      const condition = this.stack.pop();
      let [a, b] = this.stack.popMany(2) as [Value, Value];
      // Both are evaluated; C would look at one alone.
      [a, b] = [a, b].map((value) => {
        if (!value.isOrdered && !value.hasEffect) return value;
        const name = this.stack.temporary(value.type);
        this.statements.add(`${name} = ${value.text};`);
        return composedValue(name, value.type, [], { isAtom: true });
      }) as [Value, Value];
      const test = condition.isCondition ? `(${condition.text})` : asOperand(condition);
      this.stack.push(
        composedValue(`${test} ? ${asOperand(a)} : ${asOperand(b)}`, a.type, [condition, a, b]),
      );
    },
    "local.get"(this: CFunction, { immediates }: Instruction): void {
      const { name, type, index } = this.local(immediates[0]!);
      this.stack.push(localValue(name, type, index));
    },
    "local.set"(this: CFunction, { immediates }: Instruction): void {
      this.assign(immediates[0]!);
    },
    "local.tee"(this: CFunction, { immediates }: Instruction): void {
      const { name, type, index } = this.assign(immediates[0]!);
      this.stack.push(localValue(name, type, index));
    },
    "global.get"(this: CFunction, { immediates }: Instruction): void {
      const index = Number(immediates[0]);
      const global = this.module.globals[index];
      if (global === undefined) throw new ExportError(`there is no global variable ${index}`);
      if (!global.mutable) return this.stack.push(constantValue(global.value, global.type));
      this.stack.push(
        composedValue(this.names.global(index), global.type, [], { isAtom: true, isOrdered: true }),
      );
    },
    "global.set"(this: CFunction, { immediates }: Instruction): void {
      const value = this.stack.pop();
      this.stack.beforeEffect();
      this.statements.add(`${this.names.global(Number(immediates[0]))} = ${value.text};`);
    },
    "i32.const"(this: CFunction, { immediates }: Instruction): void {
      this.stack.push(constantValue(immediates[0]!, "i32"));
    },
    "i64.const"(this: CFunction, { immediates }: Instruction): void {
      this.stack.push(constantValue(immediates[0]!, "i64"));
    },
    "memory.copy"(this: CFunction): void {
      this.bulk("copy_bytes");
    },
    "memory.fill"(this: CFunction): void {
      this.bulk("fill_bytes");
    },
  };

  private bulk(helper: string): void {
    const operands = this.stack.popMany(3);
    this.stack.beforeEffect();
    this.statements.add(`${this.names.use(helper)}(${operands.map(({ text }) => text).join(", ")});`);
  }
}
