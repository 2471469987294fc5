# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# vm [SCENARIO ...] or vm prepare: Molecule scenarios on virtual machines, including their creation and removal.

environment
needs_root "The disks of virtual machines are made by root" || exit 2
packages qemu-system-x86_64 qemu-system-x86 qemu-img qemu-utils mmdebstrap mmdebstrap mkfs.ext4 e2fsprogs \
  ssh openssh-client openssl openssl
# The path that extensions/molecule/config.yml configures for Ansible.
ln -sfn "$(python -c 'import ansible_mitogen.plugins.strategy as it; print(*it.__path__)')" .cache/strategy

if [ "${1:-}" = prepare ]; then
  printf '%s\n' "" "export ANSIBLE_COLLECTIONS_PATH=$ANSIBLE_COLLECTIONS_PATH" "export PATH=$PWD/$VENV/bin:\$PATH" \
    "molecule test -s engine"
  exit
fi

scenarios=("$@")
[ $# -gt 0 ] || mapfile -t scenarios < <(cd extensions/molecule && printf '%s\n' */molecule.yml | cut -d/ -f1)
scenario=
undo() { [ -z "$scenario" ] || molecule destroy --scenario-name "$scenario" >/dev/null 2>&1; }
for scenario in "${scenarios[@]}"; do
  check "molecule $scenario" molecule test --scenario-name "$scenario"
done
scenario=
