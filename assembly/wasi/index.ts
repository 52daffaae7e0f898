import { ARGUMENT_COMMAND, argument, isText, readArguments, refuseUsage } from "./arguments";
import { format } from "./format-command";
import { flushPrinted } from "./print";
import { read } from "./read-command";
import { resync } from "./resync-command";
import { status } from "./status-command";
import { write } from "./write-command";

/** The entry point of a WASI command: one command on one array. Returns, which is exit code 0, when it was done. */
function start(): void {
  readArguments();
  const command = argument(ARGUMENT_COMMAND);
  if (isText(command, "format")) format();
  else if (isText(command, "status")) status();
  else if (isText(command, "resync")) resync();
  else if (isText(command, "write")) write();
  else if (isText(command, "read")) read();
  else refuseUsage();
  flushPrinted();
}

export { start as _start };
