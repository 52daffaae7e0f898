/** Each event on the wire in each state, of cards that share a bus. */
import { describeWireEvents } from "../../sdcard/wire-events.js";

describeWireEvents(1);
