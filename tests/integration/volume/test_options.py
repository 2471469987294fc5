# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option of a volume on a real engine: created, unchanged, changed and removed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness.driver import failed, succeeded
from harness.image import BASE

TMPFS = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}


@pytest.fixture
def plugin(engine):
    """The name of a volume driver that is a plugin."""
    socket = engine.root / "run-docker" / "plugins" / "testdriver.sock"
    socket.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("plugin.py")), str(socket)])
    deadline = time.monotonic() + 20
    while not socket.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield "testdriver"
    engine.clean()
    process.terminate()
    process.wait()
    socket.unlink()


def keep(engine, name, words="kept"):
    """Put data into a volume."""
    engine.docker("run", "--rm", "-v", name + ":/data", BASE, "sh", "-c", "echo %s > /data/file" % words)


def kept(engine, name):
    """The data in a volume."""
    return engine.docker("run", "--rm", "-v", name + ":/data", BASE, "sh", "-c", "cat /data/file || true")


def test_a_plain_volume(engine, scenario, module, name):
    """Only with a name. Later runs that declare the defaults change nothing, and volume_info finds it."""
    made = scenario("volume", name=name)
    assert made["volume"] == engine.inspect("volume", name)
    keep(engine, name)
    scenario("volume", changed=False, volume_name=name, driver="local", driver_options={}, labels={})
    assert module("volume_info", name=name)["volume"] == engine.inspect("volume", name)
    assert kept(engine, name) == "kept"
    scenario("volume", name=name, state="absent")
    assert name not in engine.names("volume")
    gone = module("volume_info", name=name)
    assert not gone["exists"]
    assert gone["volume"] is None


def test_driver_options(engine, scenario, module, name):
    """A difference fails the task with a diff and keeps the data, unless recreate allows a new volume."""
    scenario("volume", name=name, driver_options=TMPFS)
    assert engine.inspect("volume", name)["Options"] == TMPFS
    other = {**TMPFS, "o": "size=2m"}
    for check in (True, False):
        result = module("volume", check=check, name=name, driver_options=other)
        assert "cannot be changed without losing its data: driver_options is" in failed(result)
        assert result["diff"] == {"before": {"driver_options": TMPFS}, "after": {"driver_options": other}}
    assert engine.inspect("volume", name)["Options"] == TMPFS
    changed = scenario("volume", name=name, driver_options=other, recreate="options-changed")
    assert changed["actions"] == [
        "%s volume %s: driver_options differs" % (verb, name) for verb in ("remove", "create")
    ]
    assert engine.inspect("volume", name)["Options"] == other
    scenario(
        "volume", changed=False, name=name, driver_options={"type": "tmpfs"}, comparisons={"*": "allow_more_present"}
    )
    scenario("volume", name=name, driver_options={}, recreate="options-changed")
    assert not engine.inspect("volume", name)["Options"]


def test_passwords_in_mount_options_are_hidden(engine, module, name):
    """For example, of CIFS: in diffs, messages and invocations. volume_info shows them."""
    for number, params in enumerate(({}, {}, {"recreate": "options-changed"})):
        options = {"type": "cifs", "device": "//127.0.0.1/x", "o": "username=u,password=canary%d,port=9" % number}
        result = module("volume", name=name, driver_options=options, **params)
        assert result["failed"] is (number == 1)
        assert "canary" not in str(result)
        assert "username=u,password=" in str(result["diff"])
    assert result["volume"]["Options"] == {**options, "o": "username=u,password=...,port=9"}
    assert module("volume_info", name=name)["volume"]["Options"] == options
    engine.docker("create", "--name", "one", "-v", name + ":/data", BASE)
    result = module("container", name="one", state="started")
    assert "canary" not in failed(result)
    assert "canary" not in str(result)
    mounts = [
        {"type": "volume", "source": "other", "target": "/x", "volume_driver": "local", "volume_options": options}
    ]
    log = {"log_driver": "splunk", "log_options": {"splunk-url": "http://127.0.0.1:1", "splunk-token": "canary"}}
    result = module("container", name="two", image=BASE, state="present", mounts=mounts, **log)
    assert "canary" not in str(result)
    assert result["container"]["HostConfig"]["LogConfig"]["Config"]["splunk-token"] == "(hidden)"
    endpoint = {"driver_opts": {"a.password": "canary"}}
    result = module("network", name="net", driver_options={"b.secret": "canary"})
    assert not result["failed"]
    assert "canary" not in str(result)
    result = module("container", name="two", state="present", networks=[{"name": "net", **endpoint}])
    assert not result["failed"]
    assert "canary" not in str(result)


def test_labels(engine, scenario, name):
    """Other labels cause a warning, unless recreate allows a new volume."""
    scenario("volume", name=name, labels={"a": 1, "b": "true"})
    assert engine.inspect("volume", name)["Labels"] == {"a": "1", "b": "true"}
    keep(engine, name)
    left = scenario("volume", changed=False, name=name, labels={"a": 1})
    assert "volume %s is left alone: labels is" % name in str(left["warnings"])
    assert kept(engine, name) == "kept"
    scenario("volume", name=name, labels={"a": 1}, recreate="options-changed")
    assert engine.inspect("volume", name)["Labels"] == {"a": "1"}
    assert kept(engine, name) == ""


def test_driver(engine, scenario, module, name, plugin):
    """From local to a plugin and back, if recreate allows it."""
    scenario("volume", name=name)
    keep(engine, name)
    assert 'driver is "local" and should be "%s"' % plugin in failed(module("volume", name=name, driver=plugin))
    assert kept(engine, name) == "kept"
    options = {"driver_options": {"size": 7}, "recreate": "options-changed"}
    scenario("volume", name=name, driver=plugin, **options)
    shown = engine.inspect("volume", name)
    assert (shown["Driver"], shown["Options"]) == (plugin, {"size": "7"})
    result = module("volume", name=name, driver_options={"speed": 1}, recreate="options-changed")
    assert "unknown option" in failed(result)
    assert result["undone"] == ["create volume %s: create it again, but empty" % name]
    assert engine.inspect("volume", name)["Options"] == {"size": "7"}
    scenario("volume", name=name, driver="local", driver_options={}, recreate="options-changed")
    scenario("volume", name=name, state="absent")


def test_recreate_always(engine, scenario, name):
    """A new volume in each run, with the same settings."""
    scenario("volume", name=name, labels={"a": "b"})
    keep(engine, name)
    scenario("volume", name=name, recreate="always", stable=False)
    assert kept(engine, name) == ""
    assert engine.inspect("volume", name)["Labels"] == {"a": "b"}


def test_a_volume_in_use(engine, module, name):
    """Rejected with the names of the containers, running or not, before anything changes."""
    engine.docker("volume", "create", name)
    keep(engine, name)
    engine.docker("run", "-d", "--name", "running", "-v", name + ":/data", BASE, "sleep", "1000")
    engine.docker("create", "--name", "resting", "-v", name + ":/data", BASE)
    for params in ({"state": "absent"}, {"recreate": "always"}, {"recreate": "options-changed", "labels": {"a": "b"}}):
        message = failed(module("volume", name=name, **params))
        assert "cannot be removed, because containers use it: resting, running." in message
        # Earlier tasks may remove the containers.
        foretold = succeeded(module("volume", check=True, name=name, **params))
        assert "cannot be removed, because containers use it: resting, running." in str(foretold["warnings"])
    assert kept(engine, name) == "kept"


def test_invalid_options_are_rejected(engine, module, name):
    """With one clear sentence; nothing is created or lost."""
    for params, words in (
        ({"driver": "nothing"}, "Install the plugin of this driver, or choose another driver."),
        ({"driver_options": {"typ": "nfs"}}, "the driver local has no option typ. It has type, device, o, size."),
        ({"driver_options": {"device": "/srv"}}, "driver_options: the driver local also needs type."),
        ({"driver_options": {"o": ["a"]}}, "driver_options: o: expected a string or number"),
        ({"labels": {"a": {"b": "c"}}}, "labels: a: expected a string or number"),
    ):
        assert words in failed(module("volume", name=name, **params))
    for bad in ("a/b c", "a b", ".", "/"):
        assert "is not the name of a volume" in failed(module("volume", name=bad))
    for noun in ("volume", "volume_info", "network", "network_info"):
        assert "name: the name of a %s is empty" % noun[:7].rstrip("_") in failed(module(noun, name=""))
    assert engine.names("volume") == []
    engine.docker("volume", "create", name)
    keep(engine, name)
    for params in ({"driver": "nothing"}, {"driver_options": {"typ": "nfs"}}, {"driver_options": {"device": "/srv"}}):
        failed(module("volume", name=name, recreate="options-changed", **params))
        assert kept(engine, name) == "kept"
