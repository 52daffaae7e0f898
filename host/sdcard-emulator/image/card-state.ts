/**
 * What a card without power knows beside its contents, as it stands in the file beside its image: wear, mapping, the
 * states of its generators, and the registers that outlast the power. Its parts save and restore themselves; their types
 * follow from this one description.
 */
import { z } from "zod";

export const CARD_STATE_FORMAT = "syncgate-card";
/** Another version is refused. */
export const CARD_STATE_VERSION = 1;

const INT32_MAX = 0x7fff_ffff;
const NUMBERS_A_RUN = 3;

const count = z.int().min(0);
const int32 = z
  .int()
  .min(-INT32_MAX - 1)
  .max(INT32_MAX);
const sector = z.int().min(0).max(INT32_MAX);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Numbers in short; see number-runs.ts. */
const runs = z.array(int32).refine((numbers) => numbers.length % NUMBERS_A_RUN === 0);

const workSchema = z.strictObject({
  hostSectors: count,
  programs: count,
  slcPrograms: count,
  copies: count,
  erases: count,
  merges: count,
  folds: count,
  us: z.number().min(0),
});

const poolSchema = z.strictObject({
  wear: runs,
  reads: runs,
  freeBlocks: runs,
  retired: count,
  erases: count,
});

const openUnitSchema = z.strictObject({
  unit: int32,
  block: int32,
  next: count,
  lastOffset: int32,
  usedAt: count,
});

const slcSchema = z.strictObject({
  owners: runs,
  valid: runs,
  erased: runs,
  filling: count,
  next: count,
  free: count,
});

const layerSchema = z.strictObject({
  map: runs,
  unitBlock: runs,
  stuck: z.boolean(),
  levelledAt: count,
  levelCursor: count,
  pool: poolSchema,
  open: z.array(openUnitSchema),
  slc: slcSchema.nullable(),
});

const flashSchema = z.strictObject({
  work: workSchema,
  layer: layerSchema,
  generator: int32,
  disturb: z.strictObject({ generator: int32, lost: z.array(sector) }),
  housekeepingAt: count,
});

/** Who the card says it is; its limits are those of card-identity.ts. */
const identitySchema = z.strictObject({
  generation: z.enum(["sdsc1", "sdsc2", "sdhc", "sdxc"]),
  manufacturerId: count,
  oemId: z.string(),
  productName: z.string(),
  revision: z.tuple([count, count]).readonly(),
  serialNumber: count,
  manufactured: z.tuple([count, count]).readonly(),
  auSizeCode: count,
  eraseSize: count,
  eraseTimeoutSeconds: count,
  erasedByte: count,
  performanceExtension: z.boolean(),
});

/** SD Physical Layer Simplified Specification, 4.3.6 and 4.3.7: these outlast the power. */
const registersSchema = z.strictObject({
  identity: identitySchema,
  csd: z.string().regex(/^[0-9a-f]{32}$/),
  /** Write protection groups, 1 for a protected one. */
  groups: runs,
  /** In hexadecimal digits; "": none. */
  password: z.string().regex(/^([0-9a-f]{2}){0,16}$/),
});

export const cardStateSchema = z.strictObject({
  format: z.literal(CARD_STATE_FORMAT),
  version: z.literal(CARD_STATE_VERSION),
  /** The card's class, and the sum of all its figures. */
  profile: z.strictObject({ name: z.string(), sha256 }),
  sectors: z.int().min(1).max(INT32_MAX),
  /** Of what the image holds; see raw-image.ts. */
  contents: sha256,
  seed: z.int(),
  /** Sectors that read as an error; the image has zeros there. */
  unreadable: z.array(sector),
  flash: flashSchema,
  /** null: the card was never on an SPI bus. */
  registers: registersSchema.nullable(),
  /** Of all the rest of this file. */
  sum: sha256,
});

export type CardState = z.infer<typeof cardStateSchema>;
export type FlashState = CardState["flash"];
export type LayerState = FlashState["layer"];
export type PoolState = LayerState["pool"];
export type OpenUnitState = LayerState["open"][number];
export type SlcState = NonNullable<LayerState["slc"]>;
export type RegisterState = NonNullable<CardState["registers"]>;
