/** What the generated functions call: access to memory, the arithmetic that C lacks, and the way out. */

/** The head of the source: what is asked of the compiler. */
export const PRELUDE = `\
#if UINT_MAX < 0xffffffff
#error "this file needs an int of 32 bits at least"
#endif

/* Compilers other than GCC and Clang get plain C99: words are put together from bytes. */
#if defined(__GNUC__) && !SYNCGATE_PORTABLE
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "words in memory are little-endian: compile with -DSYNCGATE_PORTABLE=1 for this processor"
#endif
#define NATIVE_WORDS 1
typedef uint16_t __attribute__((may_alias)) half_in_memory;
typedef uint32_t __attribute__((may_alias)) word_in_memory;
typedef uint64_t __attribute__((may_alias, aligned(4))) double_in_memory;
#else
#define NATIVE_WORDS 0
#endif

#if defined(__GNUC__)
#define NEVER_RETURNS __attribute__((noreturn, noinline, cold))
#define IN_PLACE inline __attribute__((always_inline))
#define APART __attribute__((noinline))
/* Keeps the compiler from making a call of the C library of a loop. */
#define KEEP_LOOP() __asm__ volatile("" ::: "memory")
/* Keeps the compiler from adding an offset to the array's address, and the rest to that, for each offset anew. */
#define KEEP_WHOLE(pointer) __asm__("" : "+r"(pointer))
#else
#define NEVER_RETURNS
#define IN_PLACE inline
#define APART
#define KEEP_LOOP() ((void)0)
#define KEEP_WHOLE(pointer) ((void)0)
#endif

static const struct syncgate_callbacks *callbacks;

/* All the state there is. */
static union {
  uint64_t aligned;
  uint8_t bytes[SYNCGATE_MEMORY_BYTES];
} memory;

NEVER_RETURNS static void trap(uint32_t reason) {
  callbacks->trap(reason);
  for (;;) {
  }
}

NEVER_RETURNS static void trap_out_of_bounds(void) {
  trap(SYNCGATE_TRAP_OUT_OF_BOUNDS);
}

/* Where \`count\` bytes lie in memory. Whole ranges are always checked: they are few, and reach far. */
static uint8_t *range(uint32_t address, uint32_t count) {
  if (count > SYNCGATE_MEMORY_BYTES || address > SYNCGATE_MEMORY_BYTES - count) trap_out_of_bounds();
  return memory.bytes + address;
}

/* Where 1, 2, 4 or 8 bytes lie. Both comparisons are of 32 bits, and the first one is of constants. */
static IN_PLACE uint8_t *place(uint32_t address, uint32_t offset, uint32_t count) {
#if SYNCGATE_BOUNDS_CHECKS
  if (offset > SYNCGATE_MEMORY_BYTES - count || address > SYNCGATE_MEMORY_BYTES - count - offset) trap_out_of_bounds();
#else
  (void)count;
#endif
  return memory.bytes + address + offset;
}

#if SYNCGATE_ALIGNMENT_CHECKS
NEVER_RETURNS static void trap_misaligned(void) {
  trap(SYNCGATE_TRAP_MISALIGNED);
}
/* No core of 32 bits wants more than words aligned. */
#define CHECK_ALIGNMENT(address, count) \\
  do { \\
    if (((address) & ((count) >= 4u ? 3u : (count) - 1u)) != 0) trap_misaligned(); \\
  } while (0)
#else
#define CHECK_ALIGNMENT(address, count) ((void)0)
#endif
`;

/** A helper: its C text, and the others that it needs. */
interface Helper {
  readonly needs?: readonly string[];
  readonly text: string;
}

const WORDS = { 16: "half_in_memory", 32: "word_in_memory", 64: "double_in_memory" } as const;

function valueOf(bits: number): string {
  return bits === 64 ? "uint64_t" : "uint32_t";
}

/** The sum of bytes in their places, the lowest first. */
function gathered(bits: number): string {
  const type = valueOf(bits);
  return Array.from({ length: bits / 8 }, (_, i) =>
    i === 0 ? `(${type})from[0]` : `((${type})from[${i}] << ${8 * i})`,
  ).join(" | ");
}

function scattered(bits: number): string {
  return Array.from(
    { length: bits / 8 },
    (_, i) => `  to[${i}] = (uint8_t)${i === 0 ? "value" : `(value >> ${8 * i})`};\n`,
  ).join("");
}

function wordHelpers(bits: 16 | 32 | 64): [string, Helper][] {
  const bytes = `${bits / 8}u`;
  const type = valueOf(bits);
  const load = `static IN_PLACE ${type} load_u${bits}(uint32_t address, uint32_t offset)`;
  const store = `static IN_PLACE void store_u${bits}(uint32_t address, uint32_t offset, ${type} value)`;
  return [
    [
      `load_bytes_u${bits}`,
      {
        text: `static ${type} load_bytes_u${bits}(uint32_t address, uint32_t offset) {
  const uint8_t *from = place(address, offset, ${bytes});
  return ${gathered(bits)};
}
`,
      },
    ],
    [
      `store_bytes_u${bits}`,
      {
        text: `static void store_bytes_u${bits}(uint32_t address, uint32_t offset, ${type} value) {
  uint8_t *to = place(address, offset, ${bytes});
${scattered(bits)}}
`,
      },
    ],
    [
      `load_u${bits}_at`,
      {
        text: `static IN_PLACE ${type} load_u${bits}_at(const uint8_t *base_at, uint32_t offset) {
  const uint8_t *from = base_at + offset;
  CHECK_ALIGNMENT((uintptr_t)from, ${bytes});
#if NATIVE_WORDS
  return *(const ${WORDS[bits]} *)(const void *)from;
#else
  return ${gathered(bits)};
#endif
}
`,
      },
    ],
    [
      `store_u${bits}_at`,
      {
        text: `static IN_PLACE void store_u${bits}_at(uint8_t *base_at, uint32_t offset, ${type} value) {
  uint8_t *to = base_at + offset;
  CHECK_ALIGNMENT((uintptr_t)to, ${bytes});
#if NATIVE_WORDS
  *(${WORDS[bits]} *)(void *)to = (${bits === 16 ? "uint16_t" : type})value;
#else
${scattered(bits)}#endif
}
`,
      },
    ],
    [
      `load_u${bits}`,
      {
        text: `${load} {
  const uint8_t *from = place(address, offset, ${bytes});
  CHECK_ALIGNMENT(address + offset, ${bytes});
#if NATIVE_WORDS
  return *(const ${WORDS[bits]} *)(const void *)from;
#else
  return ${gathered(bits)};
#endif
}
`,
      },
    ],
    [
      `store_u${bits}`,
      {
        text: `${store} {
  uint8_t *to = place(address, offset, ${bytes});
  CHECK_ALIGNMENT(address + offset, ${bytes});
#if NATIVE_WORDS
  *(${WORDS[bits]} *)(void *)to = (${bits === 16 ? "uint16_t" : type})value;
#else
${scattered(bits)}#endif
}
`,
      },
    ],
  ];
}

function numberHelpers(bits: 32 | 64): [string, Helper][] {
  const type = `uint${bits}_t`;
  const signed = `int${bits}_t`;
  const last = `${bits - 1}u`;
  const lowest = `((${type})1 << ${last})`;
  const rotate = (name: string, there: string, back: string): [string, Helper] => [
    `${name}${bits}`,
    {
      text: `static IN_PLACE ${type} ${name}${bits}(${type} value, ${type} count) {
  return (value ${there} (count & ${last})) | (value ${back} ((0u - count) & ${last}));
}
`,
    },
  ];
  const divide = (name: string, kind: "u" | "s", operator: string): [string, Helper] => {
    const check =
      kind === "u" || operator === "%" ? "b == 0" : `b == 0 || (a == ${lowest} && b == (${type})-1)`;
    const overflow = kind === "s" && operator === "%" ? `  if (b == (${type})-1) return 0;\n` : "";
    const operation = kind === "u" ? `a ${operator} b` : `(${type})((${signed})a ${operator} (${signed})b)`;
    return [
      `${name}_${kind}${bits}`,
      {
        needs: ["trap_division"],
        text: `static IN_PLACE ${type} ${name}_${kind}${bits}(${type} a, ${type} b) {
  if (${check}) trap_division();
${overflow}  return ${operation};
}
`,
      },
    ];
  };
  const builtin = bits === 64 ? "ll" : "";
  const count = (name: string, gcc: string, condition: string, step: string): [string, Helper] => [
    `${name}${bits}`,
    {
      text: `static IN_PLACE ${type} ${name}${bits}(${type} value) {
#if defined(__GNUC__)
  return value == 0 ? ${bits}u : (${type})__builtin_${gcc}${builtin}(value);
#else
  ${type} count = 0;
  if (value == 0) return ${bits}u;
  for (; ${condition}; value ${step}= 1) count++;
  return count;
#endif
}
`,
    },
  ];
  const masks = ["5", "3", "0f"].map(
    (digits) => `(${type})0x${digits.repeat(bits / 4 / digits.length)}u${bits === 64 ? "ll" : ""}`,
  );
  return [
    rotate("rotate_left", "<<", ">>"),
    rotate("rotate_right", ">>", "<<"),
    divide("divide", "u", "/"),
    divide("divide", "s", "/"),
    divide("remainder", "u", "%"),
    divide("remainder", "s", "%"),
    count("leading_zeros", "clz", `(value & ${lowest}) == 0`, "<<"),
    count("trailing_zeros", "ctz", "(value & 1u) == 0", ">>"),
    [
      `ones${bits}`,
      {
        text: `static ${type} ones${bits}(${type} value) {
  value -= (value >> 1) & ${masks[0]};
  value = (value & ${masks[1]}) + ((value >> 2) & ${masks[1]});
  value = (value + (value >> 4)) & ${masks[2]};
  value += value >> 8;
  value += value >> 16;
${bits === 64 ? "  value += value >> 32;\n" : ""}  return value & 0x7fu;
}
`,
      },
    ],
  ];
}

const HELPERS: ReadonlyMap<string, Helper> = new Map<string, Helper>([
  [
    "trap_unreachable",
    {
      text: `NEVER_RETURNS static void trap_unreachable(void) {
  trap(SYNCGATE_TRAP_ASSERTION);
}
`,
    },
  ],
  [
    "trap_division",
    {
      text: `NEVER_RETURNS static void trap_division(void) {
  trap(SYNCGATE_TRAP_DIVISION);
}
`,
    },
  ],
  [
    "load_u8",
    {
      text: `static IN_PLACE uint32_t load_u8(uint32_t address, uint32_t offset) {
  return *place(address, offset, 1u);
}
`,
    },
  ],
  [
    "store_u8",
    {
      text: `static IN_PLACE void store_u8(uint32_t address, uint32_t offset, uint32_t value) {
  *place(address, offset, 1u) = (uint8_t)value;
}
`,
    },
  ],
  [
    "base",
    {
      text: `/* The same of \`count\` bytes, for several accesses from there on. */
static IN_PLACE uint8_t *base(uint32_t address, uint32_t count) {
  uint8_t *at = place(address, 0u, count);
  KEEP_WHOLE(at);
  return at;
}
`,
    },
  ],
  [
    "load_u8_at",
    {
      text: `static IN_PLACE uint32_t load_u8_at(const uint8_t *base_at, uint32_t offset) {
  return base_at[offset];
}
`,
    },
  ],
  [
    "store_u8_at",
    {
      text: `static IN_PLACE void store_u8_at(uint8_t *base_at, uint32_t offset, uint32_t value) {
  base_at[offset] = (uint8_t)value;
}
`,
    },
  ],
  ...wordHelpers(16),
  ...wordHelpers(32),
  ...wordHelpers(64),
  ...numberHelpers(32),
  ...numberHelpers(64),
  [
    "fill_bytes",
    {
      text: `static void fill_bytes(uint32_t address, uint32_t value, uint32_t count) {
  uint8_t *to = range(address, count);
  uint8_t *end = to + count;
#if NATIVE_WORDS
  if (((address | count) & 3u) == 0) {
    uint32_t word = (value & 0xffu) * 0x01010101u;
    for (; to != end; to += 4) {
      *(word_in_memory *)(void *)to = word;
      KEEP_LOOP();
    }
    return;
  }
#endif
  for (; to != end; to++) {
    *to = (uint8_t)value;
    KEEP_LOOP();
  }
}
`,
    },
  ],
  [
    "copy_bytes",
    {
      text: `static void copy_bytes(uint32_t address, uint32_t source, uint32_t count) {
  uint8_t *to = range(address, count);
  const uint8_t *from = range(source, count);
  uint32_t i;
  if (address - source < count) {
    for (i = count; i != 0; i--) {
      to[i - 1] = from[i - 1];
      KEEP_LOOP();
    }
    return;
  }
#if NATIVE_WORDS
  if (((address | source | count) & 3u) == 0) {
    for (i = 0; i != count; i += 4) {
      *(word_in_memory *)(void *)(to + i) = *(const word_in_memory *)(const void *)(from + i);
      KEEP_LOOP();
    }
    return;
  }
#endif
  for (i = 0; i != count; i++) {
    to[i] = from[i];
    KEEP_LOOP();
  }
}
`,
    },
  ],
]);

/**
 * The helpers of these names and what they need, in an order in which C takes them.
 * @throws Error for a name that is no helper's
 */
export function helperTexts(names: ReadonlySet<string>): string {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const helper = HELPERS.get(name);
    if (helper === undefined) throw new Error(`there is no helper ${name}`);
    wanted.add(name);
    helper.needs?.forEach(want);
  };
  names.forEach(want);
  return [...HELPERS]
    .filter(([name]) => wanted.has(name))
    .map(([, { text }]) => text)
    .join("\n");
}
