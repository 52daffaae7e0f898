/** What somebody types to UART0: a byte at a time, at the rate that firmware has set; 8 data bits, a start and a stop bit. */
import type { BoardChip } from "./board-chip.js";

/** GPIOs that may be UART0's RX, as function 2 (RP2040 Datasheet, 2.19.2). */
const RX_PINS = [1, 13, 17, 29];
const FUNCTION_MASK = 0x1f;
const FUNCTION_UART = 2;
const BITS_OF_BYTE = 10;
const NS_PER_S = 1e9;
const BYTE_MASK = 0xff;

export class UartTyping {
  /** Still to be sent. */
  private rest = "";
  private isSending = false;
  private readonly alarm: ReturnType<BoardChip["clock"]["createAlarm"]>;

  constructor(private readonly chip: BoardChip) {
    this.alarm = chip.clock.createAlarm(() => this.arrive());
  }

  /** Behind what is still on its way. @throws FirmwareError when the firmware does not listen: no rate, no pin, or not enabled */
  type(text: string): void {
    const [uart] = this.chip.uart;
    const hasPin = RX_PINS.some((pin) => (this.chip.gpio[pin]!.ctrl & FUNCTION_MASK) === FUNCTION_UART);
    if (!uart.enabled || !uart.rxEnabled || !(uart.baudRate > 0) || !hasPin)
      throw this.chip.fault(
        `"${text.trimEnd()}" is typed, and UART0 does not listen: set its rate, enable it, and give GPIO 1 function 2`,
      );
    this.rest += text;
    if (!this.isSending) this.next();
  }

  private next(): void {
    this.isSending = this.rest !== "";
    if (this.isSending) this.alarm.schedule((BITS_OF_BYTE * NS_PER_S) / this.chip.uart[0].baudRate);
  }

  private arrive(): void {
    const byte = this.rest.charCodeAt(0) & BYTE_MASK;
    this.rest = this.rest.slice(1);
    this.chip.uart[0].feedByte(byte);
    this.next();
  }
}
