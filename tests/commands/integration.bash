# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# integration [PYTEST ARGUMENT ...]: real engines in network namespaces.

environment
if engine_packages; then
  # Tests mostly wait for containers, so more of them than processors run at once, each worker with its own engine.
  # shellcheck disable=SC2046 # nothing, if an argument says where
  tests integration -n 3 --dist worksteal $(where tests/integration "$@") "$@"
else
  FAILED=$((FAILED + 1))
  result integration 0 "FAILED: needs root"
fi
