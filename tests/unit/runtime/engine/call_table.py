# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which calls of the Engine API each function of runtime/engine makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import (
    activity,
    archives,
    attach,
    auth,
    build,
    connections,
    containers,
    execs,
    host,
    images,
    lifecycle,
    network_changes,
    networks,
    notes,
    placing,
    platforms,
    plugins,
    readiness,
    registries,
    signals,
    transfer,
    volumes,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.containers import Ref
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.creation import Creation
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.placing import Place
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConnectionBroken,
    EngineError,
    NotFound,
)
from scripted import VERSION, Call, Engine, container, hung_up, refused


class Row(NamedTuple):
    """A function, its arguments after the client, and the calls that it makes."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    calls: tuple[Call, ...]
    version: str
    raises: type[Exception] | None
    words: dict[str, Any]

    @property
    def name(self) -> str:
        """As in ``runtime/engine``."""
        return "%s.%s" % (self.function.__module__.rpartition(".")[2], self.function.__qualname__)


def row(function, args, *calls, version=VERSION, raises=None, **words):
    """A row of the table."""
    return Row(function, args, calls, version, raises, words)


def lost():
    """A container whose creation was not answered."""
    made = Creation("web", {"Labels": {}})
    with (
        Engine(Call("POST /containers/create?name=web", ConnectionBroken("cut"))) as client,
        pytest.raises(ConnectionBroken),
    ):
        made.make(client, made.body)
    return made


def placed():
    """A network that was just created."""
    place = Place()
    calls = Call("POST /networks/create", {"Id": "n1"}), Call("GET /networks", [])
    with Engine(*calls) as client:
        place.make(client, {"Name": "net"}, lambda network: [])
    return place


WEB = Ref("c0ffee", "web")
INSPECT = Call("GET /containers/web/json", container())
GONE = refused(INSPECT.line, 404, "No such container: web")
ENDS = Call(INSPECT.line, container(Running=False, Status="exited"))
REMOVES_ITSELF = Call(INSPECT.line, {**container(), "HostConfig": {"NetworkMode": "bridge", "AutoRemove": True}})
HEALTHY = Call(INSPECT.line, container(Health={"Status": "healthy", "Log": []}))
START = Call("POST /containers/web/start", body=None)
LOGS = Call("GET /containers/web/logs?stdout=1&stderr=1&tail=20", b"")
ATTACH = Call("POST /containers/web/attach?stream=1&stdout=1&stderr=1", hung_up, body=None)
WAIT = Call("POST /containers/web/wait?condition=next-exit", {"StatusCode": 0}, body=None)
EXEC = "POST /containers/c0ffee/exec"
STAT = {"x-docker-container-path-stat": "eyJtb2RlIjowLCJsaW5rVGFyZ2V0IjoiIn0="}
LISTED = {"Id": "c0ffee", "Names": ["/web"], "HostConfig": {"NetworkMode": "bridge"}}
IMAGE = {"Id": "sha256:1", "Os": "linux", "Architecture": "amd64"}
NETWORK = {"Id": "n1", "Name": "net", "Scope": "local", "Driver": "bridge"}
NOTES = 'GET /networks?filters={"label": ["slipway.docker.note"]}'
JOIN = Call("POST /networks/n1/connect", body={"Container": "c0ffee", "EndpointConfig": {"Aliases": ["a"]}})
LEAVE = Call("POST /networks/n1/disconnect", body={"Container": "c0ffee", "Force": True})
PLUGIN = {"Name": "p:1", "Enabled": True, "PluginReference": "r.example/p:1", "Settings": {}}
VOLUME = {"Name": "data", "Driver": "local"}
DONE = {"status": "Done"}


def table():
    """A row for each case; rows may remember what was made, so each use needs new ones."""
    return [
        row(
            activity.logs,
            ("a/b", False, {"tail": "7", "since": None}),
            Call("GET /containers/a%2Fb/logs?stdout=1&stderr=1&tail=7", b""),
        ),
        row(activity.stats, ("web",), Call("GET /containers/web/stats?stream=0&one-shot=1", {})),
        row(activity.processes, ("web", None), Call("GET /containers/web/top", {"Titles": []})),
        row(activity.processes, ("web", "a b"), Call("GET /containers/web/top?ps_args=a b", {"Titles": []})),
        row(archives.stat, (WEB, "/a b"), Call("HEAD /containers/c0ffee/archive?path=/a b", b"", headers=STAT)),
        row(archives.get, (WEB, "/a"), Call("GET /containers/c0ffee/archive?path=/a", b"", headers=STAT)),
        row(
            archives.put,
            (WEB, "/a", [b"t", b"ar"]),
            Call("PUT /containers/c0ffee/archive?path=/a&noOverwriteDirNonDir=1", b"", body=b"tar"),
        ),
        row(attach.run, ("web",), INSPECT, ATTACH, WAIT, START, ENDS),
        row(
            attach.run,
            ("web", True),
            INSPECT,
            ATTACH,
            WAIT,
            ENDS,
            Call("GET /containers/web/logs?stdout=1&stderr=1", b""),
        ),
        row(auth.login, ({"username": "me"},), Call("POST /auth", {"Status": "Fine"}, body={"username": "me"})),
        row(auth.reach, ("r.example",), Call("POST /auth", {"Status": "Fine"}, body={"serveraddress": "r.example"})),
        row(
            build.build,
            ("app:1", [("labels", "{}"), ("extrahosts", "a:1"), ("extrahosts", "b:2")], [b"tar"]),
            Call("POST /build?t=app:1&labels={}&extrahosts=a:1&extrahosts=b:2", {"stream": "x"}, body=b"tar"),
        ),
        row(connections.connect, ("n1", "c0ffee", {"Aliases": ["a"]}), JOIN),
        row(placing.connect_to_swarm, ("n1", "c0ffee", {"Aliases": ["a"]}), JOIN),
        row(
            placing.connect_to_swarm,
            ("n1", "c0ffee", {"IPAMConfig": {"IPv4Address": "10.1.0.9"}, "Aliases": ["a"]}),
            refused(JOIN.line, 500, "Address already in use"),
            LEAVE,
            JOIN,
        ),
        row(connections.reconnect, ("n1", "c0ffee", {"Aliases": ["a"]}), JOIN),
        row(connections.disconnect, ("n1", "c0ffee"), LEAVE),
        row(
            connections.disconnect,
            ("n1", "c0ffee"),
            refused(LEAVE.line, 500, "container c0ffee is not connected to network net"),
            Call("GET /containers/c0ffee/json", {**container(), "NetworkSettings": {"Networks": {"net": {}}}}),
            Call("GET /networks/n1", NETWORK),
            Call(JOIN.line, body={"Container": "c0ffee", "EndpointConfig": {}}),
            LEAVE,
        ),
        row(containers.inspect, ("web",), INSPECT),
        row(containers.inspect, ("a/b", True), refused("GET /containers/a%2Fb/json?size=1", 404, "No such container")),
        row(containers.list_all, (), Call("GET /containers/json?all=1", [LISTED])),
        row(
            containers.list_all,
            (),
            Call('GET /containers/json?all=1&filters={"status": ["running"]}', [LISTED]),
            status=["running"],
        ),
        row(containers.refuse, ("web",), raises=NotFound),
        row(
            Creation("web", {}, "linux/arm64", instead_of="c0ffee").make,
            ({"Image": "app"},),
            Call("GET /containers/c0ffee/json", container()),
            Call("POST /containers/create?name=web&platform=linux/arm64", {"Id": "new"}, body={"Image": "app"}),
        ),
        row(
            lost().unmake,
            (),
            Call(INSPECT.line, {**container(Status="created"), "Config": {"Tty": False, "Labels": {}}}),
            Call("GET /containers/c0ffee/json", container()),
            Call("GET /containers/c0ffee/logs?stdout=1&stderr=1&tail=20", b""),
            Call("DELETE /containers/c0ffee?v=1&force=1"),
            refused("GET /containers/c0ffee/json", 404, "No such container: c0ffee"),
        ),
        row(
            execs.run,
            (WEB, {"Cmd": ["x"]}, None, 0),
            Call(
                EXEC,
                {"Id": "1"},
                body={"Cmd": ["x"], "AttachStdin": False, "AttachStdout": True, "AttachStderr": True},
            ),
            Call("POST /exec/1/start", hung_up, body={"Detach": False, "Tty": False}),
            Call("GET /exec/1/json", {"Running": False, "ExitCode": 0}),
        ),
        row(
            execs.start,
            (WEB, {"Cmd": ["x"], "Tty": True}),
            Call(EXEC, {"Id": "1"}, body={"Cmd": ["x"], "Tty": True}),
            Call("POST /exec/1/start", body={"Detach": True, "Tty": True}),
        ),
        row(host.info, (), Call("GET /info", {})),
        row(host.has_driver, ({"Plugins": {"Log": ["local"]}}, "Log", "local")),
        row(host.has_driver, ({"Plugins": {"Log": ["local"]}}, "Log", "loki"), Call("GET /plugins", [])),
        row(images.inspect, ("r.example:5000/a/b:1",), Call("GET /images/r.example:5000/a/b:1/json", IMAGE)),
        row(images.summaries, ({"label": ["a=b"]},), Call('GET /images/json?filters={"label": ["a=b"]}', [])),
        row(
            images.tag,
            ("app:1", "r.example/app", "2"),
            Call("POST /images/app:1/tag?repo=r.example/app&tag=2", body=None),
        ),
        row(images.remove, ("app:1",), Call("DELETE /images/app:1?force=0&noprune=0", [])),
        row(images.remove, ("app:1", True, False), Call("DELETE /images/app:1?force=1&noprune=1", [])),
        row(images.history, ("app:1",), Call("GET /images/app:1/history", [])),
        row(images.users, ("sha256:1",), Call('GET /containers/json?all=1&filters={"ancestor": ["sha256:1"]}', [])),
        row(lifecycle.start, ("web",), START._replace(status=304)),
        row(
            lifecycle.start,
            ("web",),
            refused(START.line, 500, "driver failed: Bind for 0.0.0.0:80 failed: port is already allocated"),
            Call('GET /containers/json?all=1&filters={"publish": ["80"], "status": ["running"]}', []),
            INSPECT,
            LOGS,
            raises=EngineError,
        ),
        row(lifecycle.start_again, ("web", True), START, Call("POST /containers/web/pause")),
        row(lifecycle.pause, ("web",), Call("POST /containers/web/pause", body=None)),
        row(lifecycle.unpause, ("web",), Call("POST /containers/web/unpause", body=None)),
        row(lifecycle.stop, ("web", 3), Call("POST /containers/web/stop?t=3", status=304, body=None)),
        row(lifecycle.stop, ("web", -1), Call("POST /containers/web/stop?t=-1", body=None)),
        row(signals.send, ("web", "HUP"), Call("POST /containers/web/kill?signal=HUP", body=None)),
        row(lifecycle.kill, ("web",), Call("POST /containers/web/kill", body=None)),
        row(lifecycle.kill, ("web", "HUP"), Call("POST /containers/web/kill?signal=HUP", body=None), ENDS),
        row(lifecycle.restart, ("web", 3), Call("POST /containers/web/restart?t=3", body=None)),
        row(lifecycle.rename, ("web", "www"), Call("POST /containers/web/rename?name=www", body=None)),
        row(
            lifecycle.rename,
            ("web", "www"),
            Call("POST /containers/web/rename?name=www", ConnectionBroken("cut")),
            INSPECT,
            Call("POST /containers/web/rename?name=www", body=None),
        ),
        row(lifecycle.update, ("web", {}, {"Memory": 1}), Call("POST /containers/web/update", {}, body={"Memory": 1})),
        row(
            lifecycle.revert,
            ("web", {}, {"Memory": 1}),
            Call("POST /containers/web/update", {}, body={"Memory": 1}),
            INSPECT,
        ),
        row(lifecycle.refuse_losses, ("web", {"Memory": 1}, {"Warnings": []}, {})),
        row(lifecycle.refuse_losses, ("web", {"Memory": 0}, {"Warnings": ["Take care."]}, {}), INSPECT),
        row(lifecycle.remove, ("web",), Call("DELETE /containers/web?v=0&force=0"), GONE),
        row(
            lifecycle.remove,
            ("web", True, True),
            Call("DELETE /containers/web?v=1&force=1", ConnectionBroken("cut")),
            Call("DELETE /containers/web?v=1&force=1"),
            GONE,
        ),
        row(
            lifecycle.discard,
            ("web", "old", True),
            Call("GET /containers/old/json", container("old")),
            Call("DELETE /containers/web?v=1&force=1"),
            GONE,
        ),
        row(lifecycle.await_gone, ("web",), GONE),
        row(
            lifecycle.inspect_settled,
            ({"Id": "c0ffee"},),
            refused("GET /containers/c0ffee/json", 404, "No such container: c0ffee", again=True),
        ),
        row(
            lifecycle.logged,
            ("web", True),
            Call("GET /containers/web/logs?stdout=1&stderr=1&since=1.5", b""),
            since="1.5",
        ),
        row(lifecycle.last_output, ("web",), INSPECT, LOGS),
        row(
            network_changes.create,
            ({"Name": "net"},),
            Call("POST /networks/create", {"Id": "n1"}, body={"CheckDuplicate": True, "Name": "net"}),
        ),
        row(
            network_changes.create,
            ({"Name": "net", "IPAM": {"Config": [{"Subnet": "10.1.0.0/24"}]}},),
            refused("POST /networks/create", 403, "Pool overlaps with other one on this address space"),
            Call("GET /networks", [NETWORK]),
            raises=EngineError,
        ),
        row(network_changes.remove, ("n1",), Call("DELETE /networks/n1")),
        row(network_changes.remove_from_swarm, ("n1",), Call("DELETE /networks/n1")),
        row(network_changes.await_removal, ("n1",), refused("GET /networks/n1", 404, "network n1 not found")),
        row(network_changes.await_idleness, ("n1",), Call("GET /networks/n1", NETWORK), Call("GET /tasks", [])),
        row(networks.inspect, ("net",), Call("GET /networks/net", NETWORK)),
        row(
            networks.inspect,
            ("a/b",),
            refused("GET /networks/a%2Fb", 400, "network a/b is ambiguous"),
            Call("GET /networks", [NETWORK]),
        ),
        row(networks.list_all, (), Call("GET /networks", [NETWORK])),
        row(networks.list_all, (), Call('GET /networks?filters={"label": ["a"]}', [NETWORK]), label=["a"]),
        row(networks.named, ("net",), Call("GET /networks", [NETWORK])),
        row(
            networks.create,
            ({"Name": "net"},),
            Call("POST /networks/create", {"Id": "n1"}, body={"CheckDuplicate": True, "Name": "net"}),
        ),
        row(networks.remove, ("n1",), Call("DELETE /networks/n1")),
        row(notes.find, ("volume", "data"), Call(NOTES, [])),
        row(notes.Writing("volume", "data").make, ({"a": 1},), Call("POST /networks/create", {"Id": "n1"})),
        row(
            notes.Writing("volume", "data").drop,
            (),
            Call(
                NOTES,
                [{**NETWORK, "Labels": {"slipway.docker.note": "volume data", notes.CONTENT: '{"run": ""}'}}],
            ),
            Call("DELETE /networks/n1"),
        ),
        row(notes.drop, (notes.Note({}, ("n1", "n2")),), Call("DELETE /networks/n1"), Call("DELETE /networks/n2")),
        row(
            Place().make,
            ({"Name": "net"}, lambda network: []),
            Call("POST /networks/create", {"Id": "n1"}, body={"CheckDuplicate": True, "Name": "net"}),
            Call("GET /networks", [NETWORK]),
        ),
        row(placed().unmake, (), Call("DELETE /networks/n1")),
        row(Place("n1").restore, ({"Name": "net"},), Call("GET /networks/n1", NETWORK)),
        row(
            Place("n1").restore,
            ({"Name": "net"},),
            refused("GET /networks/n1", 404, "network n1 not found"),
            Call("POST /networks/create", {"Id": "n2"}, body={"CheckDuplicate": True, "Name": "net"}),
        ),
        row(Place("n1").connect, ("c0ffee", False, {"Aliases": ["a"]}), JOIN),
        row(Place("n1").reattach, ("c0ffee", True, {"Aliases": ["a"]}), LEAVE, JOIN),
        row(Place("n1").has, (["c0ffee"],), Call("GET /containers/json?all=1", [LISTED])),
        row(Place("n1").disconnect, ("c0ffee",), LEAVE),
        row(platforms.of_platform, ("app:1", "linux/amd64"), Call("GET /images/app:1/json", IMAGE)),
        row(
            platforms.among,
            ("app:1", IMAGE, "linux/arm/v7"),
            Call(
                'GET /images/app:1/json?platform={"os": "linux", "architecture": "arm", "variant": "v7"}',
                IMAGE,
            ),
            version="1.49",
        ),
        row(platforms.pushed_instead, ("app:1",)),
        row(platforms.pushed_instead, ("app:1",), Call("GET /images/app:1/json?manifests=1", {}), version="1.48"),
        row(plugins.inspect, ("r.example/p:1",), Call("GET /plugins/r.example/p:1/json", PLUGIN)),
        row(plugins.privileges, ("r.example/p:1", None), Call("GET /plugins/privileges?remote=r.example/p:1", [])),
        row(
            plugins.pull,
            ("r.example/p:1", "p:1", [{"Name": "network"}], None),
            Call("POST /plugins/pull?remote=r.example/p:1&name=p:1", DONE, body=[{"Name": "network"}]),
        ),
        row(
            plugins.upgrade,
            ("r.example/p:2", "p:1", [{"Name": "network"}], None),
            Call("POST /plugins/p:1/upgrade?remote=r.example/p:2", DONE, body=[{"Name": "network"}]),
        ),
        row(plugins.configure, ("p:1", ["A=b"]), Call("POST /plugins/p:1/set", body=["A=b"])),
        row(plugins.enable, ("p:1", 5), Call("POST /plugins/p:1/enable?timeout=5", body=None)),
        row(plugins.disable, ("p:1",), Call("POST /plugins/p:1/disable", body=None)),
        row(plugins.remove, ("p:1", True), Call("DELETE /plugins/p:1?force=1")),
        row(readiness.start_up, ("web",), START, REMOVES_ITSELF),
        row(readiness.stay_up, ("web",), REMOVES_ITSELF),
        row(readiness.await_running, ("web", 1), HEALTHY, HEALTHY),
        row(readiness.await_healthy, ("web", 1), HEALTHY),
        row(
            registries.distribution,
            ("r.example/app:1",),
            Call("GET /distribution/r.example/app:1/json", {"Descriptor": {"digest": "sha256:1"}}),
        ),
        row(registries.pull, ("app",), Call("POST /images/create?fromImage=app&tag=latest", DONE, body=None)),
        row(
            registries.pull,
            ("r.example/app:1", None, "linux/arm64"),
            Call("POST /images/create?fromImage=r.example/app:1&platform=linux/arm64", DONE, body=None),
        ),
        row(registries.push, ("r.example/app", "1"), Call("POST /images/r.example/app/push?tag=1", DONE, body=None)),
        row(
            network_changes.services_on,
            (NETWORK,),
            Call("GET /services", [{"Spec": {"Name": "web", "TaskTemplate": {}}}]),
        ),
        row(transfer.load, ("/a.tar", [b"t", b"ar"]), Call("POST /images/load?quiet=0", DONE, body=b"tar")),
        row(transfer.save, (["app:1", "b:2"],), Call("GET /images/get?names=app:1&names=b:2", bytes(1024))),
        row(
            transfer.bring_in,
            ("app", "1", [b"tar"], ["ENV a=b", "CMD x"]),
            Call(
                "POST /images/create?fromSrc=-&repo=app&tag=1&changes=ENV a=b&changes=CMD x",
                DONE,
                body=b"tar",
            ),
        ),
        row(volumes.inspect, ("data",), Call("GET /volumes/data", VOLUME)),
        row(volumes.list_all, (), Call("GET /volumes", {"Volumes": [VOLUME]})),
        row(volumes.drivers, (), Call("GET /volumes", {}), Call("GET /info", {})),
        row(volumes.create, ({"Name": "data"},), Call("POST /volumes/create", VOLUME, 201, body={"Name": "data"})),
        row(volumes.discard, ("data",), Call("DELETE /volumes/data?force=0")),
        row(volumes.discard, ("data",), refused("DELETE /volumes/data?force=0", 409, "volume is in use - [c0ffee]")),
        row(volumes.remove, ("data",), Call("DELETE /volumes/data?force=0")),
        row(volumes.remove, ("data", True), Call("DELETE /volumes/data?force=1")),
    ]
