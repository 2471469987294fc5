# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of how the role reads the state of a host and its engine."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

LOOK = Path(__file__).parents[4] / "roles" / "engine" / "files" / "look.py"
SPEC = importlib.util.spec_from_file_location("look", LOOK)
assert SPEC and SPEC.loader
look = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(look)


def test_existing_paths_and_contents_of_files(tmp_path: Path) -> None:
    """Paths without contents, files with contents, and nothing for missing files and directories."""
    read, kept, gone = tmp_path / "daemon.json", tmp_path / "dockerd", tmp_path / "gone"
    read.write_bytes(b'{"icc": false}\xff')
    kept.write_text("program")
    arguments = [json.dumps([str(tmp_path), str(kept), str(gone)]), json.dumps([str(read), str(gone), str(tmp_path)])]
    shown = subprocess.run([sys.executable, LOOK, *arguments], check=True, capture_output=True).stdout
    expected = {str(tmp_path): "", str(kept): "", str(read): b64encode(b'{"icc": false}\xff').decode()}
    assert json.loads(shown) == expected


# Information about the engine.


class Host:
    """A host with a process in place of an engine."""

    def __init__(self, place: Path) -> None:
        self.config, self.proxy, self.note, self.pid_file = (
            place / name for name in ("daemon.json", "proxy.env", "note", "docker.pid")
        )
        self.asked = {
            "pid_file": str(self.pid_file),
            "socket": str(place / "docker.sock"),
            "config": str(self.config),
            "note": str(self.note),
            "good": {str(self.config): "0644", str(self.proxy): "0600"},
            "units": ["docker.service"],
        }

    def starts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Simulate the start of an engine with the current files."""
        self.pid_file.write_text("1234")
        monkeypatch.setattr(look, "running", lambda _file: 1234)
        monkeypatch.setattr(look, "socket_state", lambda *_arguments: "")

    def seen(self, **more: Any) -> Any:
        """The output of the program."""
        return look.main("[]", json.dumps(list(self.asked["good"])), json.dumps({**self.asked, **more}))

    def good(self) -> list[str | None] | None:
        """The contents of the files that the engine runs with."""
        good = self.seen()["good"]
        return good and [content and b64decode(content).decode() for content in good.values()]


@pytest.fixture(name="host")
def _host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_the_good_files_of_an_engine_that_was_never_seen_running_are_unknown(host: Host) -> None:
    """For example, an engine that was misconfigured by hand and has been stopped since."""
    host.config.write_text("{broken")
    assert host.seen() == {
        "there": {str(host.config): b64encode(b"{broken").decode()},
        "good": None,
        "noted": False,
        "current": False,
        "runs": False,
        "socket": "",
        "masked": [],
    }


def test_an_engine_runs_with_the_files_that_existed_when_it_started(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert host.good() is None
    host.config.write_text("{}")
    host.starts(monkeypatch)
    assert host.good() == ["{}", None]
    host.proxy.write_text("")
    os.utime(host.pid_file, (1, 1))
    assert host.good() is None, "the file came after its start"


def test_an_engine_that_started_without_files_runs_without_them(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.starts(monkeypatch)
    assert host.good() == [None, None]


def test_recorded_files_are_the_good_ones(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.starts(monkeypatch)
    os.utime(host.pid_file, (1, 1))
    host.config.write_text('{"debug": true}')
    assert host.seen(do="note")["noted"], "it was reloaded"
    assert stat.S_IMODE(host.note.stat().st_mode) == 0o600
    assert host.good() == ['{"debug": true}', None]
    host.config.write_text("{broken")
    assert not host.seen()["noted"]
    assert host.good() == ['{"debug": true}', None]
    host.pid_file.unlink()
    monkeypatch.setattr(look, "running", lambda _file: 0)
    assert host.good() == ['{"debug": true}', None], "also when it is not running any more"


def test_recorded_files_are_restored(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """With their modes. Files that did not exist are removed."""
    host.starts(monkeypatch)
    host.config.write_text("{}")
    host.seen(do="note")
    host.config.write_text("{broken")
    host.proxy.write_text("secret")
    assert host.seen(do="restore")["noted"]
    assert host.config.read_text() == "{}"
    assert stat.S_IMODE(host.config.stat().st_mode) == 0o644
    assert not host.proxy.exists()
    host.note.unlink()
    host.seen(do="restore")
    assert host.config.read_text() == "{}", "without a note nothing is put back"


def test_the_error_of_a_failed_restore_does_not_show_contents(host: Host, tmp_path: Path) -> None:
    host.note.write_text(json.dumps({str(tmp_path / "file" / "daemon.json"): b64encode(b"secret").decode()}))
    (tmp_path / "file").touch()
    asked = json.dumps({**host.asked, "good": {str(tmp_path / "file" / "daemon.json"): "0644"}, "do": "restore"})
    done = subprocess.run([sys.executable, LOOK, "[]", "[]", asked], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("/file'") and "secret" not in done.stderr


def test_a_malformed_record_is_ignored(host: Host) -> None:
    for text in ("", "{", "[]"):
        host.note.write_text(text)
        assert host.good() is None


def test_a_running_engine_is_found_by_its_process(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text(str(os.getpid()))
    assert look.running(tmp_path / "pid") == 0, "this is no dockerd"
    program = tmp_path / "dockerd"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as process:
        (tmp_path / "pid").write_text("%d\n" % process.pid)
        deadline = time.monotonic() + 10
        while not look.running(tmp_path / "pid") and time.monotonic() < deadline:
            time.sleep(0.01)
        assert look.running(tmp_path / "pid") == process.pid
        process.kill()
    assert look.running(tmp_path / "pid") == 0
    assert look.running(tmp_path / "nowhere") == 0


HOSTS = '{"hosts": ["unix:///var/run/docker.sock", "tcp://127.0.0.1:2375"]}'


@pytest.mark.parametrize(
    ("argv", "config", "state"),
    [
        (["-H", "fd://"], "{}", ""),
        (["--host=fd://"], "{broken", ""),
        ([], '{"hosts": ["fd://"]}', ""),
        ([], HOSTS, "own"),
        (["-H", "unix:///var/run/docker.sock"], "{}", "own"),
        ([], "{}", "own"),
        ([], '{"hosts": 1}', "own"),
    ],
)
def test_the_state_of_the_socket(tmp_path: Path, argv: list[str], config: str, state: str) -> None:
    code = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print(1, flush=True)"
    )
    path = str(tmp_path / "s")
    command = [sys.executable, "-c", code + "; sys.stdin.read()", path, *argv]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        process.stdout.readline()
        assert look.socket_state(path, process.pid, b64encode(config.encode()).decode()) == state
        Path(path).unlink()
        assert look.socket_state(path, process.pid, None) == "lost", "the engine runs, and nobody can reach it"
        process.stdin.close()


@pytest.mark.parametrize(("listens", "state"), [(True, "lost"), (False, "")])
def test_a_socket_without_a_file_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listens: bool, state: str
) -> None:
    """An engine with its own socket removes the file when it stops."""
    monkeypatch.setattr(look, "listens", lambda _unit: listens)
    assert look.socket_state(str(tmp_path / "s"), 0, None) == state
    (tmp_path / "s").touch()
    assert look.socket_state(str(tmp_path / "s"), 0, None) == ""


def test_masked_units_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "UNITS", (tmp_path / "etc", tmp_path / "run"))
    for place in look.UNITS:
        place.mkdir()
    (tmp_path / "etc" / "docker.service").symlink_to("/dev/null")
    (tmp_path / "run" / "docker.socket").touch()
    (tmp_path / "etc" / "containerd.service").write_text("[Unit]\n")
    units = ["docker.service", "docker.socket", "containerd.service", "podman.socket"]
    assert look.masked(units) == ["docker.service", "docker.socket"]
