# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# log [PYTEST ARGUMENT ...]: what reaches the system log of a target, with each supported ansible-core.

environment
packages unshare util-linux
cores
export SLIPWAY_CORES=true
tests log -n 3 tests/integration/test_log.py "$@"
