# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# unit [PYTEST ARGUMENT ...]

environment
packages mkfs.ext4 e2fsprogs
# shellcheck disable=SC2046 # nothing, if an argument says where
tests unit $(where tests/unit "$@") "$@"
