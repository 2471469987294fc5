# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same plays over ssh, with and without pipelining, to an ssh server in the engine's namespaces."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from harness.engine import Engine
from harness.image import BASE
from harness.lab import Lab
from harness.lab import run as execute
from measuring import programs, record, workload
from measuring.command import parser, publish
from measuring.lifecycle import running, verify
from measuring.meter import measure
from measuring.sides import Peer, Ping, Play, Project
from measuring.ssh_report import CONTAINERS, LOCAL, PIPELINING, SSH, parts
from measuring.workload import CREATE, REMOVE, UNCHANGED

PART = "ssh"
ROUNDS = 3
PORT = 2222
SERVER = """
HostKey {place}/host_key
AuthorizedKeysFile {place}/user_key.pub
AuthenticationMethods publickey
PidFile none
StrictModes no
Subsystem sftp internal-sftp
"""
PATIENCE = 20.0  # seconds for the server to listen
# A connection stays open for the tasks of a play, but each play opens its own.
CLIENT = "-o ControlMaster=auto -o ControlPersist=10s -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no"


def serve(engine: Engine, place: Path) -> subprocess.Popen[bytes]:
    """An ssh server for root with a generated key. It ends with this process."""
    Path("/run/sshd").mkdir(exist_ok=True)  # where sshd expects it
    for key in ("host_key", "user_key"):
        execute("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", place / key)
    (place / "sshd_config").write_text(SERVER.format(place=place))
    words = ["setpriv", "--pdeathsig", "TERM", *engine.enter()]
    words += ["/usr/sbin/sshd", "-D", "-e", "-f", str(place / "sshd_config"), "-p", str(PORT)]
    server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert server.stderr
    end = time.monotonic() + PATIENCE
    while b"listening" not in server.stderr.readline():
        if server.poll() is not None or time.monotonic() > end:
            raise AssertionError("sshd does not start")
    return server


def variables(engine: Engine, place: Path, way: str) -> dict[str, Any]:
    """The inventory's variables for a way to reach the host."""
    if way == LOCAL:
        return {}
    return {
        "ansible_connection": "ssh",
        "ansible_host": engine.address,
        "ansible_port": PORT,
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(place / "user_key"),
        "ansible_ssh_args": CLIENT,
        "ansible_pipelining": way == PIPELINING,
        "ansible_remote_tmp": str(place / "remote"),
    }


def run(rounds: int) -> record.Record:
    """Measure, and return the record of the part."""
    lab = Lab()
    try:
        engine = Engine(lab, "engine")
        engine.docker("network", "create", "--subnet", workload.SUBNET, workload.NETWORK)
        place = Path(lab.root) / "sides"
        place.mkdir()
        server = serve(engine, place)
        every: list[Play] = [side(engine.host, BASE, place) for side in (Project, Peer, Ping)]
        sides = [side for side in every if not side.missing]
        result: record.Record = {"circumstances": record.circumstances(engine), "values": {}}
        result["missing"] = {side.name: side.missing for side in every if side.missing}
        for turn in range(rounds + 1):  # the first one is for compiled code and the page cache
            for side in sides:
                for way in (LOCAL, SSH, PIPELINING):
                    for action in (CREATE, UNCHANGED, REMOVE):
                        if action not in side.actions:
                            continue
                        before = running(engine)
                        control = {"ANSIBLE_SSH_CONTROL_PATH_DIR": "/tmp/slw-%d-%d" % (turn, time.monotonic_ns())}
                        hosts = {"host": variables(engine, place, way)}
                        task = side.task(CONTAINERS, action)
                        cost, _said = measure(programs.play(side.place, "play", [task], hosts, control))
                        execute("rm", "-rf", control["ANSIBLE_SSH_CONTROL_PATH_DIR"])
                        if side.actions == workload.ACTIONS:
                            verify(action, CONTAINERS, before, running(engine))
                        if not turn:
                            continue
                        values = result["values"].setdefault(side.name, {}).setdefault(action, {}).setdefault(way, {})
                        for kind in record.KINDS:
                            values.setdefault(kind, []).append(round(getattr(cost, kind), 4))
                        print("  %-8s %-16s %-10s %6.2f s  %6.2f s" % (side.name, action, way, *cost[:2]), flush=True)
        server.terminate()
        return result
    finally:
        lab.close()


def main(arguments: list[str]) -> None:
    """Measure, print, and update the page."""
    options = parser(PART, __doc__, ROUNDS)
    given = options.parse_args(arguments)
    result = run(given.rounds)
    publish(PART, result, parts(result), given.print)


if __name__ == "__main__":
    main(sys.argv[1:])
