# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine that returns nonsense causes an error of ours or a plausible result, never another exception."""

from __future__ import annotations

import copy
import json
import time
from itertools import count
from urllib.parse import unquote

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import converge
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import ConnectionBroken, Fault, SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.project.resource import PROJECT
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.info import CONTAINER_INFO
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy.resource import (
    CONTAINER_COPY,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_exec import CONTAINER_EXEC
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.info import IMAGE_INFO
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.resource import IMAGE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.info import NETWORK_INFO
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.network.resource import NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.plugin import PLUGIN
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry import REGISTRY
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.info import VOLUME_INFO
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.volume.resource import VOLUME
from cases import complete
from scripted import Answer, Transport

ID = "c0ffee" * 10 + "c0ff"
IMAGE_ID = "sha256:" + "ab" * 32
# Valid answers of an engine. In a mutant, one value is replaced.
WORLD = {
    "/containers/web/json": {
        "Id": ID,
        "Name": "/web",
        "Image": IMAGE_ID,
        "RestartCount": 0,
        "Path": "x",
        "Args": [],
        "Mounts": [{"Type": "volume", "Name": "d", "Source": "/s", "Destination": "/d", "Driver": "local", "RW": True}],
        "Config": {
            "Hostname": ID[:12],
            "User": "",
            "Tty": False,
            "Env": ["A=b"],
            "Cmd": ["x"],
            "Image": "app:1",
            "Volumes": {"/d": {}},
            "WorkingDir": "/",
            "Entrypoint": None,
            "ExposedPorts": {"80/tcp": {}},
            "Labels": {"a": "b"},
            "Healthcheck": {"Test": ["CMD", "x"], "Interval": 1000000000},
            "StopTimeout": 10,
        },
        "HostConfig": {
            "NetworkMode": "default",
            "Binds": ["d:/d"],
            "Mounts": [{"Type": "bind", "Source": "/s", "Target": "/t"}],
            "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "80"}]},
            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
            "LogConfig": {"Type": "json-file", "Config": {}},
            "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}],
            "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/null", "CgroupPermissions": "rwm"}],
            "DeviceRequests": [],
            "Tmpfs": {"/u": "size=1"},
            "ExtraHosts": ["a:127.0.0.1"],
            "Links": ["/db:/web/db"],
            "Memory": 0,
            "AutoRemove": False,
            "Privileged": False,
        },
        "State": {
            "Status": "running",
            "Running": True,
            "Paused": False,
            "Restarting": False,
            "ExitCode": 0,
            "StartedAt": "2026-01-01T00:00:00Z",
            "FinishedAt": "0001-01-01T00:00:00Z",
            "Health": {"Status": "healthy", "FailingStreak": 0, "Log": [{"Output": "fine", "ExitCode": 0}]},
        },
        "NetworkSettings": {
            "Networks": {"bridge": {"NetworkID": "1", "IPAMConfig": None, "Aliases": None, "MacAddress": ""}}
        },
    },
    "/containers/json": [
        {
            "Id": ID,
            "Names": ["/web"],
            "Image": "app:1",
            "ImageID": IMAGE_ID,
            "State": "running",
            "Labels": {},
            "HostConfig": {"NetworkMode": "default"},
        }
    ],
    "/images/app:1/json": {
        "Id": IMAGE_ID,
        "RepoTags": ["app:1"],
        "RepoDigests": ["app@" + IMAGE_ID],
        "Os": "linux",
        "Architecture": "amd64",
        "Config": {"Env": ["P=q"], "Cmd": ["x"], "Labels": {"l": "m"}, "Volumes": None, "ExposedPorts": {"80/tcp": {}}},
    },
    "/images/json": [{"Id": IMAGE_ID, "RepoTags": ["app:1"]}],
    "/networks/net": {
        "Id": "0123456789ab" * 5 + "0123",
        "Name": "net",
        "Scope": "local",
        "Driver": "bridge",
        "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Options": {}, "Config": [{"Subnet": "10.9.0.0/24", "Gateway": "10.9.0.1"}]},
        "Internal": False,
        "Containers": {},
        "Options": {"o": "p"},
        "Labels": {},
    },
    "/networks": [{"Id": "1", "Name": "bridge", "Scope": "local", "Driver": "bridge", "Labels": {}}],
    "/volumes/data": {"Name": "data", "Driver": "local", "Options": None, "Labels": {"a": "b"}, "Mountpoint": "/m"},
    "/plugins/privileges": [{"Name": "network", "Description": "", "Value": ["host"]}],
    "/plugins/plug:latest/json": {
        "Id": "1",
        "Name": "plug:latest",
        "Enabled": True,
        "PluginReference": "docker.io/library/plug:latest",
        "Settings": {"Mounts": [], "Devices": [{"Name": "d", "Path": "/p"}], "Env": ["A=b"], "Args": ["c"]},
    },
}
WORLD["/containers/%s/json" % ID] = WORLD["/containers/web/json"]
WORLD["/images/%s/json" % IMAGE_ID] = WORLD["/images/app:1/json"]
ODD = (-1, True, "x", "\ud800", [None], {"a": [5]})

MISSING = (404, {}, b'{"message": "No such container: x"}')
NONSENSE = {
    "empty": (200, {}, b""),
    "null": (200, {}, b"null"),
    "list": (200, {}, b"[]"),
    "number": (200, {}, b"5"),
    "object": (200, {}, b"{}"),
    "text": (200, {}, b'"x"'),
    "true": (200, {}, b"true"),
    "list of null": (200, {}, b"[null]"),
    "list of lists": (200, {}, b"[[5]]"),
    "odd values": (200, {}, b'{"Id": 5, "Name": [], "Names": {}, "State": "x", "Config": [5], "Titles": 1}'),
    "page": (200, {}, b"<html>hello</html>"),
    "binary": (200, {}, bytes(range(256)) * 10),
    "deep": (200, {}, b"[" * 100_000),
    "accepted": (202, {}, b"{}"),
    "nothing": (204, {}, b""),
    "not modified": (304, {}, b""),
    "redirect": (302, {"location": "https://me:PW@x/"}, b""),
    "redirect to nowhere": (307, {}, b"{}"),
    "odd error": (400, {}, b'{"message": 5}'),
    "error of lists": (409, {}, b'{"message": [[]]}'),
    "missing": MISSING,
    "missing, oddly": (404, {}, b'{"message": null}'),
    "failure": (500, {}, b""),
    "odd status": (799, {}, b"{}"),
}

SHOP = {
    "networks": {"net": {"internal": True}},
    "volumes": {"other": {}},
    "images": [{"name": "app:1"}],
    "containers": {"web": {"image": "app:1", "networks": [{"name": "net"}], "env": {"A": "c"}}},
}
TASKS = {
    "container": (CONTAINER, {"name": "web", "image": "app:1", "env": {"A": "c"}, "published_ports": ["81:80"]}),
    "container, new": (CONTAINER, {"name": "new", "image": "app:1", "networks": [{"name": "net"}]}),
    "container, pulled": (CONTAINER, {"name": "web", "image": "app:1", "pull": "always"}),
    "container, healthy": (CONTAINER, {"name": "web", "state": "healthy"}),
    "container, stopped": (CONTAINER, {"name": "web", "state": "stopped"}),
    "container, restarted": (CONTAINER, {"name": "web", "restart": True}),
    "container, absent": (CONTAINER, {"name": "web", "state": "absent"}),
    "container_copy": (CONTAINER_COPY, {"container": "web", "container_path": "/x", "content": "y"}),
    "container_exec": (CONTAINER_EXEC, {"container": "web", "argv": ["x"]}),
    "container_exec, detached": (CONTAINER_EXEC, {"container": "web", "argv": ["x"], "detach": True}),
    "container_info": (CONTAINER_INFO, {"name": "web", "size": True, "stats": True, "processes": True, "logs": {}}),
    "image": (IMAGE, {"name": "other:1"}),
    "image, pushed": (IMAGE, {"name": "app:1", "push": True}),
    "image, absent": (IMAGE, {"name": "app:1", "state": "absent"}),
    "image_info": (IMAGE_INFO, {"name": ["app:1"], "history": True, "containers": True}),
    "image_info, all": (IMAGE_INFO, {}),
    "network": (NETWORK, {"name": "net", "internal": True}),
    "network, new": (NETWORK, {"name": "other", "connected": ["web"]}),
    "network, connected": (NETWORK, {"name": "net", "connected": ["web"]}),
    "network, absent": (NETWORK, {"name": "net", "state": "absent"}),
    "network_info": (NETWORK_INFO, {"name": "net"}),
    "plugin": (PLUGIN, {"plugin_name": "plug", "plugin_options": {"A": "c"}}),
    "plugin, new": (PLUGIN, {"plugin_name": "other", "state": "enable", "privileges": []}),
    "plugin, absent": (PLUGIN, {"plugin_name": "plug", "state": "absent"}),
    "project": (PROJECT, {"name": "shop", "parallel": 1, **SHOP}),
    "project, new": (PROJECT, {"name": "shop", "parallel": 1, "containers": {"new": {"image": "app:1"}}}),
    "project, absent": (PROJECT, {"name": "shop", "parallel": 1, "state": "absent", **SHOP}),
    "project, whole": (PROJECT, {"name": "shop", "parallel": 1, "on_failure": "project", **SHOP}),
    "registry": (REGISTRY, {"registry": "r.example", "username": "me", "password": "PW"}),
    "volume": (VOLUME, {"volume_name": "data", "labels": {"a": "c"}, "recreate": "options-changed"}),
    "volume, new": (VOLUME, {"volume_name": "other"}),
    "volume, absent": (VOLUME, {"volume_name": "data", "state": "absent"}),
    "volume_info": (VOLUME_INFO, {"name": "data"}),
}


class World(Transport):
    """An engine with the objects of a world. Calls selected by ``strikes`` return ``nonsense``."""

    def __init__(self, world, nonsense=MISSING, strikes=lambda method, number: False):
        super().__init__()
        self.world, self.nonsense, self.strikes = world, nonsense, strikes

    def answer(self, request):
        """The next answer."""
        number = len(self.requests) - 1
        if number > 5000:
            raise ConnectionBroken("enough")
        path = unquote(request.target.partition("?")[0])
        path = path[6:] if path.startswith("/v1.") else path
        if path == "/_ping":
            return Answer(200, {"api-version": "1.41"}, [b"OK"])
        status, more, said = MISSING
        if self.strikes(request.method, number):
            status, more, said = self.nonsense
        elif request.method == "GET" and path in self.world:
            status, more, said = 200, {}, json.dumps(self.world[path]).encode()
        body = () if request.method == "HEAD" else (said[:7], said[7:])
        return Answer(status, {"api-version": "1.41", **more}, body)


@pytest.fixture(autouse=True)
def clock(monkeypatch, tmp_path):
    """Waiting takes no time, and nothing depends on this machine."""
    now = count(step=0.01)
    passed = [0.0]
    monkeypatch.setattr(time, "sleep", lambda seconds: passed.__setitem__(0, passed[0] + seconds))
    monkeypatch.setattr(time, "monotonic", lambda: next(now) + passed[0])
    monkeypatch.setenv("HOME", str(tmp_path))


def outcome(name, engine, tmp_path):
    """The result of a task: a result, an error, or what is wrong."""
    resource, typed = TASKS[name]
    typed = {**typed, "config_path": str(tmp_path / "config.json")} if resource is REGISTRY else typed
    params, client = complete(resource, typed), Client(engine)
    try:
        result = converge(resource, params, client)
        json.dumps([result.values, result.plan.diff(), result.plan.actions()])
    except SlipwayError as error:
        if "This is a bug in slipway.docker:" in str(error) + str(error.details) or isinstance(error, Fault):
            return str(error)
        return "" if "PW" not in str(error) else "it shows a password"
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)
    return (
        "it reports a change"
        if result.plan.changed and engine.nonsense != MISSING and engine.strikes("POST", -1)
        else ""
    )


@pytest.mark.parametrize("name", TASKS)
def test_all_answers_are_nonsense(name, tmp_path):
    """Of each kind, from the first call on."""
    found = {kind: outcome(name, World(WORLD, NONSENSE[kind], lambda *_call: True), tmp_path) for kind in NONSENSE}
    if name == "registry":
        del found["nothing"]  # as the API defines it: the credentials are valid
    assert {kind: wrong for kind, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("name", TASKS)
def test_changes_are_answered_with_nonsense(name, tmp_path):
    """Calls that only read get valid answers."""
    found = {
        kind: outcome(
            name, World(WORLD, NONSENSE[kind], lambda method, _number: method not in ("GET", "HEAD")), tmp_path
        )
        for kind in NONSENSE
        # The Engine also reports this if the object was already removed or stopped.
        if kind not in ("nothing", "not modified", "text", "null", "empty", "missing", "missing, oddly")
    }
    assert {kind: wrong for kind, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("at", range(6))
def test_one_answer_is_nonsense(name, at, tmp_path):
    """All others are valid."""
    found = {
        kind: outcome(
            name, World(WORLD, NONSENSE[kind], lambda method, number: method == "GET" and number == at), tmp_path
        )
        for kind in NONSENSE
    }
    assert {kind: wrong for kind, wrong in found.items() if wrong} == {}


def places(value, path=()):
    """The places in an answer at which a value can be replaced."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def mutants(world):
    """Worlds in which one value is replaced or missing."""
    for path, answer in world.items():
        for place in places(answer):
            for odd in (*ODD, KeyError):
                mutant = copy.deepcopy(answer)
                part = mutant
                for key in place[:-1]:
                    part = part[key]
                if odd is KeyError:
                    del part[place[-1]]
                else:
                    part[place[-1]] = odd
                yield "%s %s %r" % (path, ".".join(map(str, place)), odd), {**world, path: mutant}


NOUNS = {
    "container": "/containers",
    "image": "/images",
    "network": "/networks",
    "plugin": "/plugins",
    "project": "/",
    "volume": "/volumes",
}


@pytest.mark.parametrize(
    "name",
    [
        "container",
        "container, stopped",
        "container_info",
        "image, absent",
        "image_info",
        "network, connected",
        "network, absent",
        "plugin",
        "plugin, new",
        "project",
        "volume",
    ],
)
def test_one_value_is_nonsense(name, tmp_path):
    """At any place in the answers of the engine."""
    path = NOUNS.get(name.partition(",")[0].partition("_")[0], "-")
    world = {key: WORLD[key] for key in WORLD if ID not in key and IMAGE_ID not in key}
    found = {}
    for what, mutant in mutants({key: world[key] for key in world if key.startswith(path)}):
        mutant = {**world, **mutant}
        mutant["/containers/%s/json" % ID] = mutant["/containers/web/json"]
        mutant["/images/%s/json" % IMAGE_ID] = mutant["/images/app:1/json"]
        wrong = outcome(name, World(mutant), tmp_path)
        if wrong:
            found[what] = wrong
    assert found == {}
