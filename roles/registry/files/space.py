# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the number of free megabytes on the file system of DIRECTORY, which need not exist."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

place = next(path for path in [Path(sys.argv[1]), *Path(sys.argv[1]).parents] if path.exists())
sys.stdout.write("%d\n" % (shutil.disk_usage(place).free // 2**20))
