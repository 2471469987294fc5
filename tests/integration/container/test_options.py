# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option of a container on a real engine: created, unchanged, changed and removed."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.table import TABLE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import CONNECT, UPDATE, dig
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.table import version_tuple
from harness.driver import Modules, failed, promised, succeeded
from harness.engine import ApiError
from harness.image import BASE

from .samples import ABSENT, NEWER, PROBES, SAMPLES, SUBOPTIONS, WITH

IN_PLACE = {field.name for field in TABLE.fields if field.on_change in (CONNECT, UPDATE)}


@pytest.fixture(scope="module")
def world(shared_engine):
    """The objects that the samples refer to: two images, networks, a volume, another container."""
    engine = shared_engine
    for tag in ("one", "two"):
        change = ["ENV IMAGE=" + tag, "VOLUME /image", "EXPOSE 8000", "LABEL of=image"]
        words = [word for entry in change for word in ("--change", entry)]
        engine.docker("create", "--name", "seed", BASE, "sleep", "1000")
        engine.docker("commit", *words, "seed", tag + ":latest")
        engine.docker("rm", "seed")
    engine.docker("network", "create", "--subnet", "10.77.0.0/24", "--ipv6", "--subnet", "2001:db8:77::/64", "first")
    engine.docker("network", "create", "second")
    engine.docker("run", "--detach", "--name", "donor", "--volume", "given:/given", BASE, "sleep", "1000")
    engine.docker("run", "--detach", "--name", "giver", "--volume", "other:/other", BASE, "sleep", "1000")
    yield engine
    engine.clean()
    engine.docker("rmi", "one", "two")


@pytest.fixture
def run(world):
    """Runs the module for the container ``web``, which is removed after the test."""
    modules = Modules(world)

    def run(check=False, **params):
        return succeeded(
            modules("container", check=check, name="web", image=params.pop("image", "one:latest"), **params)
        )

    yield run
    run(state="absent", keep_volumes=False)


def version_of(engine):
    """The newest API version of an engine."""
    return engine.docker("version", "--format", "{{.Server.APIVersion}}")


def too_old(engine, since):
    """Whether an engine is older than an API version."""
    return version_tuple(version_of(engine)) < version_tuple(since)


def refusal(engine, option):
    """The message with which this engine, its kernel or its file system rejects an option, if it does."""
    field, probe = TABLE.field(option), PROBES.get(option)
    if field.since and too_old(engine, field.since):
        return "%s requires Engine API %s" % (option, field.since)
    if field.until and not too_old(engine, field.until):
        return "%s was removed in Engine API %s" % (option, field.until)
    if not probe:
        return ""
    try:
        made = engine.api("POST", "/containers/create?name=probe", {"Image": "one:latest", "HostConfig": probe})
    except ApiError as error:
        return json.loads(str(error).partition(": ")[2])["message"]
    kept = engine.inspect("container", "probe")["HostConfig"]
    engine.docker("rm", "probe")
    lost = any(kept.get(key) in (None, 0, -1, []) for key in probe)
    return "this engine does not support %s: %s" % (option, made["Warnings"][0].rstrip(".")) if lost else ""


def container_id(engine):
    """The ID of the tested container."""
    return engine.inspect("container", "web")["Id"]


def part(value):
    """A collection without its last entry."""
    return dict(list(value.items())[:-1]) if isinstance(value, dict) else value[:-1]


@pytest.mark.parametrize("option", SAMPLES)
def test_an_option(option, world, run, report_table):
    """Created with one value, changed to the other one as predicted, and removed; unchanged after each step."""
    besides = {"state": "present", **WITH.get(option, {})}
    one, other = ({**besides, option: value} for value in SAMPLES[option])

    def row(outcome):
        title = "Options of a container, Engine API %s" % version_of(world)
        report_table(title, option=option, value=SAMPLES[option][0], other=SAMPLES[option][1], outcome=outcome)

    refused = refusal(world, option)
    if refused:
        for task in (one, other):
            assert refused in failed(Modules(world)("container", **{"name": "web", "image": "one:latest", **task}))
            assert "web" not in world.names("container")
        return row(refused)
    assert option in run(**other)["diff"]["after"]
    before = container_id(world)
    assert not run(**other)["changed"]
    assert container_id(world) == before

    foretold, changed = run(check=True, **one), run(**one)
    assert promised(foretold) == promised(changed)
    assert list(changed["diff"]["after"]) == list(changed["diff"]["before"]) == [option]
    in_place = container_id(world) == before
    assert in_place is (option in IN_PLACE)
    assert not run(**one)["changed"]
    loosened(run, option, one, other)
    if option != "image":
        gone = run(**besides)
        assert list(gone["diff"]["after"]) == ([] if option in ABSENT else [option])
        assert not run(**besides)["changed"]
    return row("changed in place" if in_place else "replaced")


def loosened(run, option, one, other):
    """A container created as ``one``, compared in each mode of ``comparisons``."""
    ignored = run(check=True, **{**other, "comparisons": {option: "ignore"}})
    assert not ignored["changed"]
    assert "container web is left alone: %s is " % option in str(ignored["warnings"])
    if TABLE.field(option).is_collection:
        assert len(one[option]) > 1, "the first sample of a collection needs several entries"
        less = {**one, option: part(one[option])}
        assert run(check=True, **less)["changed"]
        assert not run(check=True, **less, comparisons={option: "allow_more_present"})["changed"]


def test_variables_from_files(world, run, tmp_path):
    """Later files override earlier ones, and the task all. A changed file is a difference, and no value is shown."""
    first, second = tmp_path / "first.env", tmp_path / "second.env"
    first.write_text("# comment\n\nA=canary-a\nB=canary-b = c\nNOT_SET_ANYWHERE\n")
    second.write_text("B=canary-d\nC=\n")
    task = {"state": "present", "env_file": [str(first), str(second)], "env": {"D": "canary-e"}}
    made = run(**task)
    shown = world.inspect("container", "web")["Config"]["Env"]
    assert {"A=canary-a", "B=canary-d", "C=", "D=canary-e"} <= set(shown)
    assert not any(entry.startswith("NOT_SET_ANYWHERE") for entry in shown)
    assert "canary" not in str(made)
    assert not run(**task)["changed"]
    first.write_text("A=canary-other\n")
    foretold, changed = run(check=True, **task), run(**task)
    assert promised(foretold) == promised(changed)
    assert list(changed["diff"]["after"]) == ["env"]
    first.write_text("no name = value\n")
    assert "line 1 of %s is not of the form NAME=value" % first in failed(
        Modules(world)("container", name="web", image="one:latest", **task)
    )
    assert "env: the name of a variable is empty or contains an equals sign (it begins with 'X')" in failed(
        Modules(world)("container", name="web", image="one:latest", env_file=[str(second)], env={"X=Y": "1"})
    )
    first.unlink()
    assert "No such file or directory" in failed(Modules(world)("container", name="web", image="one:latest", **task))
    assert run(**{**task, "state": "absent"})["changed"]


def test_an_alias_for_the_host_name(run):
    """The Engine adds it. It is no difference, whether declared or not."""
    for aliases in ({}, {"aliases": ["db"]}, {"aliases": ["db", "front"]}, {"aliases": ["front"]}, {}):
        task = {"state": "present", "hostname": "front", "networks": [{"name": "first", **aliases}]}
        run(**task)
        assert not run(**task)["changed"]


def declaring(option, entry):
    """A task with a single such entry."""
    entry = {"target": "/a", **entry} if option == "mounts" else entry
    return {"state": "present", option: entry if option == "healthcheck" else [entry]}


@pytest.mark.parametrize(("option", "sub", "value", "entry"), SUBOPTIONS)
def test_a_suboption(option, sub, value, entry, world, run):
    """Created, unchanged, and removed when no longer declared, except for a MAC address."""
    plain, task = declaring(option, entry), declaring(option, {**entry, sub: value})
    if option == "networks" and sub == "mac_address" and too_old(world, "1.44"):
        result = Modules(world)("container", name="web", image="one:latest", **task)
        assert "networks.mac_address requires Engine API 1.44" in failed(result)
        return
    run(**task)
    before = container_id(world)
    assert not run(**task)["changed"]
    foretold, left = run(check=True, **plain), run(**plain)
    assert promised(foretold) == promised(left)
    kept = sub in ("mac_address", "source") or value == "local"
    assert list(left["diff"]["after"]) == ([] if kept else [option])
    assert (container_id(world) == before) is (kept or option == "networks")
    assert not run(**plain)["changed"]
    if not kept:
        assert list(run(**task)["diff"]["after"]) == [option]
        assert not run(**task)["changed"]


@pytest.mark.parametrize(("option", "sub", "value", "entry", "since", "shown"), NEWER)
def test_a_suboption_of_newer_engines(option, sub, value, entry, since, shown, world, run):
    """Changed and unchanged afterwards if the engine supports it; otherwise rejected by name."""
    plain, task = declaring(option, entry), declaring(option, {**entry, sub: value})
    if too_old(world, since):
        result = Modules(world)("container", name="web", image="one:latest", **task)
        named = "%s.%s" % (option, sub) + (": " + value if sub == "type" else "")
        assert "%s requires Engine API %s" % (named, since) in failed(result)
        assert "web" not in world.names("container")
        return
    run(**plain)
    assert list(run(**task)["diff"]["after"]) == [option]
    found = world.inspect("container", "web")
    place = {
        "networks": dig(found, "NetworkSettings.Networks.first"),
        "mounts": (dig(found, "HostConfig.Mounts") or [None])[0],
        "healthcheck": dig(found, "Config.Healthcheck"),
    }[option]
    for inner in list(place.values()):
        place.update(inner if isinstance(inner, dict) else {})
    assert {key: place.get(key) for key in shown} == shown
    assert not run(**task)["changed"]
    if option != "networks":
        assert list(run(**plain)["diff"]["after"]) == [option]
        assert not run(**plain)["changed"]
