#!/usr/bin/env bash
# Packs the package, installs the tarball in an empty folder as a user would, and uses it there: the command
# line, each library entry and the module. Neither TypeScript nor AssemblyScript is within reach.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cd "$root"
npm pack --silent --pack-destination "$place" >/dev/null
tarball=$(ls "$place"/syncgate-*.tgz)
echo "packed $(basename "$tarball"): $(wc -c <"$tarball") bytes"

packed=$(tar -tzf "$tarball")
for file in package/build/syncgate.wasm package/build/syncgate-rig.wasm package/build/syncgate-wasi.wasm package/build/syncgate-spi.wasm package/build/abi.json package/dist/host/cli/main.js package/LICENSE; do
  grep -qxF "$file" <<<"$packed" || { echo "the tarball lacks $file: see \"files\" in package.json" >&2; exit 1; }
done
if surplus=$(grep -E '^package/(host|assembly|test|scripts|reports|node_modules)/' <<<"$packed"); then
  printf 'the tarball holds what nobody needs:\n%s\n' "$surplus" >&2
  exit 1
fi

mkdir "$place/user"
cd "$place/user"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent "$tarball"
for tool in typescript assemblyscript; do
  [ ! -e "node_modules/$tool" ] || { echo "$tool came along: it belongs in devDependencies" >&2; exit 1; }
done

npx --no-install syncgate --help >help.txt
grep -q 'Usage: syncgate' help.txt || { echo "syncgate --help printed no usage:" >&2; cat help.txt >&2; exit 1; }

npx --no-install syncgate export c --out c --spi >/dev/null
for file in c/syncgate.c c/syncgate.h; do
  grep -q 'SPDX-License-Identifier: MIT' "$file" || { echo "syncgate export c wrote no $file" >&2; exit 1; }
done

cat >use.mjs <<'EOF'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const manifest = createRequire(import.meta.url)("syncgate/package.json");
for (const [entry, target] of Object.entries(manifest.exports)) {
  if (typeof target === "string" || entry === "./vitest") continue; // vitest is the user's own
  const exported = Object.keys(await import(`syncgate${entry.slice(1)}`));
  assert.ok(exported.length > 0, `${entry} exports nothing`);
  const types = new URL(`node_modules/syncgate/${target.types}`, import.meta.url);
  assert.ok(readFileSync(types, "utf8").includes("export"), `${entry} has no types at ${target.types}`);
  console.log(`syncgate${entry.slice(1)}: ${exported.length} exports`);
}
const driver = createRequire(import.meta.url).resolve("syncgate/driver.wasm");
assert.ok(WebAssembly.validate(readFileSync(driver)), "syncgate/driver.wasm is no valid module");
EOF
node use.mjs

# The declarations must stand on their own: the compiler is the repository's, all it finds is the package's.
node -e '
  const { exports } = require("syncgate/package.json");
  const entries = Object.keys(exports).filter((entry) => typeof exports[entry] === "object");
  console.log(entries.map((entry, i) => `export * as e${i} from "syncgate${entry.slice(1)}";`).join("\n"));
' >use.mts
"$root/node_modules/.bin/tsc" --noEmit --strict --module nodenext --target es2022 use.mts
echo "package: ok"
