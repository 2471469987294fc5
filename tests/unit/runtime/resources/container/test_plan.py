# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for containers, by tasks and observed states, and by each option."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container import converge as convergence
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container import plan as planning
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container import volumes
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.observe import Details
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import (
    CONTAINER,
    report,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.field import IGNORE
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.table import Table
from cases import complete, count_calls, hold, load, planned
from container.samples import ABSENT, NEWER, SAMPLES, SUBOPTIONS, WITH

from .engine_shows import IMAGES, body, details, made, snapshot

FIELDS = [field for field in CONTAINER.table.fields if field.on_change != IGNORE]


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """Cases from the YAML files."""
    hold(case, CONTAINER, snapshot, details)


@pytest.mark.parametrize("case", [case for case in load(__file__) if not case.values[0].get("actions", True)])
def test_the_short_path_without_changes_has_the_same_plan(case, monkeypatch):
    """As the full one."""
    params, observed = complete(CONTAINER, case["params"]), snapshot(**case.get("observed", {}))
    more = details(**case.get("observed", {}))
    short = planned(CONTAINER, params, observed, more)
    monkeypatch.setattr(planning, "_is_in_state", lambda params, state: False)
    assert planned(CONTAINER, params, observed, more) == short


def plan(observed, **params):
    """The plan for the container ``web`` with these options."""
    params = complete(CONTAINER, {"name": "web", "image": "one:latest", **params})
    return planned(CONTAINER, params, observed, Details(observed.made_of))


def version_for(field):
    """An Engine API version that supports an option."""
    return "1.41" if field.until else "1.51"


def test_each_option_has_samples():
    """And only options have."""
    assert set(SAMPLES) == {field.name for field in FIELDS}


def test_each_suboption_has_a_sample():
    """Including suboptions that an entry may omit, and those of newer engines."""
    there = {sample[:2] for sample in (*SUBOPTIONS, *NEWER)}
    wanted = {(name, sub.name) for name in ("mounts", "networks") for sub in CONTAINER.table.field(name).suboptions}
    wanted |= {(field.name, sub.name) for field in FIELDS for sub in field.suboptions if sub.since}
    assert there == wanted - {("mounts", "target"), ("networks", "name")}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_an_option_is_the_only_difference(field):
    """With the same value nothing differs; with another value, only this option differs."""
    besides = WITH.get(field.name, {})
    version = version_for(field)
    for one, other in (SAMPLES[field.name], SAMPLES[field.name][::-1]):
        there = {field.name: one, **besides}
        assert plan(snapshot(there, there.get("image", "one:latest"), version=version), **there).actions() == []
        wanted = {"image": "one:latest", field.name: other, **besides}
        changed = plan(snapshot(there, wanted["image"], version=version), **wanted)
        assert list(changed.diff()["after"]) == [field.name]


@pytest.mark.parametrize("field", FIELDS[1:], ids=lambda field: field.name)
def test_an_option_that_is_no_longer_declared_is_removed(field):
    """The names of declared options are stored."""
    besides = WITH.get(field.name, {})
    gone = plan(snapshot({field.name: SAMPLES[field.name][0], **besides}, version=version_for(field)), **besides)
    expected = [] if field.name in ABSENT else [field.name]
    assert list(gone.diff()["after"]) == expected


# The Engine may set lists of paths, networks are connected by steps, and the test changes the user.
FOLLOWING = ("masked_paths", "networks", "readonly_paths", "user", *ABSENT)


@pytest.mark.parametrize(
    "field", [field for field in FIELDS[1:] if field.name not in FOLLOWING], ids=lambda field: field.name
)
def test_undeclared_values_are_kept(field):
    """A new container keeps them, unless a task is known to have removed them."""
    options = {field.name: SAMPLES[field.name][0], **WITH.get(field.name, {})}
    there = snapshot(options, version=version_for(field))
    there.container["Config"]["Labels"].pop("slipway.docker.declared")
    again = body(plan(there, user="1", recreate=True))
    want = CONTAINER.table.body(CONTAINER.table.want(complete(CONTAINER, {"name": "web", **options})))
    for key in set(want) - {"HostConfig", "Labels"}:
        assert again[key] == want[key]
    for key in set(want.get("HostConfig", {})) - {"Binds", "Mounts"}:
        assert again["HostConfig"][key] == want["HostConfig"][key]
    for key in {"Binds", "Mounts"} & set(want.get("HostConfig", {})):
        assert all(entry in again["HostConfig"][key] for entry in want["HostConfig"][key])


def test_anonymous_volumes_are_kept():
    """Also after a second replacement, but not if the new image has no such volume."""
    there = snapshot({})
    new = body(plan(there, user="1"))
    assert new["HostConfig"]["Binds"] == ["%s:/image" % ("a" * 64)]
    assert new["Labels"]["slipway.docker.carried"] == "/image"
    there.container["HostConfig"]["Binds"] = new["HostConfig"]["Binds"]
    there.container["Config"]["Labels"].update(new["Labels"])
    assert plan(there).changes == ()
    assert plan(there, user="1", volumes=[]).diff()["after"] == {"user": "1"}
    assert "Binds" not in body(plan(there, user="1", keep_volumes=False))["HostConfig"]
    moved = body(plan(snapshot({}), user="1", volumes=["named:/image"]))
    assert moved["HostConfig"]["Binds"] == ["named:/image"]


def test_the_return_value_has_no_values_of_env_and_no_internal_labels():
    """The names of variables are shown."""
    there = snapshot({"env": {"SECRET": "canary"}})
    shown = report({}, there)["container"]["Config"]
    assert "SECRET=(hidden)" in shown["Env"]
    assert shown["Labels"] == {"of": "image"}
    assert "canary" in str(there.container)


@pytest.mark.parametrize(("option", "sub", "value", "entry"), SUBOPTIONS)
def test_a_suboption_that_is_no_longer_declared_is_removed(option, sub, value, entry):
    """If a task created the container, unless the Engine may have chosen the value."""
    entry = {"target": "/a", **entry} if option == "mounts" else entry
    there = snapshot({option: [{**entry, sub: value}]})
    left = plan(there, **{option: [entry]})
    kept = sub in ("mac_address", "source") or value == "local"
    assert list(left.diff()["after"]) == ([] if kept else [option])
    there.container["Config"]["Labels"].pop("slipway.docker.declared")
    assert plan(there, **{option: [entry]}).actions() == []


def test_the_platform_is_compared_unless_ignored():
    """The image for another platform is pulled, and the container replaced."""
    there = snapshot({}, moved="it is on this host for linux/amd64, not for linux/arm64")
    pulled = "pull image one:latest: it is on this host for linux/amd64, not for linux/arm64"
    assert plan(there, platform="linux/arm64").actions()[0] == pulled
    with pytest.raises(
        InputError, match="one:latest is not the required one: it is on this host for .*, and pull is never"
    ):
        plan(there, platform="linux/arm64", pull="never")
    of_several = snapshot({})
    platform = {"os": "linux", "architecture": "arm64"}
    of_several.container["ImageManifestDescriptor"] = {"digest": "sha256:" + "d" * 64, "platform": platform}
    of_several = replace(of_several, image={**of_several.image, "Os": "linux", "Architecture": "amd64"})
    assert list(plan(of_several, platform="linux/amd64").diff()["after"]) == ["image"]
    assert plan(of_several).actions() == []
    assert plan(of_several, platform="linux/amd64", comparisons={"platform": "ignore"}).actions() == []


def test_an_index_is_the_same_image_as_its_platform():
    """With the containerd image store, a container has the manifest of its platform."""
    there = snapshot({})
    there.container["ImageManifestDescriptor"] = {"digest": IMAGES["two:latest"]["Id"]}
    assert made({})["Image"] != IMAGES["two:latest"]["Id"]
    assert "image" not in plan(snapshot({}), image="one:latest").diff()["after"]
    moved = type(there)(there.container, IMAGES["two:latest"], there.made_of, version="1.51")
    assert "image" not in [change.name for change in plan(moved, image="two:latest").changes]


def test_mounts_of_newer_engines():
    """Image mounts, and tmpfs options in the Engine's form."""
    mounts = [
        {"target": "/a", "type": "image", "source": "two:latest", "subpath": "bin"},
        {"target": "/b", "type": "tmpfs", "tmpfs_options": [{"uid": 1}, {"noexec": None}]},
    ]
    there = snapshot({"mounts": mounts})
    assert there.container["HostConfig"]["Mounts"] == [
        {"Type": "image", "Target": "/a", "Source": "two:latest", "ImageOptions": {"Subpath": "bin"}},
        {"Type": "tmpfs", "Target": "/b", "TmpfsOptions": {"Options": [["noexec"], ["uid", "1"]]}},
    ]
    assert plan(there, mounts=mounts[::-1]).actions() == []
    mounts[0]["subpath"] = "etc"
    assert list(plan(there, mounts=mounts).diff()["after"]) == ["mounts"]


def test_the_image_from_which_defaults_are_taken():
    """That of the task or that of the container, for the environment, for example."""
    there = snapshot({}, image="two:latest")
    loose = {"image": "two:latest", "env": {"A": "1"}, "comparisons": {"image": "ignore"}}
    there.container["Config"]["Env"].append("A=1")
    replaced = plan(there, **loose)
    assert list(replaced.diff()["after"]) == ["env", "image"]
    assert "is replaced for another reason, which also changes what comparisons leave alone: image" in str(
        replaced.warnings
    )
    assert plan(there, **loose, image_comparison="current-image").actions() == []


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("data:/srv", "data:/srv:rw,rprivate,nosuid,nodev,rbind"),
        ("data:/srv:ro", "data:/srv:ro,rprivate,nosuid,nodev,rbind"),
        ("/srv/data:/srv", "/srv/data:/srv:rw,rprivate,rbind"),
        ("/srv/data:/srv:rshared", "/srv/data:/srv:rshared,rbind,rw"),
    ],
)
def test_mount_options_that_podman_adds_are_no_change(declared, shown):
    """Podman shows options that were not requested."""
    container = made({"volumes": [declared]})
    container["HostConfig"]["Binds"] = [shown]
    found = volumes.decode_volumes(container)
    assert found["/srv"] == volumes.volumes([declared])["/srv"]


@pytest.mark.parametrize("there", [None, {"memory": "64m", "memory_swap": "96m"}])
def test_the_default_limit_of_swap_counts_as_unset(there):
    """The Engine sets it to twice the memory."""
    zero = plan(snapshot(there), memory="64m", memory_swap="0")
    assert body(zero) == body(plan(snapshot(there), memory="64m"))


def test_an_unlimited_swap_is_no_difference():
    """The Engine's default is not taken for an explicit value."""
    observed = snapshot({"memory": "64m"})
    observed.container["HostConfig"]["MemorySwap"] = 128 * 1024**2
    assert plan(observed, memory="64m", memory_swap="0").actions() == []


@pytest.mark.parametrize(("option", "looks"), [({"memory": "64m"}, 1), ({"user": "1"}, 2)])
def test_a_container_is_compared_once(option, looks, monkeypatch):
    """For an update and for a replacement, which reads the old container once more; images are read once."""
    observed = snapshot({"memory": "32m"})
    places = (planning, "declared"), (planning, "compare"), (convergence, "compare"), (Table, "have")
    plan(observed)
    calls = count_calls(monkeypatch, *places)
    assert plan(observed, **{"memory": "32m", **option}).actions()
    assert calls == {"declared": 1, "compare": 1, "have": looks}
