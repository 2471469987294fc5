# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter daemon_config."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.daemon_config import FilterModule

daemon_config = FilterModule().filters()["daemon_config"]


@pytest.mark.parametrize(
    ("layers", "merged"),
    [
        ([], {}),
        ([None, {}], {}),
        ([{"debug": True}, {"debug": False}], {"debug": False}),
        ([{"log-opts": {"a": "1", "b": "1"}}, {"log-opts": {"b": "2"}}], {"log-opts": {"a": "1", "b": "2"}}),
        (
            [{"dns": ["1.1.1.1", "9.9.9.9"]}, {"dns": ["9.9.9.9", "8.8.8.8"]}],
            {"dns": ["1.1.1.1", "9.9.9.9", "8.8.8.8"]},
        ),
        ([{"debug": True, "mtu": 1400}, {"debug": None}], {"mtu": 1400}),
        ([{"log-opts": {"a": "1", "b": "1"}}, {"log-opts": {"a": None}}], {"log-opts": {"b": "1"}}),
        ([{"dns": ["1.1.1.1"]}, {"dns": None}, {"dns": ["8.8.8.8"]}], {"dns": ["8.8.8.8"]}),
        ([{"debug": None, "log-opts": {"a": None}}], {"log-opts": {}}),
        ([{"mtu": 1400}, {"mtu": {"a": 1}}], {"mtu": {"a": 1}}),
    ],
)
def test_layers_are_merged(layers: list[dict[str, Any]], merged: dict[str, Any]) -> None:
    assert daemon_config(layers) == merged


FILES = {"max-size": "10m", "max-file": "3"}


@pytest.mark.parametrize(
    ("layers", "merged"),
    [
        ([{"log-driver": "local", "log-opts": FILES}, {"log-driver": "journald"}], {"log-driver": "journald"}),
        ([{"log-driver": "local", "log-opts": FILES}, {"log-driver": "a/plugin"}], {"log-driver": "a/plugin"}),
        (
            [{"log-driver": "json-file", "log-opts": FILES}, {"log-driver": "journald", "log-opts": {"tag": "t"}}],
            {"log-driver": "journald", "log-opts": {"tag": "t"}},
        ),
        # Limits of log files are kept if the new driver supports them.
        (
            [{"log-driver": "json-file", "log-opts": {**FILES, "labels": "a"}}, {"log-driver": "local"}],
            {"log-driver": "local", "log-opts": FILES},
        ),
        # A layer without a driver keeps that of the layers before it; a null selects the default of the engine.
        (
            [{"log-driver": "local", "log-opts": FILES}, {"log-opts": {"labels": "a"}}],
            {"log-driver": "local", "log-opts": {**FILES, "labels": "a"}},
        ),
        ([{"log-driver": "local", "log-opts": FILES}, {"log-driver": None}], {"log-opts": FILES}),
        ([{"log-driver": "syslog", "log-opts": {"syslog-format": "rfc3164"}}, {"log-driver": None}], {}),
        ([{"log-opts": FILES}, {"log-driver": "syslog"}], {"log-driver": "syslog"}),
        ([{"log-driver": "local", "log-opts": FILES}] * 2, {"log-driver": "local", "log-opts": FILES}),
    ],
)
def test_another_log_driver_drops_unsupported_log_options(layers: list[dict[str, Any]], merged: dict[str, Any]) -> None:
    assert daemon_config(layers) == merged


def test_layers_are_not_modified() -> None:
    layers = [{"dns": ["1.1.1.1"], "log-opts": {"a": "1"}}, {"dns": ["8.8.8.8"], "log-opts": {"b": "1"}}]
    daemon_config(layers)
    assert layers == [{"dns": ["1.1.1.1"], "log-opts": {"a": "1"}}, {"dns": ["8.8.8.8"], "log-opts": {"b": "1"}}]


def test_other_types_than_dictionaries_are_rejected() -> None:
    with pytest.raises(AnsibleFilterError, match="'debug' is not one"):
        daemon_config(["debug"])
