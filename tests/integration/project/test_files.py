# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets and configurations of containers."""

from __future__ import annotations

import base64

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError, StepError
from harness.driver import wait_for
from harness.image import BASE

TRAP = ["sh", "-c", "trap 'cat /run/config >> /tmp/seen' HUP; while true; do sleep 0.1; done"]


@pytest.fixture
def directory(tmp_path):
    """The directory for the files of projects."""
    return tmp_path / "files"


def contents(directory):
    """The files in it, with their modes."""
    return {path.read_bytes(): path.stat().st_mode & 0o7777 for path in directory.rglob("*") if path.is_file()}


def test_a_changed_file_replaces_its_container_only(project, engine, directory):
    """Once; the new content is in it, and the old one is nowhere."""
    containers = {
        "web": {"files": [{"path": "/run/secrets/key", "content": "s3cret-one"}], "depends_on": ["db"]},
        "db": {"files": [{"path": "/etc/db.conf", "content": "a=1\n", "mode": "0644"}]},
    }
    options = {"files_path": str(directory), "containers": containers}
    project.scenario(**options)
    assert engine.docker("exec", "web", "cat", "/run/secrets/key") == "s3cret-one"
    assert contents(directory) == {b"s3cret-one": 0o400, b"a=1\n": 0o644}
    assert {path.stat().st_mode & 0o777 for path in directory.rglob("*") if path.is_dir()} == {0o700}
    before = engine.inspect("container", "db")["Id"]
    containers["web"]["files"][0]["content"] = "s3cret-two"
    done = project.scenario(**options)
    assert engine.docker("exec", "web", "cat", "/run/secrets/key") == "s3cret-two"
    assert contents(directory) == {b"s3cret-two": 0o400, b"a=1\n": 0o644}
    assert engine.inspect("container", "db")["Id"] == before
    assert "s3cret" not in repr((done.plan.lines(), done.values))
    del containers["db"]["files"]
    project.scenario(**options)
    assert contents(directory) == {b"s3cret-two": 0o400}
    project.scenario(state="absent", **options)
    assert not list(directory.iterdir())


def test_a_changed_file_signals_its_container_only(project, engine, directory):
    """Which is not replaced; also if the file is written in binary."""
    entry = {"path": "/run/config", "content": "one\n", "on_change": "signal"}
    containers = {"web": {"files": [entry], "command": TRAP}, "db": {"command": TRAP}}
    options = {"files_path": str(directory), "containers": containers}
    project.scenario(**options)
    before = engine.inspect("container", "web")["Id"]
    entry.update(content=base64.b64encode(b"two\n").decode(), encoding="base64")
    done = project.scenario(**options)
    assert [step.kind for step in done.plan.steps] == ["write", "signal"]
    wait_for(lambda: engine.docker("exec", "web", "sh", "-c", "cat /tmp/seen || true") == "two")
    assert engine.inspect("container", "web")["Id"] == before
    assert engine.docker("exec", "db", "sh", "-c", "ls /tmp") == ""


def test_a_failure_takes_the_files_back(project, engine, directory):
    """Neither the old file is lost, nor the new one kept."""
    files = [{"path": "/run/key", "content": "one"}]
    project.scenario(files_path=str(directory), containers={"web": {"files": files}})
    new = {"files": [{"path": "/run/key", "content": "two"}], "command": ["false"]}
    with pytest.raises(StepError):
        project(files_path=str(directory), containers={"web": new})
    assert contents(directory) == {b"one": 0o400}
    assert engine.docker("exec", "web", "cat", "/run/key") == "one"


def test_a_lost_file_is_written_again(project, engine, directory):
    """So that the container can be started again."""
    options = {"files_path": str(directory), "containers": {"web": {"files": [{"path": "/run/key", "content": "one"}]}}}
    project.scenario(**options)
    next(path for path in directory.rglob("key") if path.is_file()).unlink()
    project.scenario(**options)
    engine.docker("restart", "--time", "0", "web")
    assert engine.docker("exec", "web", "cat", "/run/key") == "one"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"path": "key"}, "is not the absolute path of a file"),
        ({"path": "/key", "content": None}, "neither content nor src"),
        ({"path": "/key", "encoding": "base64", "content": "?"}, "is not base64"),
        ({"path": "/key", "mode": "rw"}, "is not a mode"),
        ({"path": "/key", "on_change": "signal", "signal": "NOPE"}, "signal"),
    ],
)
def test_refused(project, entry, words):
    """With the entry in the message, and without the content."""
    with pytest.raises(InputError) as caught:
        project(containers={"web": {"files": [{"content": "s3cret", **entry}]}})
    assert words in str(caught.value)
    assert "containers.web" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_the_module_hides_contents(module, directory):
    """In its result, also in the invocation."""
    files = [{"path": "/run/key", "content": "s3cret"}]
    options = {"name": "shop", "files_path": str(directory), "containers": {"web": {"image": BASE, "files": files}}}
    assert "s3cret" not in repr(module("project", check=True, **options))
    assert "s3cret" not in repr(module("project", **{**options, "containers": [{"nam": "web", "files": files}]}))


def test_the_engine_must_be_on_this_host(module):
    """Because the engine mounts files of its own host."""
    options = {"name": "shop", "containers": {"web": {"image": BASE, "files": [{"path": "/key", "content": "1"}]}}}
    result = module("project", docker_host="tcp://127.0.0.1:1", **options)
    assert "is not on this host" in result["msg"]
