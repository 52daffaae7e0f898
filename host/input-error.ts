/**
 * What a person gave cannot be used: one sentence that says what is wrong, where, and the remedy. The command line ends
 * with exit code 2 for all of these, and need not load the parts that throw them to know them.
 */
export class InputError extends Error {}
