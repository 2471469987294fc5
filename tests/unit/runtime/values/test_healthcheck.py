# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health checks, in the notations of users and engines."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values import healthcheck

DISABLED = {"test": ["NONE"]}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (None, {}),
        ({"test": "curl localhost", "retries": 3}, {"test": ["CMD-SHELL", "curl localhost"], "retries": 3}),
        ({"test": ["CMD", "true", 1]}, {"test": ["CMD", "true", "1"]}),
        ({"interval": "1m30s", "timeout": None, "start_period": "0"}, {"interval": 90 * 10**9}),
        ({"test": "NONE", "interval": "5s"}, DISABLED),
        ({"test": ["NONE"]}, DISABLED),
        ({"test": "", "test_cli_compatible": False}, DISABLED),
        ({"test": "", "test_cli_compatible": True}, {}),
    ],
)
def test_both_notations_have_the_same_canonical_form(written, value):
    """Durations are in nanoseconds, and unset values are left out."""
    assert healthcheck.canonical(written) == value


def test_the_request_has_the_form_of_inspect():
    """Users see their own notation."""
    value = healthcheck.canonical({"test": "true", "interval": "90s", "retries": 2})
    raw = healthcheck.encode(value)
    assert raw == {"Test": ["CMD-SHELL", "true"], "Interval": 90 * 10**9, "Retries": 2}
    assert healthcheck.decode(raw) == value
    assert healthcheck.decode(None) == {}
    assert healthcheck.show(value) == {"test": ["CMD-SHELL", "true"], "interval": "1m30s", "retries": 2}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"test": ["true"]}, "must begin with one of NONE, CMD, CMD-SHELL"),
        ({"test": ["NONE", "a"]}, "nothing can follow NONE"),
        ({"test": ["CMD"]}, "must be followed by the words"),
        ({"test": ["CMD-SHELL", " "]}, "must be followed by a single string"),
        ({"interval": 999999}, "interval is less than a millisecond"),
        ({"retries": -1}, "retries: -1 is less than zero"),
    ],
)
def test_values_that_engines_reject_are_rejected(value, why):
    """Before the engine is queried."""
    with pytest.raises(ValueError, match=why):
        healthcheck.check(value)
