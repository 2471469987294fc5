# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print how many tests of a JUnit report (the argument) passed, failed and were skipped."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

suite = ElementTree.parse(sys.argv[1]).find("testsuite")
assert suite is not None
total, failures, errors, skipped = (int(suite.attrib[key]) for key in ("tests", "failures", "errors", "skipped"))
failed = failures + errors
print(max(total - failed - skipped, 0), failed, skipped)
