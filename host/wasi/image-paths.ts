import { lstatSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileErrorMeaning } from "./file-error.js";
import { ImageRefusal } from "./image-refusal.js";

/** Two images as the module sees them. */
export interface ImagePaths {
  /** What the module is told; it names the images so in its sentences. */
  readonly paths: readonly [string, string];
  /** Folders that the module may use: its own name for each, and the path on this machine. */
  readonly folders: Readonly<Record<string, string>>;
}

/**
 * WASI opens files only below folders that were given to the module, so each image's folder is given, under the name
 * that the user wrote. An image that is a symbolic link is replaced by what it points to: WASI follows no link out of
 * a folder.
 * @throws ImageRefusal when a folder does not exist
 */
export function imagePaths(images: readonly [string, string]): ImagePaths {
  const folders: Record<string, string> = {};
  const pathFor = (image: string): string => {
    const path = attempt(image, () => (isSymbolicLink(image) ? realpathSync(image) : image));
    const folder = attempt(image, () => realpathSync(resolve(dirname(path))));
    if (!lstatSync(folder).isDirectory()) {
      throw new ImageRefusal(`${image} can't be opened: ${dirname(path)} is no folder; check the path`);
    }
    folders[dirname(path)] = folder;
    return path;
  };
  return { paths: [pathFor(images[0]), pathFor(images[1])], folders };
}

function isSymbolicLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function attempt<T>(image: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new ImageRefusal(`${image} can't be opened: ${fileErrorMeaning(error)}`);
  }
}
