import type { BoardChip } from "./board-chip.js";

/** Fields and methods, some of which rp2040js keeps private. */
interface SpiState {
  dmaControl: number;
  updateDMATx(): void;
  updateDMARx(): void;
  writeUint32(offset: number, value: number): void;
}

const SSPDMACR = 0x24;
const RX_ENABLE = 1;
const TX_ENABLE = 2;

/** Requests of DMA only where SSPDMACR allows them (RP2040 Datasheet, 4.4.4); rp2040js ignores that register. */
export function heedDmaControl(chip: BoardChip): void {
  for (const spi of chip.spi) {
    const state = spi as unknown as SpiState;
    const original = Object.getPrototypeOf(spi) as SpiState;
    state.updateDMATx = () => {
      if ((state.dmaControl & TX_ENABLE) !== 0) original.updateDMATx.call(spi);
      else chip.dma.clearDREQ(spi.dreq.tx);
    };
    state.updateDMARx = () => {
      if ((state.dmaControl & RX_ENABLE) !== 0) original.updateDMARx.call(spi);
      else chip.dma.clearDREQ(spi.dreq.rx);
    };
    state.writeUint32 = (offset, value) => {
      original.writeUint32.call(spi, offset, value);
      if (offset !== SSPDMACR) return;
      state.updateDMATx();
      state.updateDMARx();
    };
    state.updateDMATx();
    state.updateDMARx();
  }
}
