/** Exit codes of the command line: the whole table. */
export const EXIT_HELD = 0;
/** A promise is broken, where it had to hold. */
export const EXIT_BROKEN = 1;
/** Wrong usage or bad input. */
export const EXIT_USAGE = 2;
/** The driver stopped itself by an assertion. */
export const EXIT_TRAPPED = 3;
/** Something does not end that must (P5). */
export const EXIT_HANG = 4;
/** The run proves nothing: vacuous, too little covered, or an unsafe policy was not caught. */
export const EXIT_VACUOUS = 5;
/** The case does not fit this build: the replay took another way. */
export const EXIT_DIVERGED = 6;
/** A bug of the rig itself. */
export const EXIT_RIG_BUG = 70;
/** Ctrl-C; what was done until then is reported. */
export const EXIT_INTERRUPTED = 130;

/** For the end of a command's help. */
export const EXIT_CODES_HELP = `
Exit codes: ${EXIT_HELD} held, ${EXIT_BROKEN} promise broken, ${EXIT_USAGE} usage, ${EXIT_TRAPPED} driver trapped, \
${EXIT_HANG} hang, ${EXIT_VACUOUS} vacuous or coverage too low,
            ${EXIT_DIVERGED} replay diverged, ${EXIT_RIG_BUG} bug in the rig, ${EXIT_INTERRUPTED} interrupted`;
