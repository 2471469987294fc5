# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of memory, processors and processes."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values import limits


def test_processors_are_counted_in_billionths():
    """Users write a fraction, the Engine shows an integer."""
    assert limits.cpus(0.5) == limits.cpus(500000000) == 5 * 10**8
    assert limits.show_cpus(5 * 10**8) == 0.5
    with pytest.raises(ValueError, match="inf is not a number of CPUs"):
        limits.cpus(float("inf"))


@pytest.mark.parametrize("none", [None, 0, -1])
def test_unlimited_processes_have_one_canonical_form(none):
    """The Engine has three."""
    assert limits.pids(none) == -1
    assert limits.pids(5) == 5


@pytest.mark.parametrize(
    ("check", "allowed", "refused"),
    [
        (limits.check_memory, (0, 6 * 1024**2), (1, -1)),
        (limits.check_cpus, (0, 10**7), (-1, 10**7 - 1)),
        (limits.within(2, 4), (-1, 2, 4), (0, 1, 5)),
        (limits.within(2, 4, 0), (0, 2, 4), (-1, 1, 5)),
        (limits.least(10), (-1, 0, 10), (-2, 9)),
        (limits.not_negative, (0, 1), (-1,)),
    ],
)
def test_numbers_are_checked(check, allowed, refused):
    """The value for no limit is always allowed."""
    for number in allowed:
        check(number)
    for number in refused:
        with pytest.raises(ValueError, match="is less than|is not"):
            check(number)
