# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of a container on a real engine: made, kept, changed, taken away."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.table import TABLE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import CONNECT, UPDATE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.table import version_tuple
from harness.driver import Modules, failed, promised, succeeded
from harness.image import BASE

from .samples import ABSENT, REFUSED, SAMPLES, WITH

IN_PLACE = {field.name for field in TABLE.fields if field.cost in (CONNECT, UPDATE)}


@pytest.fixture(scope="module")
def world(shared_engine):
    """What the samples name: two images, networks, a volume, another container."""
    engine = shared_engine
    for tag in ("one", "two"):
        change = ["ENV IMAGE=" + tag, "VOLUME /image", "EXPOSE 8000", "LABEL of=image"]
        words = [word for entry in change for word in ("--change", entry)]
        engine.docker("create", "--name", "seed", BASE, "sleep", "1000")
        engine.docker("commit", *words, "seed", tag + ":latest")
        engine.docker("rm", "seed")
    engine.docker("network", "create", "--subnet", "10.77.0.0/24", "first")
    engine.docker("network", "create", "second")
    engine.docker("run", "--detach", "--name", "donor", "--volume", "given:/given", BASE, "sleep", "1000")
    yield engine
    engine.clean()
    engine.docker("rmi", "one", "two")


@pytest.fixture
def run(world):
    """Runs the module for the container ``web``, which is gone afterwards."""
    modules = Modules(world)

    def run(check=False, **params):
        return succeeded(
            modules("container", check=check, name="web", image=params.pop("image", "one:latest"), **params)
        )

    yield run
    run(state="absent", keep_volumes=False)


def too_old(engine, since):
    """Whether an engine does not know what an API version has brought."""
    return version_tuple(engine.docker("version", "--format", "{{.Server.APIVersion}}")) < version_tuple(since)


def container_id(engine):
    """The id of the container that is tested."""
    return engine.inspect("container", "web")["Id"]


@pytest.mark.parametrize("option", [option for option in SAMPLES if option not in REFUSED])
def test_an_option(option, world, run):
    """Made with one value and kept; changed to the other one alone, as foretold, and kept; taken away."""
    since = TABLE.field(option).since
    if since and too_old(world, since):
        result = Modules(world)("container", name="web", image="one:latest", **{option: SAMPLES[option][0]})
        assert "%s needs Engine API %s" % (option, since) in failed(result)
        assert "web" not in world.names("container")
        return
    besides = {"state": "present", **WITH.get(option, {})}
    one, other = ({**besides, option: value} for value in SAMPLES[option])
    assert option in run(**other)["diff"]["after"]
    assert not run(**other)["changed"]
    before = container_id(world)

    foretold, changed = run(check=True, **one), run(**one)
    assert promised(foretold) == promised(changed)
    assert list(changed["diff"]["after"]) == list(changed["diff"]["before"]) == [option]
    assert (container_id(world) == before) is (option in IN_PLACE)
    assert not run(**one)["changed"]
    if option == "image":
        return
    gone = run(**besides)
    assert list(gone["diff"]["after"]) == ([] if option in ABSENT else [option])
    assert not run(**besides)["changed"]


@pytest.mark.parametrize("option", REFUSED)
def test_a_refused_option_leaves_nothing(option, world):
    """The engine's words, and no container."""
    for value in SAMPLES[option]:
        result = Modules(world)("container", name="web", image="one:latest", **{option: value})
        assert "Could not create container web" in failed(result)
        assert "web" not in world.names("container")


def test_variables_come_from_files_too(world, run, tmp_path):
    """Later files win, and the task over all; a changed file is a difference, and no value is shown."""
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
    assert "line 1 of %s is not like NAME=value" % first in failed(
        Modules(world)("container", name="web", image="one:latest", **task)
    )
    assert "env: 'X=Y' cannot be the name of a variable" in failed(
        Modules(world)("container", name="web", image="one:latest", env_file=[str(second)], env={"X=Y": "1"})
    )
    first.unlink()
    assert "No such file or directory" in failed(Modules(world)("container", name="web", image="one:latest", **task))
    assert run(**{**task, "state": "absent"})["changed"]


@pytest.mark.parametrize(
    ("option", "value", "since", "entry", "place"),
    [
        ("mounts.create_mountpoint", True, "1.42", {"type": "bind", "source": "/srv"}, "BindOptions"),
        ("mounts.read_only_non_recursive", True, "1.44", {"type": "bind", "source": "/srv"}, "BindOptions"),
        ("mounts.read_only_force_recursive", True, "1.44", {"type": "bind", "source": "/srv"}, "BindOptions"),
        ("mounts.subpath", "part", "1.45", {"source": "given"}, "VolumeOptions"),
        ("networks.gw_priority", 5, "1.48", {"name": "first"}, ""),
    ],
)
def test_a_suboption_of_newer_engines(option, value, since, entry, place, world, run):
    """Changed to, as the engine shows it, and kept where the engine knows it; refused by name where not."""
    name, sub = option.split(".")
    entry = {"target": "/a", **entry} if name == "mounts" else entry
    plain, task = ({"state": "present", name: [given]} for given in (entry, {**entry, sub: value}))
    if too_old(world, since):
        result = Modules(world)("container", name="web", image="one:latest", **task)
        assert "%s needs Engine API %s" % (option, since) in failed(result)
        assert "web" not in world.names("container")
        return
    run(**plain)
    assert list(run(**task)["diff"]["after"]) == [name]
    shown = world.inspect("container", "web")
    there = shown["HostConfig"]["Mounts"][0][place] if place else shown["NetworkSettings"]["Networks"]["first"]
    assert there[sub.title().replace("_", "")] == value
    assert not run(**task)["changed"]
