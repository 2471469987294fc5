# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No observation makes a task fail: each table converts any value that an engine may return."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.table import TABLE as CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.table import TABLE as NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.plugin import TABLE as PLUGIN
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import TABLE as VOLUME
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import IGNORE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TABLES = {table.noun: table for table in (CONTAINER, NETWORK, PLUGIN, VOLUME)}

# The results of inspect, by name, as far as a table reads them.
NAMES = [
    *(name for table in TABLES.values() for field in table.fields for name in field.api.split(".") if name),
    *("Aliases", "Args", "AuxiliaryAddresses", "Binds", "BlkioDeviceReadBps", "BlkioWeightDevice", "CgroupPermissions"),
    *("Config", "Count", "Data", "DeviceRequests", "Devices", "DriverConfig", "Env", "ExposedPorts", "ExtraHosts"),
    *("Gateway", "GwPriority", "Hard", "Healthcheck", "HostIp", "HostPort", "Hostname", "IPAMConfig", "IPRange"),
    *("IPv4Address", "IPv6Address", "Id", "Interval", "LinkLocalIPs", "MacAddress", "Mounts", "Name", "Networks"),
    *("Path", "PathInContainer", "PathOnHost", "PortBindings", "Ports", "Rate", "Retries", "SecurityOpt", "Settings"),
    *("Soft", "Source", "Subnet", "Target", "Test", "TmpfsOptions", "Type", "Ulimits", "Volumes", "connected"),
]
WORDS = ["", "=x", "A", "A=1", "data", "/v//x", "/tmp:/b:", "70000/tcp", "80/TCP", "1.2.3.300", "::1%lo", "99999", "-1"]

PLACES = ("Config", "HostConfig", "NetworkSettings", "Settings", "IPAM", "Mounts", "Options")

scalars = st.sampled_from([None, True, 0, -1, 70000, 1.5, float("inf"), *WORDS])
keys = st.sampled_from(NAMES + WORDS)
entries = scalars | st.lists(scalars, max_size=2) | st.dictionaries(keys, scalars, max_size=3)
anything = entries | st.lists(entries, max_size=2) | st.dictionaries(keys, entries, max_size=2)
objects = st.dictionaries(keys, anything, max_size=6)
inspected = st.fixed_dictionaries(dict.fromkeys(PLACES, objects)) | objects | anything


@pytest.mark.parametrize("noun", TABLES)
@given(observed=inspected)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_observed_value_is_converted(noun, observed):
    """Whatever its shape, each field has a value of its own type."""
    table = TABLES[noun]
    nothing = table.have({})
    found = table.have(observed)
    assert set(found) == set(nothing)
    for field in table.fields:
        if field.on_change != IGNORE and nothing[field.name] is not None:
            assert isinstance(found[field.name], type(nothing[field.name])), field.name
