import type { SourceFile } from "./source-files.js";

/** `from` may not import `into`; `except` is the one file of it that may be imported. */
interface Ban {
  from: RegExp;
  into: RegExp;
  except?: string;
  why: string;
}

const BANS: readonly Ban[] = [
  {
    from: /^host\/campaign\//,
    into: /^assembly\//,
    except: "assembly/layout.ts",
    why: "the checkers share nothing with the driver but its constants",
  },
  {
    from: /^host\//,
    into: /^assembly\//,
    except: "assembly/layout.ts",
    why: "the host runs the compiled module, not its sources",
  },
  { from: /^assembly\//, into: /^(host|test|scripts)\//, why: "the driver stands alone" },
  {
    from: /^host\/page-cache\//,
    into: /^host\/campaign\//,
    why: "the layer above is what a campaign drives",
  },
  {
    from: /^host\/sdcard-emulator\//,
    into: /^host\/(campaign|page-cache)\//,
    why: "the cards know nothing of what is above them",
  },
  { from: /^host\/(?!cli\/)/, into: /^host\/cli\//, why: "the library works without the command line" },
  { from: /^host\//, into: /^(test|scripts)\//, why: "tests and scripts are not in the package" },
];

/** One line for every import that goes the wrong way. */
export function wrongDirections(sources: readonly SourceFile[]): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((target) => {
      const ban = BANS.find((b) => b.from.test(source.path) && b.into.test(target) && target !== b.except);
      return ban === undefined ? [] : [`${source.path} imports ${target}: ${ban.why}`];
    }),
  );
}
