# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of a container on a real engine: made, kept, changed, taken away."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.table import TABLE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import CONNECT, UPDATE
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


def container_id(engine):
    """The id of the container that is tested."""
    return engine.inspect("container", "web")["Id"]


@pytest.mark.parametrize("option", [option for option in SAMPLES if option not in REFUSED])
def test_an_option(option, world, run):
    """Made with one value and kept; changed to the other one alone, as foretold, and kept; taken away."""
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
