import type { ImageToolOptions } from "../../host/wasi/image-tool.js";

type Imported = (...values: unknown[]) => unknown;

/**
 * A function that the module imports answers `errno` in place of doing its work, from call number `from` on or where
 * `when` says so.
 */
export function refusing(
  name: string,
  errno: number,
  from = 0,
  when: (values: readonly unknown[]) => boolean = () => true,
): Required<Pick<ImageToolOptions, "editImports">> {
  let calls = 0;
  return {
    editImports: (imports) => ({
      ...imports,
      [name]: (...values: unknown[]) =>
        calls++ >= from && when(values) ? errno : (imports[name] as Imported)(...values),
    }),
  };
}
