/**
 * What rp2040js leaves out of the DMA: the time of transfers that wait for nobody, one each cycle (RP2040 Datasheet, 2.5:
 * the DMA performs one read and one write each cycle), and CHAN_ABORT as it reads once channels have stopped.
 */
import type { BoardChip } from "./board-chip.js";

/** Fields that rp2040js keeps private. */
interface ChannelState {
  treqValue: number;
  transferAlarm: { schedule(ns: number): void };
  scheduleTransfer(): void;
}

const CHAN_ABORT = 0x444;
const TREQ_PERMANENT = 63;
const NS_PER_S = 1e9;

export function timeDma(chip: BoardChip): void {
  const { dma } = chip;
  for (const channel of dma.channels as unknown as ChannelState[]) {
    const original = Object.getPrototypeOf(channel) as ChannelState;
    channel.scheduleTransfer = () => {
      if (channel.treqValue !== TREQ_PERMANENT) original.scheduleTransfer.call(channel);
      else channel.transferAlarm.schedule(NS_PER_S / chip.clkSys);
    };
  }
  const read = dma.readUint32.bind(dma);
  dma.readUint32 = (offset) => (offset === CHAN_ABORT ? 0 : read(offset));
}
