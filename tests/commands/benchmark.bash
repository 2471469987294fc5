# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# benchmark [ROUNDS]

environment
engine_packages || exit 2
run python tests/benchmark/benchmark.py "$@"
exit
