# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option that names an object rejects invalid names before the engine is queried."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.info import INFO_TABLE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.table import TABLE as CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy.table import TABLE as COPY
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_exec import TABLE as EXEC
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.info import TABLE as IMAGE_INFO
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.table import TABLE as IMAGE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network import info as network_info
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.table import TABLE as NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.plugin import TABLE as PLUGIN
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume import info as volume_info
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import TABLE as VOLUME

BAD = (
    "",
    " ",
    ".",
    "..",
    "/",
    "//a",
    "a//b",
    "../x",
    "a b",
    "ab\n",
    "\nab",
    "a\0b",
    "-ab",
    ".ab",
    "ab/",
    "a/../b",
    "é",
)
# A table, the option in error messages, and the parameter for a name.
PLACES = [
    (CONTAINER, "name", lambda name: {"name": name}),
    (CONTAINER, "image", lambda name: {"image": name}),
    (CONTAINER, "networks.name", lambda name: {"networks": [{"name": "net"}, {"name": name}]}),
    (CONTAINER, "links", lambda name: {"links": [name + ":alias"]}),
    (CONTAINER, "volumes_from", lambda name: {"volumes_from": ["web", name + ":ro"]}),
    (CONTAINER, "network_mode", lambda name: {"network_mode": "container:" + name}),
    (CONTAINER, "ipc_mode", lambda name: {"ipc_mode": "container:" + name}),
    (CONTAINER, "pid_mode", lambda name: {"pid_mode": "container:" + name}),
    (CONTAINER, "mounts", lambda name: {"mounts": [{"type": "image", "source": name or " ", "target": "/a"}]}),
    (INFO_TABLE, "name", lambda name: {"name": name}),
    (EXEC, "container", lambda name: {"container": name}),
    (COPY, "container", lambda name: {"container": name}),
    (NETWORK, "network_name", lambda name: {"name": name, "network_name": name}),
    (NETWORK, "config_from", lambda name: {"config_from": name or " "}),
    (NETWORK, "containers", lambda name: {"connected": ["web", name], "containers": ["web", name]}),
    (network_info.INFO_TABLE, "name", lambda name: {"name": name}),
    (VOLUME, "volume_name", lambda name: {"volume_name": name}),
    (VOLUME, "name", lambda name: {"volume_name": name, "name": name}),
    (volume_info.INFO_TABLE, "name", lambda name: {"name": name}),
    (IMAGE, "name", lambda name: {"name": name}),
    (IMAGE, "repository", lambda name: {"repository": name}),
    (IMAGE_INFO, "name", lambda name: {"name": [name]}),
    (PLUGIN, "plugin_name", lambda name: {"plugin_name": name}),
    (PLUGIN, "alias", lambda name: {"alias": name}),
]


@pytest.mark.parametrize(
    ("table", "option", "params"), PLACES, ids=lambda value: value if isinstance(value, str) else ""
)
@pytest.mark.parametrize("name", BAD, ids=repr)
def test_invalid_names_are_rejected(table, option, params, name):
    """The error begins with the option."""
    with pytest.raises(InputError) as caught:
        table.read(params(name))
    assert str(caught.value).startswith(option + ": ")
    assert "\n" not in str(caught.value)
    assert "\0" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "/a/..", "a", "-ab", "a\0b"][1:])
@pytest.mark.parametrize(
    "params",
    [
        lambda name: {"volumes": ["named:/data", name + ":/b"]},
        lambda name: {"mounts": [{"type": "volume", "source": name, "target": "/a"}]},
        lambda name: {"mounts": [{"type": None, "source": name, "target": "/a"}]},
    ],
)
def test_names_of_volumes_of_a_container(params, name):
    """A path on the host is not a name. The Engine would create a volume for anything else."""
    if name.startswith("/"):
        return
    with pytest.raises(InputError, match="^(volumes|mounts): .* is not the name of a volume"):
        CONTAINER.read(params(name))


@pytest.mark.parametrize(
    ("table", "params", "meant"),
    [
        (CONTAINER, {"name": "/web"}, {"name": "web"}),
        (CONTAINER, {"name": "c0", "links": ["/db:store", "db"]}, {"name": "c0", "links": ["db:store", "db"]}),
        (CONTAINER, {"network_mode": "container:/db"}, {"network_mode": "container:db"}),
        (CONTAINER, {"network_mode": "", "ipc_mode": "host"}, {"network_mode": "", "ipc_mode": "host"}),
        (NETWORK, {"config_from": ""}, {"config_from": ""}),
        (CONTAINER, {"volumes": ["/anonymous", "/a:/b", "./a:/b", "~:/b", "my.vol-1:/b:ro"]}, {}),
        (CONTAINER, {"mounts": [{"type": "bind", "source": "/a b", "target": "/a"}]}, {}),
        (CONTAINER, {"image": "sha256:" + "0" * 64, "networks": [{"name": "n"}, {"name": "_site.x"}]}, {}),
        (NETWORK, {"connected": ["/web", "db"]}, {"connected": ["web", "db"]}),
        (EXEC, {"container": "0" * 64}, {}),
        (IMAGE_INFO, {"name": ["0" * 12, "a/b:1"]}, {}),
    ],
)
def test_valid_names_are_accepted(table, params, meant):
    """The leading slash that inspect shows for containers is removed; nothing else changes."""
    assert table.read(params) == {**params, **meant}
