# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of an installation, also of one that is killed."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

FILES = Path(__file__).parents[4] / "roles" / "packages" / "files"


def program(name: str) -> Any:
    """A program of the role, as a module."""
    spec = importlib.util.spec_from_file_location(name, FILES / (name + ".py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


plan, run = program("plan"), program("run")


class Host:
    """A program of the role with its policy in a temporary directory."""

    def __init__(self, place: Path) -> None:
        self.place, self.policy, self.note = place, place / "policy-rc.d", place / "notes" / "engine"
        self.text = (FILES / "run.py").read_text().replace('"/usr/sbin/policy-rc.d"', json.dumps(str(self.policy)))
        (place / "packages").write_text("ii  first\nrc  second\n")

    def start(self, *commands: str, **more: Any) -> subprocess.Popen[str]:
        """Start the program with shell commands. As with Ansible, the program is on standard input."""
        wanted = {
            "commands": [["sh", "-c", command] for command in commands],
            "list": ["sed", "s/^\\(..\\)  /\\1 /; s/^ii/-i-/; s/^rc/-c-/", str(self.place / "packages")],
            "note": str(self.note),
            "came": [],
            "coming": [],
            "held": [],
            "hold_services": True,
            **more,
        }
        argv = [sys.executable, "-", json.dumps(wanted)]
        process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.place
        )
        assert process.stdin
        process.stdin.write(self.text)
        process.stdin.close()
        process.stdin = None
        return process

    def noted(self) -> list[str]:
        """The recorded packages."""
        return self.note.read_text().split()

    def wait_for(self, name: str) -> None:
        """Wait until a file exists."""
        deadline = time.monotonic() + 20
        while not (self.place / name).exists():
            assert time.monotonic() < deadline, name
            time.sleep(0.02)


@pytest.fixture(name="host")
def _host(tmp_path: Path) -> Host:
    return Host(tmp_path)


INSTALL = "echo 'ii  third' >>packages; ./policy-rc.d engine start; echo $? >denied; echo words; echo more >&2"


def test_services_cannot_start_during_an_installation(host: Host) -> None:
    process = host.start(INSTALL, came=["first", "gone"])
    assert process.communicate(timeout=30) == ("words\n", "more\n")
    assert process.returncode == 0
    assert (host.place / "denied").read_text() == "101\n"
    assert not host.policy.exists()
    assert host.noted() == ["first", "third"]


def test_installed_packages_are_recorded_after_a_failed_command(host: Host) -> None:
    process = host.start(INSTALL, "exit 7", "touch never")
    process.communicate(timeout=30)
    assert process.returncode == 7
    assert not host.policy.exists()
    assert host.noted() == ["third"]
    assert not (host.place / "never").exists()


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 101\n", "#!/bin/sh\nexit 0\n"])
def test_an_existing_policy_is_kept(host: Host, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    host.policy.write_text(text)
    host.policy.chmod(0o755)
    host.start(INSTALL).communicate(timeout=30)
    assert host.policy.read_text() == text
    monkeypatch.setattr(plan, "POLICY", host.policy)
    monkeypatch.setattr(plan, "HISTORY", host.place)
    assert plan.left_policy()["stale_policy"] == ""


ROLE = (
    "apt-get --quiet --yes --no-install-recommends --allow-downgrades --allow-change-held-packages "
    "--option=DPkg::Lock::Timeout=120 --option=DPkg::Options::=--force-confdef "
    "--option=DPkg::Options::=--force-confold "
)


def entry(seconds: float, command: str) -> str:
    """An entry of apt's history, some seconds after the policy was written."""
    start = time.strftime("%Y-%m-%d  %H:%M:%S", time.localtime(WRITTEN + seconds))
    return "\nStart-Date: %s\nCommandline: %s\nInstall: docker.io:amd64 (20.10.24)\n" % (start, command)


WRITTEN = 1_790_000_000


@pytest.mark.parametrize(
    ("text", "history", "found"),
    [
        ("#!/bin/sh\nexit 101\n", [entry(-90, "apt-get install vim"), entry(2, ROLE + "install docker.io")], "stale"),
        ("#!/bin/sh\nexit 101\n", [entry(0, ROLE + "install docker.io=20.10 docker-ce-")], "stale"),
        ("#!/bin/sh\nexit 101\n", [entry(60, ROLE + "install docker.io")], "doubtful"),
        ("#!/bin/sh\nexit 101\n", [entry(-2, ROLE + "install docker.io")], "doubtful"),
        ("#!/bin/sh\nexit 101\n", [entry(2, ROLE + "remove docker.io")], "doubtful"),
        ("#!/bin/sh\nexit 101\n", [entry(2, "apt-get --yes install docker.io")], "doubtful"),
        ("#!/bin/sh\nexit 101\n", [entry(1, "apt-get install vim"), entry(3, ROLE + "install docker.io")], "doubtful"),
        ("#!/bin/sh\nexit 101\n", [], "doubtful"),
        ("#!/bin/sh\n\n# For most Docker users\n\nexit 101\n", [entry(2, ROLE + "install docker.io")], ""),
        ("#!/bin/sh\nexit 0\n", [entry(2, ROLE + "install docker.io")], ""),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_policy_without_a_mark_is_recognized_by_the_history_of_apt(
    host: Host, monkeypatch: pytest.MonkeyPatch, text: str, history: list[str], found: str, packed: bool
) -> None:
    """Earlier versions of the role wrote a common text without a mark."""
    host.policy.write_text(text)
    os.utime(host.policy, (WRITTEN + 0.7, WRITTEN + 0.7))
    log = "".join(history).encode()
    if packed:
        (host.place / "history.log.1.gz").write_bytes(gzip.compress(log))
    else:
        (host.place / "history.log").write_bytes(log)
    monkeypatch.setattr(plan, "POLICY", host.policy)
    monkeypatch.setattr(plan, "HISTORY", host.place)
    nothing = {"stale_policy": "", "doubtful_policy": ""}
    assert plan.left_policy() == {**nothing, **({found + "_policy": str(host.policy)} if found else {})}


def test_unreadable_history_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "history.log").write_text("Start-Date: yesterday\nCommandline: apt-get install vim\n")
    (tmp_path / "history.log.1.gz").write_bytes(b"no gzip")
    monkeypatch.setattr(plan, "HISTORY", tmp_path)
    assert list(plan.history()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_an_installation_continues_when_its_connection_is_killed(host: Host, number: int) -> None:
    process = host.start("touch begun; until [ -e go ]; do sleep 0.05; done; " + INSTALL)
    host.wait_for("begun")
    process.send_signal(number)
    time.sleep(0.1)
    (host.place / "go").touch()
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert not host.policy.exists()
    assert host.noted() == ["third"]


def test_the_policy_of_a_killed_run_has_no_effect_and_is_removed_by_the_next_run(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = host.start("touch begun; until [ -e go ]; do sleep 0.05; done", coming=["first", "third"])
    host.wait_for("begun")
    monkeypatch.setattr(plan, "POLICY", host.policy)
    assert subprocess.run([host.policy], check=False).returncode == 101
    assert plan.left_policy()["stale_policy"] == "", "that of a run that goes on stays"
    process.kill()
    process.communicate(timeout=30)
    (host.place / "go").touch()
    assert subprocess.run([host.policy], check=False).returncode == 0
    assert plan.left_policy()["stale_policy"] == str(host.policy)
    assert host.noted() == ["third"], "what was to come is known"
    host.start(INSTALL).communicate(timeout=30)
    assert not host.policy.exists()


def test_both_programs_have_the_same_policy_mark() -> None:
    assert (plan.POLICY, plan.POLICY_MARK) == (run.POLICY, run.POLICY_MARK)


LOCK = (
    "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)",
    "E: Could not get lock /var/cache/apt/archives/lock. It is held by process 1 (apt-get)",
    "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
)


@pytest.mark.parametrize("words", LOCK[:2])
def test_a_command_is_retried_while_apt_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    script = f"[ -e {tmp_path}/free ] && echo done || {{ touch {tmp_path}/free; echo '{words}' >&2; exit 100; }}"
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    assert plan.ask("sh", "-c", script) == "done\n"
    (tmp_path / "free").unlink()
    assert run.run(["sh", "-c", script]).stdout == "done\n"


@pytest.mark.parametrize("words", LOCK)
def test_a_lock_that_is_not_released_is_an_error(words: str) -> None:
    argv = ["sh", "-c", "echo '%s' >&2; exit 100" % words]
    with pytest.raises(plan.Problem, match="sh failed: E: "):
        plan.ask(*argv, patience=0.0)
    assert run.run(argv, patience=0.0).returncode == 100
