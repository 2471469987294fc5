# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-test sanity, in a copy, because it must run in a directory named ansible_collections/slipway/docker.

environment
sanity_tree=$SCRATCH/ansible_collections/slipway/docker
sanity_home=$PWD/.cache/ansible-test
sanity_pythons=$SCRATCH/pythons
mkdir -p "$sanity_tree" "$sanity_home/.ansible/test/cache" "$sanity_home/.config/pip" "$sanity_pythons"

# Tracked and new files of git, or all files of an unpacked archive. Without bin/, because ansible-test treats all files
# there as Python.
files() {
  if [ -e .git ]; then
    git -c safe.directory='*' ls-files -z --cached --others --exclude-standard ':!bin'
  else
    find . \( -path ./.cache -o -path ./.venv -o -path ./bin -o -name __pycache__ \) -prune -o -type f -print0
  fi
}

# The variables PIP_* as a configuration file, because ansible-test does not pass on the environment, which may have
# settings that pip needs to reach its index.
pip_configuration() {
  echo '[global]'
  env | sed -n 's/^PIP_\([A-Z_]*\)=/\L\1\E = /p' | sed ':dash; s/^\([a-z-]*\)_/\1-/; t dash'
}

files | xargs -0 sh -c 'for file; do [ ! -f "$file" ] || cp --parents "$file" "$0"; done' "$sanity_tree"
(umask 077 && pip_configuration >"$sanity_home/.config/pip/pip.conf")
# ansible-test would install pip with a script from the network, but Python includes pip.
printf 'import ensurepip\nensurepip.bootstrap()\n' >"$sanity_home/.ansible/test/cache/get_pip_24_2.py"

# All supported Pythons of targets that this machine has.
sanity_missing=()
for version in 3.8 3.9 3.10 3.11 3.12 3.13; do
  if python=$(first_python '' "$version"); then
    ln -s "$(realpath "$python" 2>/dev/null || echo "$python")" "$sanity_pythons/python$version"
  else
    sanity_missing+=("$version")
  fi
done

check "ansible-test sanity" env -C "$sanity_tree" HOME="$sanity_home" \
  PATH="$sanity_pythons:$(tr ':' '\n' <<<"$PATH" | grep -v pyenv | paste -sd:)" ansible-test sanity --color no
[ ${#sanity_missing[@]} -eq 0 ] || note "without Python ${sanity_missing[*]}: not on this machine"
