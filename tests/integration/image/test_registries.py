# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulling, pushing, naming and removing images with a real engine and a real registry; the docker command judges."""

from __future__ import annotations

import pytest
from harness import oci
from harness.driver import failed, succeeded
from harness.image import BASE
from harness.registry import Registry


@pytest.fixture
def login(registry, engine):
    """Has the engine trust the registry; the options that log in to it."""
    registry.admit(engine)
    return {"username": registry.username, "password": registry.password}


@pytest.fixture
def remote(registry, name):
    """A repository in the registry that nothing else uses."""
    return "%s/team/%s" % (registry.host, name)


@pytest.fixture
def variant(engine, name):
    """Makes images that differ, from each other and from those of other tests: variant("reference", "word")."""

    def make(reference, word):
        text = "FROM %s\nLABEL word=%s test=%s\n" % (BASE, word, name)
        engine.docker("build", "--tag", reference, "-", stdin=text)

    return make


def word(engine, reference):
    """Which of the variants an image is."""
    return engine.inspect("image", reference)["Config"]["Labels"]["word"]


def digest_of(engine, reference, repository):
    """By what digest the docker command says that a repository knows an image."""
    found = [entry for entry in engine.inspect("image", reference)["RepoDigests"] if entry.startswith(repository + "@")]
    return found[0].partition("@")[2]


def test_an_image_is_named_and_pushed(engine, registry, scenario, login, remote, variant, name):
    """Once; and again when it has become another one."""
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
    """If it is not there."""
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


def test_a_moving_tag_is_followed(engine, scenario, module, login, remote, variant):
    """Only with the policy always; check mode knows and downloads nothing."""
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


def test_a_name_may_be_left_where_it_is(engine, module, scenario, variant, name):
    """With a warning, if another image has it."""
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
    """The last name takes it along; by id, all at once."""
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
    """The image goes with it, if nothing else names it."""
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


def test_parents_without_a_name_may_stay(engine, scenario, variant, name):
    """prune: false leaves them."""
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
def test_an_image_in_use_stays(engine, module, scenario, variant, name):
    """What uses it is named, by check mode in a warning, for an earlier task may remove it; one of several may go."""
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
def test_an_image_that_others_were_made_from(engine, module, scenario, variant, name):
    """Loses its name, and stays as long as they do."""
    variant(name + ":1", "one")
    image = engine.inspect("image", name + ":1")["Id"]
    engine.docker("build", "--tag", name + ":2", "-", stdin="FROM %s:1\nLABEL more=1\n" % name)
    assert "dependent child images" in failed(module("image", name=image, state="absent", force_absent=True))
    scenario("image", name=name + ":1", state="absent")
    assert word(engine, image) == "one"
    scenario("image", name=name + ":2", state="absent")


@pytest.mark.parametrize("check", [True, False])
def test_what_the_host_has_to_have(module, name, check):
    """Missing images that may not be pulled."""
    why = "The image %s:latest is not on this host" % name
    assert why in failed(module("image", check=check, name=name, source="local"))
    assert why in failed(module("image", check=check, name=name, pull={"policy": "never"}))


def test_refusals_of_registries(engine, module, registry, login, remote, variant):
    """Each says what to do, in one sentence, and leaves nothing."""
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


def test_pulls_that_registries_refuse(engine, module, stub_registry):
    """Rate limits, denials and platforms: what to do is said, and nothing stays."""
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
def test_a_long_pull_with_progress_goes_on(engine, scenario, module, stub_registry):
    """The option timeout is about silence, however long the pull takes: this layer takes 8 seconds."""
    name = stub_registry + "/slow:1"
    scenario("image", name=name, timeout=3)
    engine.docker("image", "rm", name)
    message = failed(module("image", name=stub_registry + "/silent:1", timeout=3))
    assert "No data from" in message
    assert "for 3 s: nothing arrived" in message
    assert "increase timeout" in message


def test_a_registry_that_is_not_trusted(lab, authority, engine, module, variant):
    """Says where the CA belongs."""
    other = Registry(lab, authority, "stranger")
    reference = other.host + "/app:1"
    variant(reference, "one")
    for params in ({"pull": {"policy": "always"}}, {"source": "local", "push": True}):
        message = failed(module("image", name=reference, username="a", password="b", **params))
        assert "does not trust the certificate" in message
        assert "module slipway.docker.registry" in message


def test_credentials_of_the_host(engine, scenario, login, registry, remote, variant, tmp_path):
    """The file that the docker command logs in with."""
    variant(remote + ":1", "one")
    configuration = str(engine.root / "client" / "config.json")
    scenario("image", name=remote + ":1", source="local", push=True, config_path=configuration)
    assert oci.fetch(registry, remote.partition("/")[2], "1")


def test_a_private_base_image(engine, module, login, remote, variant, name, tmp_path):
    """The classic builder pulls it with the host's credentials; BuildKit takes the one that is there."""
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


def test_images_are_shown(engine, module, variant, name):
    """By name, digest or id, all of them, and those that are not there left out."""
    variant(name, "one")
    image = engine.inspect("image", name)
    short = image["Id"][7:19]
    for names in ([name], [image["Id"]], [short], ["sha256:" + short], [name + "-missing", name + ":latest"]):
        found = succeeded(module("image_info", name=names))
        assert [entry["Id"] for entry in found["images"]] == [image["Id"]]
        assert not {"History", "Containers"} & set(found["images"][0])
    assert succeeded(module("image_info", name=["0" * 12]))["images"] == []
    engine.docker("tag", BASE, short)  # a name goes before an id
    (found,) = succeeded(module("image_info", name=[short]))["images"]
    assert found["Id"] == engine.inspect("image", BASE)["Id"]
    engine.docker("image", "rm", short + ":latest")
    assert succeeded(module("image_info", name=[]))["images"] == []
    every = {entry["Id"] for entry in succeeded(module("image_info"))["images"]}
    assert every >= {image["Id"], engine.inspect("image", BASE)["Id"]}
    assert "uppercase" in failed(module("image_info", name=["App"]))


def test_images_are_shown_by_digest_and_filter(engine, module, login, remote, variant, name):
    """The filters are the Engine's own."""
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


def test_images_without_a_name_are_found_and_removed(engine, module, scenario, variant, name):
    """By the filter dangling, one by one."""
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
    """Of the image itself, not of those that were made from it."""
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
