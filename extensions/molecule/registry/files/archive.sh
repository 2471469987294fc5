#!/bin/sh
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Archives the program of the package docker-registry as that of an image, with its libraries.
set -e
libraries=$(ldd /usr/bin/docker-registry | sed -n 's,^[^/]*\(/[^ ]*\).*,\1,p')
tar --create --dereference --file="$1" --transform='s,usr/bin/docker-registry,bin/registry,' \
  /usr/bin/docker-registry $libraries
