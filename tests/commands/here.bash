# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# here SCENARIO: a scenario without Molecule, with this machine as its first and only one.

scenario=${1:-}
directory=extensions/molecule/$scenario
if ! [ -f "$directory/molecule.yml" ]; then
  echo "bin/test here needs the name of a scenario in extensions/molecule, for example: bin/test here engine" >&2
  exit 2
fi
environment
echo "n1 ansible_connection=local ansible_python_interpreter=/usr/bin/python3" >"$SCRATCH/here.ini"
play=(ansible-playbook --inventory "$SCRATCH/here.ini")
converge=$(sed -n 's/^ *converge: *//p' "$directory/molecule.yml")
converge=$directory/${converge:-converge.yml}

[ ! -e "$directory/prepare.yml" ] || check "$scenario prepare" "${play[@]}" "$directory/prepare.yml"
check "$scenario check" "${play[@]}" --check --diff "$converge"
check "$scenario converge" "${play[@]}" "$converge"
check "$scenario idempotence" unchanged "${play[@]}" "$converge"
[ ! -e "$directory/side_effect.yml" ] || check "$scenario side effect" "${play[@]}" "$directory/side_effect.yml"
tests "$scenario" --hosts=local:// "$directory/tests"
