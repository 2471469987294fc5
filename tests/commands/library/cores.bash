# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The supported versions of ansible-core, for "core" and "log".

# Make an environment in .cache/core for each version that there is a Python for. CORES has their names.
cores() {
  local file name pythons python
  CORES=()
  for file in tests/core/*.txt; do
    name=$(basename "$file" .txt)
    pythons=$(sed -n 's/^# python: //p' "$file")
    # shellcheck disable=SC2086 # a list of versions
    if python=$(first_python 'import ensurepip, ssl' $pythons); then
      virtual_environment ".cache/core/$name" "$python" "$file"
      CORES+=("$name")
    else
      SKIPPED=$((SKIPPED + 1))
      result "ansible-core $name" 0 "skipped: needs Python ${pythons// / or }"
    fi
  done
}
