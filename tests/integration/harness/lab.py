# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private directory and network for engines, which are always removed.

The network is a bridge in a network namespace. The host and each engine are connected to it by a veth pair, so it is
independent of the host's firewall. Names contain the process ID of the owner, by which the next run finds and removes
the remains of a killed run.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

PLACE = Path("/var/tmp")
NAME = re.compile(r"slipway-test-(\d+)-")
LOCK = Path("/run/lock/slipway-test.lock")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(*argv: object, check: bool = True) -> str:
    """Run a command and return its output. Raises AssertionError with the output if it fails."""
    done = subprocess.run(
        [str(word) for word in argv], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if check and done.returncode:
        raise AssertionError("%s: %s" % (" ".join(str(word) for word in argv), done.stderr.strip()))
    return done.stdout.strip()


class Lab:
    """The directory and the network of one test run."""

    def __init__(self) -> None:
        self._hosts = 0
        self._owner = os.getpid()
        with _locked():  # a run that starts at the same time must not take this directory for the remains of a dead run
            _sweep()
            self.root = Path(tempfile.mkdtemp(prefix="slipway-test-%d-" % os.getpid(), dir=PLACE))
            (self.root / "owner").write_text(_started(os.getpid()))
            atexit.register(self.close)
            self.subnet = _free_subnet()
            self._make_network()

    def _make_network(self) -> None:
        lan, host = self._namespace("lan"), "slw%dh" % self._owner
        run("ip", "-n", lan, "link", "add", "lan", "type", "bridge")
        run("ip", "-n", lan, "link", "set", "lan", "up")
        run("ip", "link", "add", host, "type", "veth", "peer", "name", "host", "netns", lan)
        run("ip", "-n", lan, "link", "set", "host", "master", "lan", "up")
        run("ip", "address", "add", self.subnet + ".1/24", "dev", host)
        run("ip", "link", "set", host, "up")

    def _namespace(self, name: str) -> str:
        namespace = "slw%d-%s" % (self._owner, name)
        run("ip", "netns", "add", namespace)
        run("ip", "-n", namespace, "link", "set", "lo", "up")
        return namespace

    def host(self, name: str) -> tuple[str, str]:
        """Create a network namespace with an interface eth0 on the network. Returns its name and its address."""
        namespace = self._namespace(name)
        self._hosts += 1
        port, address = "p%d" % self._hosts, "%s.%d" % (self.subnet, 9 + self._hosts)
        lan = "slw%d-lan" % self._owner
        run("ip", "-n", namespace, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", lan)
        run("ip", "-n", lan, "link", "set", port, "master", "lan", "up")
        run("ip", "-n", namespace, "address", "add", address + "/24", "dev", "eth0")
        run("ip", "-n", namespace, "link", "set", "eth0", "up")
        return namespace, address

    def close(self) -> None:
        """Remove everything, without interruption."""
        if os.getpid() != self._owner or not self.root.exists():
            return
        with _undisturbed():
            remove(self.root, self._owner)


def sweep() -> None:
    """Remove the remains of test runs whose process has ended."""
    with _locked():
        _sweep()


def _sweep() -> None:
    for root in PLACE.glob("slipway-test-*"):
        match = NAME.match(root.name)
        if not match:
            continue
        pid, owner = int(match.group(1)), root / "owner"
        if not owner.exists() or owner.read_text() != _started(pid):
            remove(root, pid)


def remove(root: Path, pid: int) -> None:
    """End all processes of a run, then remove its namespaces and its directory."""
    # Containers first: the engine would wait ten seconds for each one that ignores SIGTERM.
    _shims, contained = _processes(root, rb"containerd-shim")
    _end(contained, signal.SIGKILL, patience=0)
    daemons, _below = _processes(root, rb"dockerd|docker-registry")
    _end(daemons, signal.SIGTERM, patience=15)
    left, below = _processes(root, rb"dockerd|containerd|docker-proxy|docker-registry")
    _end(left | below | contained, signal.SIGKILL, patience=5)
    for cgroup in list(_cgroups({entry.name for entry in root.glob("*/data/containers/*")})):
        for directory, _directories, _files in os.walk(cgroup, topdown=False):
            _quietly_rmdir(directory)
    for namespace in Path("/run/netns").glob("slw%d-*" % pid):
        run("ip", "netns", "delete", namespace.name, check=False)
    # There are no mounts below the directory: mount namespaces have ended with their engines.
    shutil.rmtree(root, ignore_errors=True)


def _cgroups(containers: set[str]) -> Iterator[str]:
    """The cgroups of containers. Another run may remove its own at the same time, which ``os.walk`` ignores."""
    for parent, directories, _files in os.walk("/sys/fs/cgroup"):
        if parent.endswith("/docker"):
            yield from (parent + "/" + name for name in directories if name in containers)


def _quietly_rmdir(directory: str) -> None:
    try:
        Path(directory).rmdir()
    except OSError:
        pass


Processes = set[tuple[int, str]]  # process IDs with start times, which together are unique


def _processes(root: Path, programs: bytes) -> tuple[Processes, Processes]:
    """The processes of a run that run one of these programs and name its directory, with all descendants."""
    parents: dict[int, int] = {}
    named: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes()
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ProcessLookupError):
            continue
        if str(root).encode() in line and re.search(programs, line):
            named.add(int(entry.name))
    below: set[int] = set()
    while True:
        further = {pid for pid, parent in parents.items() if parent in named | below} - named - below
        if not further:
            return {(pid, _started(pid)) for pid in named}, {(pid, _started(pid)) for pid in below}
        below |= further


def _end(processes: Processes, number: signal.Signals, patience: float) -> None:
    deadline = time.monotonic() + patience
    for pid, started in processes:
        if started and _started(pid) == started:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
    while time.monotonic() < deadline and any(started and _started(pid) == started for pid, started in processes):
        _reap()
        time.sleep(0.05)


def _reap() -> None:
    """Reap terminated children, which would otherwise seem to be running."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _started(pid: int) -> str:
    """The start time of a process in clock ticks since boot; None if it does not exist or is a zombie."""
    try:
        fields = Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()
    except (OSError, ProcessLookupError):
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _free_subnet() -> str:
    """The first three numbers of an unused network in 198.18.0.0/15 (RFC 2544, for tests)."""
    for third in range(1, 255):
        subnet = "198.18.%d" % third
        if not run("ip", "route", "show", subnet + ".0/24"):
            return subnet
    raise AssertionError("198.18.0.0/16 is full")


@contextmanager
def _locked() -> Iterator[None]:
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _undisturbed() -> Iterator[None]:
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
