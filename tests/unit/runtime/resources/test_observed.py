# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that an engine shows can make a task fail: every table makes something of every observation."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.table import TABLE as CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.table import TABLE as NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.plugin import TABLE as PLUGIN
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import TABLE as VOLUME
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import IGNORE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# What inspect shows, by name, as far as any table looks at it.
NAMES = """
Binds CapAdd Cmd Config Container Data Destination DeviceIDs Devices Dns DnsOptions DnsSearch Driver DriverConfig
DriverOpts Entrypoint Env ExposedPorts ExtraHosts Gateway Hard Healthcheck HostConfig HostIp HostPort Hostname IPAM
IPAMConfig IPRange IPv4Address IPv6Address Id Image Interval Labels LinkLocalIPs Links LogConfig MacAddress Memory
MemorySwappiness Mounts Name NanoCpus NetworkMode NetworkSettings Networks Options Path PathInContainer PathOnHost
PortBindings Ports Rate RestartPolicy Retries SecurityOpt Settings Soft Source StopSignal Subnet Sysctls Target Test
Tmpfs TmpfsOptions Type Ulimits User Volumes WorkingDir AuxiliaryAddresses Aliases GwPriority CgroupPermissions Args
BlkioDeviceReadBps BlkioWeightDevice DeviceRequests Count Capabilities ConfigFrom Network connected VolumesFrom Weight
""".split()
WORDS = ["", "=x", "A", "A=1", "data", "/v//x", "/tmp:/b:", "70000/tcp", "80/TCP", "1.2.3.300", "::1%lo", "99999", "-1"]

TABLES = {table.noun: table for table in (CONTAINER, NETWORK, PLUGIN, VOLUME)}
PLACES = ("Config", "HostConfig", "NetworkSettings", "Settings", "IPAM", "Mounts", "Options")

scalars = st.sampled_from([None, True, 0, -1, 70000, 1.5, float("inf"), *WORDS])
keys = st.sampled_from(NAMES + WORDS)
entries = scalars | st.lists(scalars, max_size=2) | st.dictionaries(keys, scalars, max_size=3)
anything = entries | st.lists(entries, max_size=2) | st.dictionaries(keys, entries, max_size=2)
objects = st.dictionaries(keys, anything, max_size=6)
inspected = st.fixed_dictionaries({place: objects for place in PLACES}) | objects | anything


@pytest.mark.parametrize("noun", TABLES)
@given(observed=inspected)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_everything_has_a_meaning(noun, observed):
    """Of whatever shape it is, each field has a value of its own type."""
    table = TABLES[noun]
    nothing = table.have({})
    found = table.have(observed)
    assert set(found) == set(nothing)
    for field in table.fields:
        if field.cost != IGNORE and nothing[field.name] is not None:
            assert isinstance(found[field.name], type(nothing[field.name])), field.name
