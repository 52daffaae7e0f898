/** Exit code for bad input and for images that can't be used. */
export const EXIT_BAD_INPUT: u32 = 2;
/** Exit code for a failed assertion. */
export const EXIT_TRAPPED: u32 = 3;
