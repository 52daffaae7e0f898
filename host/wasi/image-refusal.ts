/** Bad input: the message is the one sentence that the user gets; nothing was changed. */
export class ImageRefusal extends Error {
  override readonly name = "ImageRefusal";
}

/** Exit code for bad input and for images that can't be used; the module's own is the same. */
export const EXIT_BAD_INPUT = 2;
