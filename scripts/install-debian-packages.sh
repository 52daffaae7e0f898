#!/usr/bin/env bash
# Installs the Debian packages that some tests need beyond npm, as root or through sudo:
#   bash scripts/install-debian-packages.sh [PACKAGE..]
# Without PACKAGE all of them. Where one is missing its tests are skipped by name (test/debian-packages.ts), and CI
# accepts no skipped test.
set -euo pipefail

# One line a package: its name, and what it is needed for.
needed='
dosfstools  fsck.fat: checks FAT volumes that the driver wrote
mtools      mdir, mcopy: read the files of such a volume
libnbd-bin  nbdinfo: asks the NBD server what it exports
qemu-utils  qemu-io: an NBD client that checks patterns
fio         its engine nbd writes, reads and verifies; and runs job files, whose offsets are compared with those of the rig
gcc         gcc, nm: builds the foreign firmware of examples/, and the exported C for this machine
gcc-arm-none-eabi  arm-none-eabi-gcc: builds firmware/, and the exported C for Cortex-M
make  builds examples/pico-fatfs-style from the packed tarball
qemu-system-arm  its lm3s6965evb runs the SPI driver with a card of another emulator
'

packages=("$@")
if [ $# -eq 0 ]; then
  while read -r name _; do
    if [ -n "$name" ]; then packages+=("$name"); fi
  done <<<"$needed"
fi

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

missing=()
for name in "${packages[@]}"; do
  is_installed "$name" || missing+=("$name")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get >/dev/null; then
  echo "apt-get is missing: install by other means what Debian has in ${missing[*]}, or do without the tests that need it." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Only root installs packages, and sudo is missing: run this as root." >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt=(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}"
