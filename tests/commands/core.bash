# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# core: the small site of tests/core with each supported ansible-core that there is a Python for, in a room; or
# core here: on this machine.

if [ "${1:-}" != here ]; then
  needs_root "This makes a room, which needs root" || exit 2
  packages git git mmdebstrap mmdebstrap slirp4netns slirp4netns
  finish
  ROOM_SEES=$(ls -d ~/.pyenv 2>/dev/null) exec tests/fresh/room systemd/bookworm bin/test core here
fi

# Options are given as text.
site=(--inventory=playbooks/inventory/this_machine.yml tests/core/site.yml)
while read -r text; do site+=(--extra-vars "$text"); done <tests/core/texts

# core_site VERSION LABEL ARGUMENT...
core_site() {
  ".cache/core/$1/bin/ansible-playbook" "${site[@]}" --extra-vars "core_label=$2" "${@:3}"
}

collection
python_packages python3 ip iproute2
cores
for core in "${CORES[@]}"; do check "core $core check" core_site "$core" nothing --check --diff; done
# Each version reports no changes to what the previous one has set up, and then removes and creates parts of it again.
last=
for core in "${CORES[@]}"; do
  [ -z "$last" ] || check "core $core unchanged" unchanged core_site "$core" "$last"
  check "core $core" core_site "$core" "$core" --extra-vars core_again=${last:+true}
  last=$core
done
[ -z "$last" ] || check "core ${CORES[0]} unchanged" unchanged core_site "${CORES[0]}" "$last"
