/** Each event on the wire in each state, of cards on buses of their own; those on a shared one are a long test. */
import { describeWireEvents } from "./wire-events.js";

describeWireEvents(2);
