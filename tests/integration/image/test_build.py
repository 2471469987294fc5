# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building images with both builders of a real engine, verified in containers."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext

import pytest
from harness.driver import Modules, failed, run_measured, succeeded
from harness.image import BASE, BUSYBOX

BUILDERS = ("buildkit", "classic")
LABEL = "slipway.docker.build"


@pytest.fixture
def context(tmp_path):
    """A directory that can be built without a registry."""
    (tmp_path / "Dockerfile").write_text(
        "FROM scratch\nCOPY busybox /bin/busybox\nCOPY page /page\n"
        'RUN ["/bin/busybox", "sh", "-c", "echo built >/built; echo said"]\nCMD ["/bin/busybox", "cat", "/page"]\n'
    )
    (tmp_path / "busybox").write_bytes(BUSYBOX.read_bytes())
    (tmp_path / "busybox").chmod(0o755)
    (tmp_path / "page").write_text("one\n")
    return tmp_path


@pytest.fixture
def remove(engine):
    """Removes the images after the test."""
    names = []
    yield names.append
    for name in names:
        engine.docker("image", "rm", "--force", name)


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("target", ["0", "1", "02", "LAST", "7", "none"])
def test_unknown_targets_are_rejected_in_check_mode(engine, module, context, name, remove, builder, target):
    """Exactly those that the builder rejects."""
    (context / "Dockerfile").write_text("FROM scratch\nCOPY page /\nFROM scratch AS last\nCOPY page /other\n")
    remove(name)
    build = {"path": str(context), "builder": builder, "target": target}
    predicted = module("image", check=True, name=name, build=build)
    done = module("image", name=name, build=build)
    assert predicted["failed"] == done["failed"], done
    if builder == "classic":  # like the docker command of the tests
        with pytest.raises(AssertionError, match="target") if done["failed"] else nullcontext():
            engine.docker("build", "--tag", name, "--target", target, str(context))


@pytest.mark.parametrize("builder", BUILDERS)
def test_an_image_is_built_once(engine, scenario, module, context, name, remove, builder):
    """It is built again only if its files or options have changed, which check mode predicts."""
    remove(name)
    params = {"name": name, "build": {"path": str(context), "builder": builder}}
    built = scenario("image", **params)
    assert built["actions"] == ["build image %s:latest: it does not exist" % name]
    assert "said" in built["stdout"]
    assert engine.docker("run", "--rm", name) == "one"
    assert engine.docker("run", "--rm", name, "/bin/busybox", "cat", "/built") == "built"
    assert built["image"]["Id"] == engine.inspect("image", name)["Id"]

    os.utime(context / "page", (1, 1))
    assert not succeeded(module("image", **params))["changed"]

    (context / "page").write_text("two\n")
    again = scenario("image", **params)
    assert again["actions"] == ["build image %s:latest: the files or options that it is built from have changed" % name]
    assert engine.docker("run", "--rm", name) == "two"

    forced = succeeded(module("image", force_source=True, **params))
    assert forced["actions"] == ["build image %s:latest: force_source is set" % name]
    assert forced["changed"] is False, "it came from the builder's cache"
    assert forced["image"]["Id"] == again["image"]["Id"]
    afresh = {**params, "build": {**params["build"], "nocache": True}}
    assert succeeded(module("image", force_source=True, check=True, **afresh))["changed"]
    other = succeeded(module("image", force_source=True, **afresh))
    assert other["changed"] is (other["image"]["Id"] != again["image"]["Id"])
    assert not succeeded(module("image", **params))["changed"]


@pytest.mark.parametrize("builder", BUILDERS)
def test_each_option_of_a_build(engine, module, context, name, remove, builder):
    """It has an effect on the image, and a change of it builds again."""
    remove(name)
    (context / "deploy").mkdir()
    (context / "deploy" / "Dockerfile").write_text(
        "ARG base=none\nFROM %s AS first\nARG word=default\n"
        "RUN echo $word >/word; grep slipway-host /etc/hosts >/hosts || true; ip -o link | wc -l >/links; "
        "df -k /dev/shm | tail -n 1 >/shm\n"
        "FROM first AS second\nRUN echo second >/stage\n" % BASE
    )
    params = {
        "name": name,
        "build": {"path": str(context), "dockerfile": "deploy/Dockerfile", "builder": builder, "target": "first"},
    }

    def read(path):
        return engine.docker("run", "--rm", name, "cat", path).strip()

    def change(**more):
        params["build"].update(more)
        assert succeeded(module("image", **params))["actions"][0].startswith("build image ")
        assert not succeeded(module("image", check=True, **params))["changed"]

    change()
    assert read("/word") == "default"
    change(args={"word": "1.5"})
    assert read("/word") == "1.5"
    # The cache of the classic builder ignores hosts, networks and sizes, so the word changes, too.
    change(etc_hosts={"slipway-host": "192.0.2.1", "slipway-host2": "192.0.2.2"}, args={"word": 1})
    assert read("/hosts").split()[:2] == ["192.0.2.1", "slipway-host"]
    assert "slipway-host2" in read("/hosts")
    change(network="none", args={"word": 2})
    assert read("/links") == "1"
    change(labels={"team": "one", "n": 1})
    labels = engine.inspect("image", name)["Config"]["Labels"]
    assert (labels["team"], labels["n"]) == ("one", "1")
    assert labels[LABEL].startswith("sha256:")
    change(target="second", platform="linux/amd64")
    assert read("/stage") == "second"
    major, minor = engine.api("GET", "/version")["ApiVersion"].split(".")
    if builder == "classic" or (int(major), int(minor)) >= (1, 42):
        change(shm_size="32m", args={"word": 3})
        assert read("/shm").split()[1] == "32768"
    else:
        params["build"].update(shm_size="32m")
        assert "build.shm_size: the BuildKit of this engine ignores it" in failed(module("image", **params))


@pytest.mark.parametrize("builder", BUILDERS)
def test_options_that_do_not_affect_the_image(scenario, module, context, name, remove, builder):
    """Changing them does not start a build."""
    remove(name)
    build = {"path": str(context), "builder": builder}
    scenario("image", name=name, build=build)
    more = {"nocache": True, "cache_from": [BASE], "rm": False, "http_timeout": 60}
    if builder == "classic":
        more.update(shm_size="1g")
    assert not succeeded(module("image", name=name, build={**build, **more}))["changed"]
    (context / "page").write_text("two\n")
    built = succeeded(module("image", name=name, build={**build, **more}))
    assert "said" in built["stdout"]


def test_the_same_files_are_ignored_as_by_the_docker_command(engine, module, tmp_path, name, remove):
    """It builds an image from the same context."""
    files = (
        "a.txt a.log keep.log deep/a.log deep/keep.log deep/er/a.txt node_modules/x sub/node_modules/y/z "
        "tmp/1 tmp/keep/2 tmp/keep/3.log .hidden x+y(z).c docs/README.md docs/README-secret.md docs/x.md Zed/z bin/b"
    )
    for path in files.split():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "empty" / "er").mkdir(parents=True)
    (tmp_path / "link").symlink_to("tmp/keep")
    (tmp_path / "Dockerfile").write_text("FROM %s\nCOPY . /all/\n" % BASE)
    rules = (
        "# a comment\n*.log\n**/node_modules\n!keep.log\ntmp\n!tmp/keep\ntmp/**/*.log\n.hid*\n/x+y(z).c\n"
        "docs/*.md\n!docs/README*.md\ndocs/README-secret.md\n[A-Z]*\n  bin/  \n.dockerignore\nempty/er\n"
    )
    (tmp_path / ".dockerignore").write_text(rules)
    witness, ours = name + "-witness", name
    remove(witness)
    remove(ours)
    engine.docker("build", "--tag", witness, str(tmp_path))
    # The docker command 20.10 treats this rule as a regular expression and keeps the file.
    expected = set(engine.docker("run", "--rm", witness, "find", "/all").split("\n")) - {"/all/x+y(z).c"}
    for builder in BUILDERS:
        succeeded(module("image", name=ours, build={"path": str(tmp_path), "builder": builder}))
        found = engine.docker("run", "--rm", ours, "find", "/all")
        left = {"/all/Dockerfile"} if builder == "buildkit" else set()
        assert set(found.split("\n")) - left == expected


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_dockerfile_outside_of_the_context(engine, scenario, context, name, remove, builder, tmp_path_factory):
    """With an absolute and a relative path."""
    remove(name)
    outside = tmp_path_factory.mktemp("outside") / "Dockerfile"
    outside.write_text('FROM %s\nCOPY page /page\nCMD ["cat", "/page"]\n' % BASE)
    params = {"path": str(context), "builder": builder}
    scenario("image", name=name, build={**params, "dockerfile": str(outside)})
    assert engine.docker("run", "--rm", name) == "one"
    relative = os.path.relpath(outside, context)
    scenario("image", name=name, build={**params, "dockerfile": relative}, changed=False)


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_failed_build(engine, module, context, name, builder):
    """The result has the reason and the end of the log, and no image is left."""
    with (context / "Dockerfile").open("a") as file:
        file.write('RUN ["/bin/busybox", "sh", "-c", "echo on the way; echo the reason >&2; exit 7"]\n')
    result = module("image", name=name, build={"path": str(context), "builder": builder})
    message = failed(result)
    assert message.startswith("Could not build image %s:latest: The build failed:" % name)
    assert "the reason" in message
    assert "7" in message
    assert "on the way" in result["stdout"]
    assert result["stdout_lines"] == []
    assert name not in engine.docker("image", "ls", "--format", "{{.Repository}}")


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize(
    ("dockerfile", "why"),
    [
        ("FRO scratch\n", "FRO"),
        ("", "empty"),
        ("FROM scratch\nCOPY missing /\n", "missing"),
        ("FROM slipway/nothing:1\n", "slipway/nothing"),
    ],
)
def test_invalid_dockerfiles_are_rejected(module, context, name, builder, dockerfile, why):
    """With one sentence each."""
    (context / "Dockerfile").write_text(dockerfile)
    assert why in failed(module("image", name=name, build={"path": str(context), "builder": builder}))


def test_missing_contexts_are_rejected(module, context, name):
    """Before the engine is queried, also in check mode, unless an earlier task may create the directory."""
    missing = {"name": name, "build": {"path": "/nonexistent"}}
    predicted = succeeded(module("image", check=True, **missing))
    assert predicted["actions"] == ["build image %s:latest: its files do not exist yet" % name]
    assert "can only be built if an earlier task creates the directory /nonexistent" in str(predicted["warnings"])
    assert "there is no directory /nonexistent on this host. Copy the context" in failed(module("image", **missing))
    for build, why in (
        ({"path": str(context), "dockerfile": "missing"}, "there is no file %s/missing on this host" % context),
        ({"path": str(context), "shm_size": "big"}, "build.shm_size: 'big' is not a size such as 512m or 2g"),
    ):
        for check in (True, False):
            assert why in failed(module("image", check=check, name=name, build=build))


@pytest.mark.parametrize("builder", BUILDERS)
def test_build_pull(engine, module, scenario, open_registry, name, remove, tmp_path, builder):
    """The image is built again if its base image has moved. Check mode queries the registry without downloading."""
    remove(name)
    base = "%s/%s:1" % (open_registry, name)
    remove(base)

    def publish(word):
        engine.docker("build", "--tag", base, "-", stdin="FROM %s\nLABEL word=%s\n" % (BASE, word))
        engine.docker("push", base)
        return engine.inspect("image", base)["Id"]

    def word():
        return engine.inspect("image", name)["Config"]["Labels"]["word"]

    old = publish("one")
    (tmp_path / "Dockerfile").write_text("ARG base=nothing\nFROM $base\nRUN echo done >/done\n")
    build = {"path": str(tmp_path), "builder": builder, "args": {"base": base}}
    params = {"name": name, "build": {**build, "pull": True}}
    scenario("image", **params)
    assert word() == "one"

    publish("two")
    engine.docker("tag", old, base)
    predicted = succeeded(module("image", check=True, **params))
    why = "the files, options or base images that it is built from have changed"
    assert predicted["actions"] == ["build image %s:latest: %s" % (name, why)]
    assert engine.inspect("image", base)["Id"] == old
    scenario("image", **params)
    assert word() == "two"

    params["build"]["args"] = {"base": base + "-missing"}
    for check in (True, False):
        message = failed(module("image", check=check, **params))
        assert "build.pull: the registry does not have the base image %s-missing" % base in message


@pytest.mark.parametrize("builder", BUILDERS)
def test_proxies_of_the_docker_command(engine, scenario, module, name, remove, tmp_path, builder):
    """They are set during the build, are not stored in the image, and do not cause another build."""
    remove(name)
    context, configuration = tmp_path / "context", tmp_path / "config.json"
    context.mkdir()
    (context / "Dockerfile").write_text('FROM %s\nRUN echo "$http_proxy $HTTPS_PROXY $no_proxy" >/proxies\n' % BASE)
    configuration.write_text(
        json.dumps({"proxies": {"default": {"httpProxy": "http://one.example", "httpsProxy": "http://two.example"}}})
    )
    build = {"path": str(context), "builder": builder, "use_config_proxy": True, "args": {"no_proxy": "localhost"}}
    params = {"name": name, "config_path": str(configuration), "build": build}
    scenario("image", **params)
    assert engine.docker("run", "--rm", name, "cat", "/proxies") == "http://one.example http://two.example localhost"
    assert "one.example" not in json.dumps(engine.inspect("image", name)["Config"])
    configuration.write_text(json.dumps({"proxies": {engine.host: {"httpProxy": "http://three.example"}}}))
    assert not succeeded(module("image", **params))["changed"]
    (context / "new").write_text("file")
    succeeded(module("image", **params, force_source=True))
    build.update(nocache=True)
    succeeded(module("image", **params, force_source=True))
    assert engine.docker("run", "--rm", name, "cat", "/proxies") == "http://three.example  localhost"


def test_limits_of_the_containers_of_a_build(engine, module, context, name, remove):
    """As the Engine shows them."""
    remove(name)
    limits = {"memory": "64m", "memswap": "128m", "cpushares": 512, "cpusetcpus": "0"}
    build = {"path": str(context), "builder": "classic", "container_limits": limits, "rm": False, "nocache": True}
    succeeded(module("image", name=name, build=build))
    (container,) = engine.docker("ps", "--all", "--quiet", "--filter", "status=exited").split("\n")[:1]
    host = engine.inspect("container", container)["HostConfig"]
    assert (host["Memory"], host["MemorySwap"], host["CpuShares"]) == (64 << 20, 128 << 20, 512)
    assert host["CpusetCpus"] == "0"
    limits.update(memory="much")
    assert "build.container_limits.memory: 'much' is not a size such as 512m or 2g" in failed(
        module("image", name=name, build=build)
    )


def test_squash(engine, engine_factory, context, name):
    """With experimental features of the engine; otherwise it is rejected."""
    build = {"path": str(context), "builder": "classic", "squash": True}
    assert "experimental" in failed(Modules(engine)("image", name=name, build=build))
    able = engine_factory("experimental", daemon_json={"experimental": True})
    squashed = Modules(able).scenario("image", name=name, build=build)
    assert len(squashed["image"]["RootFS"]["Layers"]) == 1
    assert able.docker("run", "--rm", name) == "one"
    whole = Modules(able).scenario("image", name=name, build={**build, "squash": False})
    assert len(able.inspect("image", name)["RootFS"]["Layers"]) == 3, whole
    able.stop()


def test_cache_from(engine, module, name, remove, tmp_path):
    """Its instructions are not run again."""
    (tmp_path / "Dockerfile").write_text("FROM %s\nRUN cat /proc/sys/kernel/random/uuid >/made\n" % BASE)
    build = {"path": str(tmp_path), "builder": "classic"}
    images = [name + "-" + part for part in ("before", "without", "with")]
    before, without, cached = images
    succeeded(module("image", name=before, build=build))
    # A loaded image has no parents, so the engine's own cache is not used.
    archive = tmp_path / "before.tar"
    engine.docker("save", "--output", str(archive), before)
    engine.docker("image", "rm", before)
    engine.docker("load", "--input", str(archive))
    archive.unlink()
    for image in images:
        remove(image)
    assert "Using cache" not in succeeded(module("image", name=without, build=build))["stdout"]
    done = succeeded(module("image", name=cached, build={**build, "cache_from": [before]}))
    assert "Using cache" in done["stdout"]
    made = {image: engine.docker("run", "--rm", image, "cat", "/made") for image in images}
    assert made[cached] == made[before] != made[without]


def test_options_that_need_a_session_are_rejected(module, tmp_path, name):
    """For example, secrets. The error names an alternative."""
    (tmp_path / "Dockerfile").write_text(
        "FROM %s\nRUN --mount=type=secret,id=token,required=true cat /run/secrets/token\n" % BASE
    )
    message = failed(module("image", name=name, build={"path": str(tmp_path)}))
    assert "The build needs a secret or an ssh key, which only a session of the Docker CLI can provide" in message
    secrets = [{"id": "token", "type": "value", "value": "a canary"}]
    for check in (True, False):
        refused = module("image", check=check, name=name, build={"path": str(tmp_path), "secrets": secrets})
        assert "build.secrets: build secrets need a session of the Docker CLI" in failed(refused)
        assert "canary" not in str(refused)


def test_a_large_context_takes_little_memory(engine, context, name, remove):
    """It is streamed: the module uses less than 100 MiB for 600 MiB of files."""
    remove(name)
    with (context / "large").open("wb") as file:
        file.truncate(600 << 20)
    (context / "Dockerfile").write_text("FROM scratch\nCOPY page /page\n")
    result, peak = run_measured("image", {"docker_host": engine.host, "name": name, "build": {"path": str(context)}})
    assert result["image"]["Id"]
    assert peak < 100 << 20, "%d MiB" % (peak >> 20)
