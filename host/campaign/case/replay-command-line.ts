/** What a replay needs beside the id, by the names of its options; what is undefined or false is left out. */
export type ReplayFlags = Readonly<Record<string, string | number | boolean | undefined>>;

/** The command that shows a case again, for a shell. */
export function replayCommandLine(id: string, flags: ReplayFlags = {}): string {
  const words = Object.entries(flags).map(([name, value]) => {
    if (value === undefined || value === false) return "";
    return value === true ? ` --${name}` : ` --${name} ${quoted(String(value))}`;
  });
  return `npx syncgate replay ${id}${words.join("")}`;
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `"${text.replaceAll(/["\\$`]/g, "\\$&")}"`;
}
