// A number on one card, kept by means of a redo journal: an adapter for `syncgate torture --dut`.
//
// Whatever a single cut leaves, `boot` recovers. Its mistake shows only when the power fails again while it does.

const HEADER = 0;
const PAYLOAD = 1;
const DATA = [4, 5];

/** @typedef {{ read(sector: number, count: number): Promise<Uint8Array>, write(sector: number, bytes: Uint8Array): Promise<void>, flush(): Promise<void> }} Card */

/** @param {number} fill */
const sector = (fill) => new Uint8Array(512).fill(fill);

/**
 * @param {Card} card
 * @param {number} at
 * @returns {Promise<number | null>} what a sector is full of; null if it cannot be read, or is torn
 */
async function valueOf(card, at) {
  const bytes = await card.read(at, 1).catch(() => null);
  return bytes?.every((byte) => byte === bytes[0]) === true ? (bytes[0] ?? null) : null;
}

/** @param {Card} card @param {number} value */
async function writeData(card, value) {
  for (const at of DATA) await card.write(at, sector(value));
  await card.flush();
}

/** @param {Card} card */
async function giveUpJournal(card) {
  await card.write(HEADER, sector(0));
  await card.flush();
}

/** @param {{ careful: boolean }} how whether recovery writes the data before it gives the journal up */
export function journal({ careful }) {
  return {
    name: careful ? "careful journal" : "hasty journal",
    cards: /** @type {const} */ (1),
    sectors: 8,
    workload: 2,
    /** @param {readonly Card[]} cards */
    async boot(cards) {
      const card = /** @type {Card} */ (cards[0]);
      const value = await valueOf(card, HEADER);
      if (value === null || value === 0) return card;
      if (!careful) await giveUpJournal(card);
      await writeData(card, /** @type {number} */ (await valueOf(card, PAYLOAD)));
      if (careful) await giveUpJournal(card);
      return card;
    },
    /** @param {Card} card @param {(text: string) => void} mark @param {number} steps */
    async run(card, mark, steps) {
      for (let value = 1; value <= steps; value++) {
        await card.write(PAYLOAD, sector(value));
        await card.flush();
        await card.write(HEADER, sector(value));
        await card.flush();
        mark(`kept ${value}`);
        await writeData(card, value);
        await giveUpJournal(card);
      }
    },
    /** @param {Card} card @param {readonly string[]} marks */
    async check(card, marks) {
      const values = await Promise.all(DATA.map((at) => valueOf(card, at)));
      const lost = values.some((value) => value === null || value < marks.length);
      return lost
        ? `it promised ${marks.length} and holds ${values.map((v) => v ?? "nothing").join(", ")}`
        : null;
    },
  };
}

export default journal({ careful: false });
