# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# benchmark [PART] [ARGUMENT ...]: a part is a program in tests/benchmark. The default is the cost of a task.

environment
engine_packages || exit 2
benchmark_parts=(task)
case ${1:-} in
  all) benchmark_parts=(task single project hosts ssh) ;;
  task | single | project | hosts | ssh) benchmark_parts=("$1") ;;
  *) set -- task "$@" ;;
esac
shift
if [ "${benchmark_parts[*]}" != task ]; then
  # community.docker needs requests on the target.
  packages /usr/lib/python3/dist-packages/requests python3-requests
  virtual_environment .cache/benchmark "${PYTHON:-python3}" tests/benchmark/requirements.txt
fi
benchmark_status=0
for benchmark_part in "${benchmark_parts[@]}"; do
  say "benchmark $benchmark_part"
  PYTHONPATH=tests/integration run python "tests/benchmark/$benchmark_part.py" "$@" || benchmark_status=1
done
exit "$benchmark_status"
