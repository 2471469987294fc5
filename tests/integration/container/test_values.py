# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that the Engine normalizes, that only images can have, and that it rejects."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.table import TABLE
from harness.driver import Modules, failed, succeeded
from harness.engine import ApiError
from harness.image import BASE, base_image

from .in_process import converge, converge_twice

TASK = {"name": "web", "state": "present", "stop_timeout": 0}
RUNS = {"Cmd": ["sleep", "1000"], "Env": ["PATH=/bin"]}
IMAGES = {
    "v1": {
        **RUNS,
        "WorkingDir": "/srv/v1/",
        "Volumes": {"/v//x": {}, "/w/./y": {}},
        "User": "65534",
        "StopSignal": "2",
    },
    "v2": {**RUNS, "WorkingDir": "/srv/v2/", "Volumes": {"/v/x": {}, "/w/y": {}}, "Entrypoint": ["/bin/sh", "-c"]},
    "odd": {
        **RUNS,
        "Env": ["PATH=/bin", "", "ALONE"],
        "Volumes": {"data": {}},
        "ExposedPorts": {"70000/tcp": {}, "80/TCP": {}},
        "Healthcheck": {"Test": ["echo", "x"]},
    },
}


def add(tar, name, data):
    """Add a file to an archive."""
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


@pytest.fixture(scope="module")
def world(shared_engine, tmp_path_factory):
    """Images with values that a Dockerfile cannot produce."""
    engine, archive = shared_engine, tmp_path_factory.mktemp("images") / "images.tar"
    layer = base_image()
    platform = engine.docker("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}").partition("/")
    rootfs = {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}
    manifest = []
    with tarfile.open(archive, "w") as tar:
        add(tar, "layer.tar", layer)
        for tag, config in IMAGES.items():
            tree = {"os": platform[0], "architecture": platform[2], "config": config, "rootfs": rootfs}
            add(tar, tag + ".json", json.dumps(tree).encode())
            manifest.append({"Config": tag + ".json", "RepoTags": [tag + ":latest"], "Layers": ["layer.tar"]})
        add(tar, "manifest.json", json.dumps(manifest).encode())
    engine.docker("load", "--input", str(archive))
    yield engine
    engine.clean()
    engine.docker("rmi", *IMAGES)


@pytest.fixture(autouse=True)
def gone(world):
    """Remove all containers."""
    yield
    if "web" in world.names("container"):
        world.api("DELETE", "/containers/web?force=1&v=1")


def config(engine):
    """The configuration of the container as the engine shows it."""
    return engine.inspect("container", "web")["Config"]


def test_messages_and_diffs_name_the_option_and_the_object(world):
    """With our own messages: Ansible's message about a list of strings does not name the option."""
    module = Modules(world)
    task = {**TASK, "image": BASE, "command": "sleep 1000"}
    for given in (["netA"], ""):
        said = module("container", **task, networks=given)["msg"]
        assert said.startswith("networks: expected a list of dictionaries, '- name: ...', and got the str")
    said = failed(module("container", **task, env={"A": ["canary"]}))
    assert said == "env: A: expected a string or number, got a list."
    succeeded(module("container", **task, env={"A": "canary-1"}))
    changed = succeeded(module("container", check=True, **task, env={"A": "canary-2"}))
    assert changed["diff"]["before_header"] == changed["diff"]["after_header"] == "container web"
    assert changed["diff"]["after"]["env"]["A"] == "(hidden, differs)"
    assert "env (A) differs" in changed["actions"][0]
    assert "canary" not in str(changed)


NORMALISED = [
    ({"working_dir": "/srv/app/"}, {"working_dir": "/srv//app/."}),
    ({"stop_signal": "SIGTERM"}, {"stop_signal": "15"}),
    ({"stop_signal": "term"}, {"stop_signal": "SIGTERM"}),
    ({"stop_signal": "RTMIN+3"}, {"stop_signal": "37"}),
    ({"dns_opts": ["rotate", "ndots:2"]}, {"dns_opts": ["ndots:2", "rotate"]}),
    ({"dns_servers": ["2001:DB8::0:1"]}, {"dns_servers": ["2001:db8:0::1"]}),
    ({"etc_hosts": {"a": "2001:DB8::0:1"}}, {"etc_hosts": {"a": "2001:db8::1"}}),
    ({"etc_hosts": {"a": "host-gateway"}}, {"etc_hosts": {"a": "host-gateway"}}),
    ({"volumes": ["named:/a//b/"]}, {"volumes": ["named:/a/./b"]}),
    ({"volumes": ["/srv//x/:/a"]}, {"volumes": ["/srv/x:/a:rw"]}),
    ({"volumes": ["/v//a"]}, {"volumes": ["/v/a/"]}),
    ({"tmpfs": ["/a//b:mode=755,size=1m"]}, {"tmpfs": ["/a/b/:size=1m,mode=755"]}),
    ({"mounts": [{"target": "/a//b/"}]}, {"mounts": [{"target": "/a/b"}]}),
    ({"devices": ["/dev//null:/dev/x:wr"]}, {"devices": ["/dev/null:/dev/./x:rw"]}),
    ({"published_ports": ["80/TCP", "[::0:1]:81:81"]}, {"published_ports": ["80", "[::1]:81:81/tcp"]}),
    ({"exposed_ports": ["80/TCP"]}, {"exposed_ports": [80]}),
    ({"mac_address": "92-D0-C6-0A-29-33"}, {"mac_address": "92:d0:c6:0a:29:33"}),
    ({"capabilities": ["CAP_ALL"]}, {"capabilities": ["all"]}),
    ({"capabilities": ["cap_net_admin"]}, {"capabilities": ["NET_ADMIN"]}),
    (
        {"healthcheck": {"test": "true", "interval": "90s"}},
        {"healthcheck": {"test": ["CMD-SHELL", "true"], "interval": "1m30s"}},
    ),
    ({"healthcheck": {"test": [], "interval": "90s"}}, {"healthcheck": {"interval": "90s"}}),
    ({"sysctls": {"net.core.somaxconn": 200}}, {"sysctls": {"net.core.somaxconn": "200"}}),
    ({"ulimits": ["nofile=100"]}, {"ulimits": ["nofile:100:100"]}),
]


@pytest.mark.parametrize(("one", "other"), NORMALISED, ids=str)
def test_two_spellings_of_a_value_are_no_difference(one, other, world):
    """A container created with one is unchanged with both."""
    converge_twice(world, **TASK, image=BASE, command="sleep 1000", **one)
    assert not converge(world, **TASK, image=BASE, command="sleep 1000", **other)["changed"]


@pytest.mark.parametrize("alias", ["linux/x86_64", "x86_64", "Linux/AMD64", "linux/amd64/v1"])
def test_spellings_of_a_platform_are_no_difference(alias, world):
    """For the same platform."""
    if world.docker("version", "--format", "{{.Server.Arch}}") != "amd64":
        pytest.skip("names of another architecture")
    converge_twice(world, **TASK, image=BASE, command="sleep 1000", platform=alias)
    loose = {"image": "ignore"}
    assert not converge(world, **TASK, image=BASE, command="sleep 1000", platform=alias, comparisons=loose)["changed"]


@pytest.mark.parametrize(
    "option",
    ["user", "working_dir", "stop_signal", "entrypoint", "mac_address", "hostname", "domainname", "log_driver"],
)
@pytest.mark.parametrize("tag", ["v1", "v2"])
def test_an_empty_string_means_the_value_of_the_image(option, tag, world):
    """As in the Engine."""
    converge_twice(world, **TASK, image=tag, command="sleep 1000", **{option: [""] if option == "entrypoint" else ""})
    shown = config(world)
    assert shown["User"] == IMAGES[tag].get("User", "")
    assert shown["WorkingDir"] == IMAGES[tag]["WorkingDir"].rstrip("/")
    assert not shown["Entrypoint"] or option != "entrypoint"


def test_the_working_directory_of_a_new_image_is_used(world):
    """The Engine spells it differently than the image, which does not count as declared."""
    converge_twice(world, **TASK, image="v1")
    converge_twice(world, **TASK, image="v2")
    assert config(world)["WorkingDir"] == "/srv/v2"


def test_anonymous_volumes_keep_their_data(world):
    """In any spelling of the path in the image."""
    task = {**TASK, "state": "started"}
    converge_twice(world, **task, image="v1", user="0")
    for path in ("/v/x", "/w/y"):
        world.docker("exec", "web", "sh", "-c", "echo kept > %s/file" % path)
    converge_twice(world, **task, image="v1", user="0", env={"A": 1})
    converge_twice(world, **task, image="v2", entrypoint=["sleep"], command=["1000"])
    for path in ("/v/x", "/w/y"):
        assert world.docker("exec", "web", "cat", path + "/file") == "kept"


def test_a_container_with_unusual_values_can_be_stopped_changed_and_replaced(world):
    """Values that only an image or another program can set are kept."""
    host = {"Binds": ["/tmp:/b:"], "ExtraHosts": ["a:192.0.2.1", "a:192.0.2.2"]}
    body = {"Image": "odd", "ExposedPorts": {"90/tcp": {}}, "StopTimeout": 0, "HostConfig": host}
    world.api("POST", "/containers/create?name=web", body)
    world.docker("start", "web")
    converge_twice(world, name="web", state="stopped")
    converge_twice(world, name="web", state="started")
    world.docker("exec", "web", "sh", "-c", "echo kept > /data/file")
    converge_twice(world, name="web", pids_limit=50)
    converge_twice(world, name="web", env={"A": 1}, stop_timeout=0)
    for _again in range(2):
        shown = world.inspect("container", "web")
        assert shown["HostConfig"]["ExtraHosts"] == ["a:192.0.2.1", "a:192.0.2.2"]
        assert any(bind.startswith("/tmp:/b") for bind in shown["HostConfig"]["Binds"])
        assert {"70000/tcp", "90/tcp"} <= set(shown["Config"]["ExposedPorts"])
        assert {"", "ALONE", "A=1"} <= set(shown["Config"]["Env"])
        assert shown["Config"]["Healthcheck"]["Test"] == ["echo", "x"]
        assert world.docker("exec", "web", "cat", "/data/file") == "kept"
        converge(world, name="web", recreate=True)
    converge_twice(world, **{**TASK, "state": "started"}, image="odd", env={"A": 2})
    assert world.docker("exec", "web", "cat", "/data/file") == "kept"


def test_ignored_differences_are_applied_with_a_replacement(world):
    """With a warning. Without another difference they are ignored."""
    converge(world, **TASK, image="v1", labels={"a": "1"})
    loose = {"image": "ignore", "user": "ignore"}
    alone = converge(world, **TASK, image="v2", labels={"a": "1"}, user="5", comparisons=loose)
    assert not alone["changed"]
    assert all("is left alone" in warning for warning in alone["warned"])
    done = converge_twice(world, **TASK, image="v2", labels={"a": "2"}, user="5", comparisons=loose)
    assert set(done["diff"]["after"]) == {"image", "labels", "user"}
    assert "left alone" not in str(done["warned"]).replace("what comparisons leave alone", "")
    assert config(world)["Image"] == "v2"


@pytest.mark.parametrize("option", ["entrypoint", "dns_servers", "dns_search_domains"])
def test_the_order_of_some_lists_is_always_compared(option, world):
    """With ``*`` in comparisons. By name, allow_more_present is rejected for them."""
    one, other = {
        "entrypoint": (["/bin/sleep", "1000"], ["/bin/sleep"]),
        "dns_servers": (["192.0.2.1", "192.0.2.2"], ["192.0.2.2"]),
        "dns_search_domains": (["example.org", "example.com"], ["example.com", "example.org"]),
    }[option]
    task = {**TASK, "image": BASE}
    converge_twice(world, **task, **{option: one})
    done = converge_twice(world, **task, **{option: other}, comparisons={"*": "allow_more_present"})
    assert list(done["diff"]["after"]) == [option]
    with pytest.raises(SlipwayError, match="%s: allow_more_present .* order of this list matters" % option):
        converge(world, **task, **{option: other}, comparisons={option: "allow_more_present"})


# Options of a task, and whether this engine rejects the same request, or which request; False if it misinterprets it.
REFUSED = [
    ({"healthcheck": {"test": "true", "retries": -1}}, True),
    ({"healthcheck": {"test": "true", "interval": "10us"}}, True),
    ({"volumes": ["/srv:/a:bogus"]}, {"Binds": ["/srv:/a:bogus"]}),
    ({"volumes": ["/srv:/a:ro,rw"]}, {"Binds": ["/srv:/a:ro,rw"]}),
    ({"volumes": ["/srv:/a:nocopy"]}, {"Binds": ["/srv:/a:nocopy"]}),
    ({"volumes": ["named:/a:rshared"]}, {"Binds": ["named:/a:rshared"]}),
    ({"volumes": ["/srv:/"]}, {"Binds": ["/srv:/"]}),
    ({"mounts": [{"target": "/"}]}, {"Mounts": [{"Type": "volume", "Target": "/"}]}),
    ({"tmpfs": ["/"]}, {"Tmpfs": {"/": ""}}),
    ({"memory": "5m"}, True),
    ({"memory": "64m", "memory_reservation": "5m"}, True),
    ({"cpus": -1.0}, True),
    ({"cpu_period": 10}, True),
    ({"cpu_quota": 10}, True),
    ({"cpuset_cpus": "a"}, True),
    ({"cpuset_mems": "1,,2"}, True),
    ({"shm_size": "-1"}, True),
    ({"stop_signal": "SIGBOGUS"}, True),
    ({"working_dir": "srv"}, True),
    ({"env": {"": "1"}}, False),
    ({"etc_hosts": {"a": "example.com"}}, {"ExtraHosts": ["a:example.com"]}),
    ({"published_ports": ["127.0.0.300:7283:80"]}, False),
]


@pytest.mark.parametrize(("options", "by_engine"), REFUSED, ids=str)
def test_values_that_the_engine_rejects_are_rejected_in_the_plan(options, by_engine, world):
    """So also in check mode, with the name of the option."""
    (option,) = list(options)[-1:]
    with pytest.raises(SlipwayError) as caught:
        converge(world, check=True, **TASK, image=BASE, command="sleep 1000", **options)
    assert str(caught.value).startswith(option + ": ")
    if not by_engine:
        return
    body = {"HostConfig": by_engine}
    if by_engine is True:
        body = TABLE.body({name: TABLE.field(name).canonical(value) for name, value in options.items()})
    with pytest.raises(ApiError):
        world.api("POST", "/containers/create?name=web", {"Image": BASE, **body})
