# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans describe differences and hide secrets."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.compare import HIDDEN, Change, describe
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.plan import Plan, created

DRIVER = Field("driver", api="Driver")
ENV = Field("env", type="dict", api="Env", secret=True)


@pytest.mark.parametrize(
    "plan, diff",
    [
        (Plan(), {"before": {}, "after": {}}),
        (
            Plan(changes=created((DRIVER, ENV), {"driver": "x"}), exists=False),
            {"before": {"exists": False}, "after": {"exists": True, "driver": "x"}},
        ),
        (Plan(stays=False), {"before": {"exists": True}, "after": {"exists": False}}),
        (Plan(exists=False, stays=False), {"before": {}, "after": {}}),
        (Plan(changes=(Change.of(DRIVER, "x", "y"),)), {"before": {"driver": "y"}, "after": {"driver": "x"}}),
        (
            Plan(changes=(Change.of(ENV, {"A": "canary", "B": "2"}, {"A": "old"}),)),
            {"before": {"env": {"A": HIDDEN}}, "after": {"env": {"A": "(hidden, differs)", "B": HIDDEN}}},
        ),
    ],
)
def test_a_diff_has_only_differences(plan, diff):
    """Secrets are hidden, and existence is included only if it changes."""
    assert plan.diff() == diff


def test_a_difference_in_a_message_hides_secrets():
    """As in diffs."""
    assert describe(Change.of(ENV, {"A": "canary"}, None)) == 'env is null and should be {"A": "(hidden)"}'
