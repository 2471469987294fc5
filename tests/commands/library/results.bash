# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs checks and tests, and collects a line for the summary from each.

RESULTS=()
PASSED=0 FAILED=0 SKIPPED=0

say() { printf '\n== %s\n' "$*"; }

# result NAME SECONDS TEXT: add a line to the summary.
result() { RESULTS+=("$(printf '%-24s %5d s  %s' "$@")"); }

# note TEXT: add a remark on the line before it.
note() { RESULTS+=("$(printf '%-24s %5s    %s' "" "" "$1")"); }

# check NAME COMMAND...: one check that passes or fails as a whole.
check() {
  local name=$1 began=$SECONDS outcome=passed
  shift
  say "$name"
  if run "$@"; then PASSED=$((PASSED + 1)); else outcome=FAILED FAILED=$((FAILED + 1)); fi
  result "$name" $((SECONDS - began)) "$outcome"
}

# tests NAME PYTEST ARGUMENT...: each test counts. A run that fails without a failed test counts as one.
tests() {
  local name=$1 began=$SECONDS report=$SCRATCH/$1.xml outcome=passed passed failed skipped
  shift
  say "$name"
  run "$VENV/bin/pytest" --junit-xml="$report" "$@" || outcome=FAILED
  read -r passed failed skipped < <(
    "$VENV/bin/python" tests/commands/library/count.py "$report" 2>/dev/null || echo 0 0 0
  )
  [ "$outcome" = passed ] || [ "$failed" -gt 0 ] || failed=1
  PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
  result "$name" $((SECONDS - began)) "$outcome: $passed passed, $failed failed, $skipped skipped"
}

# where DIRECTORY PYTEST ARGUMENT...: print the directory, unless an argument names something in it.
where() {
  local directory=$1 word
  shift
  for word; do
    case ${word%%::*} in "$directory"*) return ;; esac
  done
  echo "$directory"
}

# unchanged COMMAND...: a play that succeeds and changes nothing.
unchanged() {
  "$@" | tee "$SCRATCH/unchanged" && ! grep -q 'changed=[1-9]' "$SCRATCH/unchanged"
}

# Print all results; fails if a check or a test did.
summary() {
  say summary
  printf '%s\n' "${RESULTS[@]}"
  printf '\n%d passed, %d failed' "$PASSED" "$FAILED"
  [ "$SKIPPED" -eq 0 ] || printf ', %d skipped' "$SKIPPED"
  printf '\n'
  [ "$FAILED" -eq 0 ]
}
