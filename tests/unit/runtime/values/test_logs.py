# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of log drivers."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values.logs import refuse_log_options


@pytest.mark.parametrize(
    ("driver", "options"),
    [
        ("json-file", {"max-size": "10m", "max-file": "3", "tag": "x", "path": "/var/log/x", "compress": "true"}),
        ("local", {"max-size": "0", "mode": "non-blocking", "max-buffer-size": "4m"}),
        ("syslog", {"anything": "goes"}),
        ("", {"anything": "goes"}),
    ],
)
def test_valid_options_of_a_driver(driver, options):
    """Options of unknown drivers are left to the engine."""
    refuse_log_options(driver, options)


@pytest.mark.parametrize(
    ("driver", "options", "why"),
    [
        ("local", {"tag": "x"}, "the log driver local has no option tag. It has cache-compress, "),
        ("json-file", {"max-size": "0"}, "max-size is '0', which the log driver json-file does not accept"),
        ("json-file", {"max-file": "many"}, "max-file is 'many', which the log driver json-file does not accept"),
        ("json-file", {"mode": "fast"}, "mode is 'fast', which the log driver json-file does not accept"),
    ],
)
def test_unknown_options_of_a_driver_are_rejected(driver, options, why):
    """The message lists the supported ones."""
    with pytest.raises(InputError, match="log_options: ") as caught:
        refuse_log_options(driver, options)
    assert why in str(caught.value)
    assert "path" not in str(caught.value)
