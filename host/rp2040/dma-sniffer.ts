/** The DMA sniffer (RP2040 Datasheet, 2.5.5.2), which rp2040js declares and does not have: CRC-16-CCITT and the plain sum. */
import type { BoardChip } from "./board-chip.js";

type Dma = BoardChip["dma"];
type Channel = Dma["channels"][number];
/** Fields that rp2040js keeps private. */
interface ChannelState {
  ctrl: number;
  readAddr: number;
  writeAddr: number;
}

const SNIFF_CTRL = 0x434;
const SNIFF_DATA = 0x438;
const ENABLE = 1;
const CHANNEL_SHIFT = 1;
const CHANNEL_MASK = 0xf;
const CALC_SHIFT = 5;
const CALC_MASK = 0xf;
const CALC_CRC16 = 2;
const CALC_SUM = 15;
const CTRL_MASK = 0xfff;
const OUTPUT_OPTIONS = 0xe00;
const CHANNEL_SNIFFS = 1 << 23;
const CRC16_POLYNOMIAL = 0x1021;

export class DmaSniffer {
  private control = 0;
  private data = 0;

  constructor(private readonly chip: BoardChip) {
    const { dma } = chip;
    const original = Object.getPrototypeOf(dma) as Dma;
    dma.readUint32 = (offset) => {
      if (offset === SNIFF_CTRL) return this.control;
      return offset === SNIFF_DATA ? this.data : original.readUint32.call(dma, offset);
    };
    dma.writeUint32 = (offset, value) => {
      if (offset === SNIFF_CTRL) this.setControl(value & CTRL_MASK);
      else if (offset === SNIFF_DATA) this.data = value >>> 0;
      else original.writeUint32.call(dma, offset, value);
    };
    for (const channel of dma.channels) this.listen(channel);
  }

  private setControl(value: number): void {
    const calc = (value >> CALC_SHIFT) & CALC_MASK;
    const known = (calc === CALC_CRC16 || calc === CALC_SUM) && (value & OUTPUT_OPTIONS) === 0;
    if ((value & ENABLE) !== 0 && !known) {
      this.chip.logger.warn(
        "DMA",
        `sniffer control 0x${value.toString(16)} is not emulated: CRC-16 (2) and the sum (15) are`,
      );
    }
    this.control = value;
  }

  private listen(channel: Channel): void {
    const { chip } = this;
    const state = channel as unknown as ChannelState;
    channel.transfer8 = () => {
      const value = chip.readUint8(state.readAddr);
      chip.writeUint8(state.writeAddr, value);
      this.sniff(channel.index, state.ctrl, value, 1);
    };
    channel.transfer16 = () => {
      const value = chip.readUint16(state.readAddr);
      chip.writeUint16(state.writeAddr, value);
      this.sniff(channel.index, state.ctrl, value, 2);
    };
    channel.transfer32 = () => {
      const value = chip.readUint32(state.readAddr);
      chip.writeUint32(state.writeAddr, value);
      this.sniff(channel.index, state.ctrl, value, 4);
    };
    channel.reset();
  }

  private sniff(index: number, ctrl: number, value: number, bytes: number): void {
    const { control } = this;
    if ((control & ENABLE) === 0 || (ctrl & CHANNEL_SNIFFS) === 0) return;
    if (((control >> CHANNEL_SHIFT) & CHANNEL_MASK) !== index) return;
    if (((control >> CALC_SHIFT) & CALC_MASK) === CALC_SUM) {
      this.data = (this.data + value) >>> 0;
      return;
    }
    // Most significant byte of a word first (assumed of transfers wider than a byte; the driver's are bytes).
    let crc = this.data & 0xffff;
    for (let at = bytes - 1; at >= 0; at--) {
      crc ^= ((value >>> (8 * at)) & 0xff) << 8;
      for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ CRC16_POLYNOMIAL : crc << 1;
      crc &= 0xffff;
    }
    this.data = crc;
  }
}
