# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulling, pushing, tagging and removing images with a real engine and registry, verified with the docker command."""

from __future__ import annotations

import pytest
from harness import oci
from harness.driver import failed, succeeded
from harness.image import BASE
from harness.registry import Registry


@pytest.fixture
def login(registry, engine):
    """Makes the engine trust the registry. Returns the options for a login."""
    registry.admit(engine)
    return {"username": registry.username, "password": registry.password}


@pytest.fixture
def remote(registry, name):
    """A unique repository in the registry."""
    return "%s/team/%s" % (registry.host, name)


@pytest.fixture
def variant(engine, name):
    """Creates images that differ from all others: variant("reference", "word")."""

    def make(reference, word):
        text = "FROM %s\nLABEL word=%s test=%s\n" % (BASE, word, name)
        engine.docker("build", "--tag", reference, "-", stdin=text)

    return make


def word(engine, reference):
    """The word of a variant."""
    return engine.inspect("image", reference)["Config"]["Labels"]["word"]


def digest_of(engine, reference, repository):
    """The digest of an image in a repository, according to the docker command."""
    found = [entry for entry in engine.inspect("image", reference)["RepoDigests"] if entry.startswith(repository + "@")]
    return found[0].partition("@")[2]


def test_an_image_is_tagged_and_pushed(engine, registry, scenario, login, remote, variant, name):
    """Once, and again when the image has changed."""
    variant(name, "one")
    params = {"name": name, "source": "local", "repository": remote + ":1", "push": True, **login}
    pushed = scenario("image", **params)
    assert pushed["actions"] == [
        "tag image %s:1: the name does not exist" % remote,
        "push image %s:1: the registry does not have it" % remote,
    ]
    assert oci.fetch(registry, "team/" + name, "1")
    assert pushed["digest"] == digest_of(engine, name, remote)

    variant(name, "two")
    again = scenario("image", **params)
    assert again["actions"] == [
        "tag image %s:1: it is another image" % remote,
        "push image %s:1: the registry has another image with this name, %s" % (remote, pushed["digest"]),
    ]
    assert again["digest"] != pushed["digest"]
    engine.docker("image", "rm", name, remote + ":1")
    engine.docker("pull", remote + ":1")
    assert word(engine, remote + ":1") == "two"

    other = scenario("image", name=remote + ":1", source="local", repository=remote + ":2", push=True, **login)
    assert other["digest"] == again["digest"]
    assert oci.fetch(registry, "team/" + name, "2")


def test_an_image_is_pulled_by_tag_digest_and_both(engine, scenario, login, remote, variant):
    """If it does not exist."""
    variant(remote + ":1", "one")
    engine.docker("push", remote + ":1")
    digest = digest_of(engine, remote + ":1", remote)
    engine.docker("image", "rm", remote + ":1")

    scenario("image", name=remote + ":1", **login)
    assert word(engine, remote + ":1") == "one"
    engine.docker("image", "rm", remote + ":1")

    by_digest = "%s@%s" % (remote, digest)
    pulled = scenario("image", name=by_digest, **login)
    assert pulled["digest"] == digest
    assert word(engine, by_digest) == "one"
    scenario("image", name="%s:1@%s" % (remote, digest), pull={"policy": "always"}, changed=False, **login)
    scenario("image", name=remote, tag=digest, changed=False)
    engine.docker("image", "rm", by_digest)


def test_pull_always_follows_a_moved_tag(engine, scenario, module, login, remote, variant):
    """Check mode predicts this without downloading."""
    for text in ("two", "one"):
        variant(remote + ":stable", text)
        engine.docker("push", remote + ":stable")
    following = {"name": remote, "tag": "stable", "pull": {"policy": "always"}, **login}
    scenario("image", changed=False, **following)

    old = engine.inspect("image", remote + ":stable")["Id"]
    variant(remote + ":stable", "two")
    engine.docker("push", remote + ":stable")
    engine.docker("tag", old, remote + ":stable")
    scenario("image", name=remote + ":stable", changed=False, **login)
    predicted = succeeded(module("image", check=True, **following))
    assert engine.inspect("image", remote + ":stable")["Id"] == old
    moved = scenario("image", **following)
    assert moved["actions"] == predicted["actions"]
    assert moved["diff"]["after"]["registry_digest"] == moved["digest"]
    assert word(engine, remote + ":stable") == "two"


def test_force_tag_false(engine, module, scenario, variant, name):
    """A name of another image stays there, with a warning."""
    variant(name + ":1", "one")
    variant(name + ":2", "two")
    scenario("image", name=name + ":1", source="local", repository=name + ":now")
    kept = succeeded(module("image", name=name + ":2", source="local", repository=name + ":now", force_tag=False))
    assert not kept["changed"]
    assert "is left alone" in str(kept["warnings"])
    assert word(engine, name + ":now") == "one"
    scenario("image", name=name + ":2", source="local", repository=name + ":now")
    assert word(engine, name + ":now") == "two"


def test_an_image_is_removed_name_by_name(engine, scenario, module, variant, name):
    """With its last name, or with all names by ID."""
    variant(name + ":1", "one")
    engine.docker("tag", name + ":1", name + ":2")
    image = engine.inspect("image", name + ":1")["Id"]
    untagged = scenario("image", name=name, tag="1", state="absent")
    assert (untagged["untagged"], untagged["deleted"]) == ([name + ":1"], [])
    assert word(engine, name + ":2") == "one"
    removed = scenario("image", name=name + ":2", state="absent")
    assert removed["untagged"] == [name + ":2"]
    assert image in removed["deleted"]
    assert name not in engine.docker("image", "ls")

    variant(name + ":1", "one")
    engine.docker("tag", name + ":1", name + ":2")
    image = engine.inspect("image", name + ":1")["Id"]
    for check in (True, False):
        message = failed(module("image", check=check, name=image, state="absent"))
        assert "The image has several names: %s:1, %s:2. Remove it by each" % (name, name) in message
    scenario("image", name=image, state="absent", force_absent=True)
    assert name not in engine.docker("image", "ls")


@pytest.mark.usefixtures("classic_store")
def test_a_digest_is_removed(engine, scenario, login, remote, variant):
    """With the image, if it has no other name."""
    variant(remote + ":1", "one")
    engine.docker("push", remote + ":1")
    by_digest = "%s@%s" % (remote, digest_of(engine, remote + ":1", remote))
    image = engine.inspect("image", by_digest)["Id"]
    scenario("image", name=by_digest, state="absent")
    assert word(engine, remote + ":1") == "one"
    engine.docker("image", "rm", remote + ":1")
    engine.docker("pull", by_digest)
    scenario("image", name=by_digest, state="absent")
    assert image not in engine.docker("image", "ls", "--all", "--no-trunc")


def test_prune_false(engine, scenario, variant, name):
    """Untagged parents are kept."""
    for prune in (True, False):
        engine.docker(
            "build", "--tag", name, "-", stdin="FROM %s\nLABEL prune=%s\nLABEL word=%s\n" % (BASE, prune, name)
        )
        parent = engine.inspect("image", name)["Parent"]
        scenario("image", name=name, state="absent", prune=prune)
        left = engine.docker("image", "ls", "--all", "--no-trunc", "--quiet").split()
        assert (parent in left) is not prune
    engine.docker("image", "rm", parent)


@pytest.mark.usefixtures("classic_store")
def test_an_image_in_use_is_not_removed(engine, module, scenario, variant, name):
    """Containers are named; in check mode this is a warning. One of several names can be removed."""
    variant(name, "one")
    image = engine.inspect("image", name)["Id"]
    engine.docker("run", "--detach", "--name", "user", name, "sleep", "1000")
    by_name = {"name": name, "state": "absent"}
    for task in (by_name, {**by_name, "name": image, "force_absent": True}):
        foretold = succeeded(module("image", check=True, **task))
        assert foretold["changed"]
        assert "is used by the container user (running)." in str(foretold["warnings"])
        message = failed(module("image", **task))
        assert "is used by the container user (running). Remove the container first." in message
    assert word(engine, name) == "one"
    engine.docker("tag", name, name + ":2")
    scenario("image", name=name + ":2", state="absent")
    scenario("image", name=name, state="absent", force_absent=True)
    assert engine.inspect("container", "user")["State"]["Running"]
    assert word(engine, image) == "one"

    engine.docker("tag", image, name)
    engine.docker("kill", "user")
    message = failed(module("image", name=name, state="absent"))
    assert "the container user (exited). Remove the container first, or set 'force_absent: true'" in message
    scenario("image", name=name, state="absent", force_absent=True)
    assert image not in engine.docker("image", "ls", "--no-trunc", "--quiet")


@pytest.mark.usefixtures("classic_store")
def test_an_image_with_child_images(engine, module, scenario, variant, name):
    """Its name is removed, and the image is kept as long as its children."""
    variant(name + ":1", "one")
    image = engine.inspect("image", name + ":1")["Id"]
    engine.docker("build", "--tag", name + ":2", "-", stdin="FROM %s:1\nLABEL more=1\n" % name)
    assert "dependent child images" in failed(module("image", name=image, state="absent", force_absent=True))
    scenario("image", name=name + ":1", state="absent")
    assert word(engine, image) == "one"
    scenario("image", name=name + ":2", state="absent")


@pytest.mark.parametrize("check", [True, False])
def test_missing_images_that_must_not_be_pulled(module, name, check):
    """They are errors."""
    why = "The image %s:latest is not on this host" % name
    assert why in failed(module("image", check=check, name=name, source="local"))
    assert why in failed(module("image", check=check, name=name, pull={"policy": "never"}))


def test_errors_of_registries(engine, module, registry, login, remote, variant):
    """One sentence with a remedy, and nothing is left."""
    cases = (
        (remote + ":missing", login, "The registry has no image %s:missing" % remote),
        (remote, {**login, "password": "wrong"}, "requires a login, or rejects the credentials"),
        (remote, {"config_path": "/nonexistent"}, "requires a login, or rejects the credentials"),
        ("%s:1/app" % registry.address, {}, "No server listens at the registry"),
        ("registry.invalid/app", {}, "registry of registry.invalid/app"),
    )
    for reference, options, why in cases:
        assert why in failed(module("image", name=reference, **options))
    variant(remote + ":1", "one")
    wrong = {**login, "password": "wrong"}
    assert "requires a login, or rejects the credentials" in failed(
        module("image", name=remote + ":1", source="local", push=True, **wrong)
    )
    engine.docker("push", remote + ":1")
    platform = {"policy": "always", "platform": "linux/arm64"}
    message = failed(module("image", name=remote + ":1", pull=platform, **login))
    assert "for this platform" in message or "for linux/amd64 only, not for linux/arm64" in message


def test_errors_of_pulls(engine, module, stub_registry):
    """Rate limits, denied access and missing platforms: with a remedy, and nothing is left."""
    for repository, why, fix in (
        (
            "limited",
            "has received too many requests from this host",
            "Log in (module slipway.docker.registry), wait, or use a",
        ),
        (
            "denied",
            "the user is not allowed to do this, or the repository does not exist",
            "Check the name, and log in as a user who is allowed to (module slipway.docker.registry)",
        ),
        ("foreign", "There is no image %s/foreign:1 for this platform" % stub_registry, "Choose a platform that"),
    ):
        message = failed(module("image", name="%s/%s:1" % (stub_registry, repository)))
        assert why in message
        assert fix in message
    assert stub_registry not in engine.docker("image", "ls")


@pytest.mark.usefixtures("classic_store")
def test_a_long_pull_with_progress_has_no_time_limit(engine, scenario, module, stub_registry):
    """The option timeout limits only silence. This layer takes 8 seconds."""
    name = stub_registry + "/slow:1"
    scenario("image", name=name, timeout=3)
    engine.docker("image", "rm", name)
    message = failed(module("image", name=stub_registry + "/silent:1", timeout=3))
    assert "No data from" in message
    assert "for 3 s: nothing arrived" in message
    assert "increase timeout" in message


def test_an_untrusted_registry(lab, authority, engine, module, variant):
    """The error says where to put the CA certificate."""
    other = Registry(lab, authority, "stranger")
    reference = other.host + "/app:1"
    variant(reference, "one")
    for params in ({"pull": {"policy": "always"}}, {"source": "local", "push": True}):
        message = failed(module("image", name=reference, username="a", password="b", **params))
        assert "does not trust the certificate" in message
        assert "module slipway.docker.registry" in message


def test_stored_credentials(engine, scenario, login, registry, remote, variant, tmp_path):
    """From the file of the docker command."""
    variant(remote + ":1", "one")
    configuration = str(engine.root / "client" / "config.json")
    scenario("image", name=remote + ":1", source="local", push=True, config_path=configuration)
    assert oci.fetch(registry, remote.partition("/")[2], "1")


def test_a_private_base_image(engine, module, login, remote, variant, name, tmp_path):
    """The classic builder pulls it with stored credentials; BuildKit uses an existing one."""
    variant(remote + ":1", "base")
    engine.docker("push", remote + ":1")
    (tmp_path / "Dockerfile").write_text("FROM %s:1\nRUN echo 1 >/file\n" % remote)
    configuration = str(engine.root / "client" / "config.json")
    for builder in ("classic", "buildkit"):
        if builder == "classic":
            engine.docker("image", "rm", remote + ":1")
        build = {"path": str(tmp_path), "builder": builder}
        built = {"name": name, "tag": builder, "build": build, "config_path": configuration}
        assert succeeded(module("image", **built))["changed"]
        assert word(engine, "%s:%s" % (name, builder)) == "base"


def test_image_info(engine, module, variant, name):
    """By name, digest or ID, and all images. Missing ones are left out."""
    variant(name, "one")
    image = engine.inspect("image", name)
    short = image["Id"][7:19]
    for names in ([name], [image["Id"]], [short], ["sha256:" + short], [name + "-missing", name + ":latest"]):
        found = succeeded(module("image_info", name=names))
        assert [entry["Id"] for entry in found["images"]] == [image["Id"]]
        assert not {"History", "Containers"} & set(found["images"][0])
    assert succeeded(module("image_info", name=["0" * 12]))["images"] == []
    engine.docker("tag", BASE, short)  # a name takes precedence over an ID
    (found,) = succeeded(module("image_info", name=[short]))["images"]
    assert found["Id"] == engine.inspect("image", BASE)["Id"]
    engine.docker("image", "rm", short + ":latest")
    assert succeeded(module("image_info", name=[]))["images"] == []
    every = {entry["Id"] for entry in succeeded(module("image_info"))["images"]}
    assert every >= {image["Id"], engine.inspect("image", BASE)["Id"]}
    assert "uppercase" in failed(module("image_info", name=["App"]))


def test_image_info_by_digest_and_filter(engine, module, login, remote, variant, name):
    """With the filters of the Engine."""
    variant(remote + ":1", name)
    engine.docker("push", remote + ":1")
    image = engine.inspect("image", remote + ":1")["Id"]
    by_digest = "%s@%s" % (remote, digest_of(engine, remote + ":1", remote))
    for options in (
        {"name": by_digest},
        {"filters": {"reference": remote}},
        {"filters": {"label": ["word=" + name], "dangling": False}},
    ):
        assert [entry["Id"] for entry in succeeded(module("image_info", **options))["images"]] == [image], options
    assert succeeded(module("image_info", filters={"reference": remote + "-no"}))["images"] == []
    for filters, why in (({"nonsense": 1}, "nonsense"), ({"label": {"a": 1}}, "filters: expected a string")):
        assert why in failed(module("image_info", filters=filters))
    assert "mutually exclusive" in module("image_info", name=[name], filters={"dangling": True})["msg"]


def test_untagged_images_are_found_and_removed(engine, module, scenario, variant, name):
    """With the filter dangling, one by one."""
    variant(name, "one")
    left = engine.inspect("image", name)["Id"]
    variant(name, "two")
    options = {"filters": {"dangling": True, "label": "test=" + name}}
    (found,) = succeeded(module("image_info", **options))["images"]
    assert (found["Id"], found["RepoTags"]) == (left, [])
    removed = scenario("image", name=found["Id"], state="absent")
    assert removed["actions"] == ["remove image %s: it exists, and state is absent" % left]
    assert succeeded(module("image_info", **options))["images"] == []
    assert word(engine, name) == "two"


def test_history_and_containers_of_images(engine, module, variant, name):
    """Of the image, not of its children."""
    variant(name, "one")
    engine.docker("build", "--tag", name + ":child", "-", stdin="FROM %s\nLABEL more=1\n" % name)
    engine.docker("run", "--detach", "--name", "runs", name, "sleep", "1000")
    engine.docker("create", "--name", "waits", "--link", "runs:friend", name)
    engine.docker("create", "--name", "other", name + ":child")
    (found,) = succeeded(module("image_info", name=[name], history=True, containers=True))["images"]
    users = {user["Name"]: (user["State"], user["Id"]) for user in found["Containers"]}
    assert users == {
        "runs": ("running", engine.inspect("container", "runs")["Id"]),
        "waits": ("created", engine.inspect("container", "waits")["Id"]),
    }
    assert found["History"] == engine.api("GET", "/images/%s/history" % name)
    assert "LABEL word=one" in found["History"][0]["CreatedBy"]
