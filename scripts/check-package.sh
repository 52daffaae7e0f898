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

# The example for firmware users, from the tarball alone: compiled, run on the emulated board, and read back from both cards.
if command -v arm-none-eabi-gcc >/dev/null; then
  cp -r node_modules/syncgate/examples/pico-fatfs-style pico
  make -s -C pico run >pico.txt || { echo "the example pico-fatfs-style fails:" >&2; cat pico.txt >&2; exit 1; }
  grep -qx 'PASS' pico.txt || { echo "pico-fatfs-style printed no PASS:" >&2; cat pico.txt >&2; exit 1; }
  make -s -C pico run >again.txt
  grep -q '^found 12 records' again.txt || { echo "a second run of pico-fatfs-style did not find 12 records:" >&2; cat again.txt >&2; exit 1; }
  for card in a b; do
    # Its data begins at sector 32768; word 0 of record 11 is "SLOG", word 1 the number.
    record=$(od -An -c -j $(((32768 + 22) * 512)) -N 5 "pico/build/$card.img" | tr -d ' \n')
    [ "$record" = 'SLOG\v' ] || { echo "card $card of pico-fatfs-style has no record 11: $record" >&2; exit 1; }
  done
  npx --no-install syncgate image status pico/build/a.img pico/build/b.img >status.txt
  grep -q '^regions   1 CLEAN, 0 NEEDS_SYNC' status.txt || { echo "the cards of pico-fatfs-style are not equal:" >&2; cat status.txt >&2; exit 1; }
  echo "examples/pico-fatfs-style: 12 records on both cards"
elif [ -n "${CI:-}" ]; then
  echo "arm-none-eabi-gcc is missing: bash scripts/install-debian-packages.sh gcc-arm-none-eabi" >&2
  exit 1
else
  echo "examples/pico-fatfs-style: skipped without arm-none-eabi-gcc; to enable: bash scripts/install-debian-packages.sh gcc-arm-none-eabi make"
fi

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
