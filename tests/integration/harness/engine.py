# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real engine with its own network, mounts, directories and configuration."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Sequence

from .image import BASE, base_image
from .lab import Lab

# In the engine's mount namespace these host directories are private, so its configuration, plugins and containerd do
# not conflict with those of an engine on this machine.
# Its mounts end with the namespace.
PRIVATE = {"etc-docker": "/etc/docker", "run-docker": "/run/docker", "run-containerd": "/run/containerd"}
ENTER = """
set -eu
mount --make-rshared /
while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done
shift
exec "$@"
"""
PATIENCE = 60  # seconds for the daemon to answer


class ApiError(AssertionError):
    """An error that the engine has returned."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__("%d: %s" % (status, said))
        self.status = status


class Engine:
    """A dockerd. ``docker`` and ``api`` share no code with the tested code."""

    def __init__(self, lab: Lab, name: str, *arguments: str, daemon_json: dict[str, Any] | None = None) -> None:
        self.name = name
        self.root = lab.root / name
        self.namespace, self.address = lab.host(name)
        self.socket = str(self.root / "docker.sock")
        self.host = "unix://" + self.socket
        for directory in (*PRIVATE, "data", "exec", "client"):
            (self.root / directory).mkdir(parents=True)
        self.configuration = self.root / "etc-docker" / "daemon.json"
        self.configuration.write_text(json.dumps(daemon_json or {}))
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        subprocess.run(
            [*self._client(), "import", "--change", 'CMD ["sh"]', "-", BASE],
            input=base_image(),
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start the daemon and wait until it answers."""
        for directory in PRIVATE.values():
            Path(directory).mkdir(parents=True, exist_ok=True)
        binds = [word for own, seen in PRIVATE.items() for word in (str(self.root / own), seen)]
        # The daemon ends with the process that started it, even if it is killed.
        enter = ["setpriv", "--pdeathsig", "TERM", "nsenter", "--net=/run/netns/" + self.namespace]
        enter += ["unshare", "--mount", "--propagation", "slave", "sh", "-c", ENTER, "enter", *binds, "--"]
        daemon = ["dockerd", "--data-root", str(self.root / "data"), "--exec-root", str(self.root / "exec")]
        daemon += ["--pidfile", str(self.root / "docker.pid"), "--host", self.host, *self._arguments]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                enter + daemon, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("dockerd %s does not answer:\n%s" % (self.name, self.log.read_text()[-3000:]))
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the daemon and its containers."""
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def kill(self) -> None:
        """Kill the daemon and its containerd. Containers keep running until the next start."""
        assert self._process
        os.kill(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        self._process = None
        # Wait until containerd is reaped: the next daemon would take a zombie for a running one.
        (self.root / "exec" / "containerd" / "containerd.pid").unlink(missing_ok=True)

    def restart(self) -> None:
        """Stop and start the daemon."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int:
        """The process ID of dockerd."""
        assert self._process
        return self._process.pid

    @property
    def log(self) -> Path:
        """The output of dockerd."""
        return self.root / "dockerd.log"

    @property
    def version(self) -> str:
        """The version of Docker Engine, such as 26.1.5+dfsg1."""
        return str(self.api("GET", "/version")["Version"])

    @property
    def major(self) -> int:
        """The major version."""
        return int(self.version.partition(".")[0])

    @property
    def containerd_store(self) -> bool:
        """Whether the engine uses the containerd image store."""
        return "io.containerd.snapshotter" in self.docker("info", "--format", "{{.DriverStatus}}")

    def _answers(self) -> bool:
        try:
            self.api("GET", "/_ping")
        except (OSError, ApiError):
            return False
        return True

    def _client(self) -> list[str]:
        return ["docker", "--config", str(self.root / "client"), "--host", self.host]

    def docker(self, *arguments: str, stdin: str | None = None) -> str:
        """Run the docker command with this engine. Returns its output. Raises AssertionError if it fails."""
        done = subprocess.run(
            [*self._client(), *arguments],
            input=stdin or "",
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "DOCKER_BUILDKIT": "0"},
        )
        if done.returncode:
            raise AssertionError("docker %s: %s" % (" ".join(arguments), done.stderr.strip()))
        return done.stdout.strip()

    def inspect(self, kind: str, name: str) -> dict[str, Any]:
        """The result of ``docker KIND inspect NAME``."""
        shown: list[dict[str, Any]] = json.loads(self.docker(kind, "inspect", name))
        return shown[0]

    def names(self, kind: str) -> list[str]:
        """The names of all containers, networks or volumes, sorted."""
        every = ["--all"] if kind == "container" else []
        column = "{{.Names}}" if kind == "container" else "{{.Name}}"
        return sorted(self.docker(kind, "ls", *every, "--format", column).split())

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Send a raw request. Returns decoded JSON, or text. Raises ApiError for a status of 400 or more."""
        connection = HTTPConnection("engine", timeout=PATIENCE)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.settimeout(PATIENCE)
            connection.sock.connect(self.socket)
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
            response = connection.getresponse()
            said = response.read().decode()
        finally:
            connection.close()
        if response.status >= 400:
            raise ApiError(response.status, said)
        try:
            return json.loads(said)
        except ValueError:
            return said

    def enter(self) -> list[str]:
        """The command prefix that enters this engine's network and mount namespaces."""
        return ["nsenter", "--net=/run/netns/" + self.namespace, "--mount=/proc/%d/ns/mnt" % self.pid]

    def exec_in_ns(self, argv: Sequence[str]) -> str:
        """Run a command in this engine's network. Returns its output. Raises AssertionError if it fails."""
        words = ["nsenter", "--net=/run/netns/" + self.namespace, *argv]
        done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise AssertionError("%s: %s%s" % (" ".join(argv), done.stdout, done.stderr))
        return done.stdout.strip()

    def await_server(self, container: str) -> None:
        """Wait until port 80 of a container accepts connections, some time after its start."""
        listens = "until netstat -ltn | grep -q :80; do sleep 0.1; done"
        self.docker("exec", container, "timeout", "20", "sh", "-c", listens)

    def trust(self, host: str, authority: Path) -> None:
        """Make this engine trust the CA of a registry."""
        place = self.root / "etc-docker" / "certs.d" / host
        place.mkdir(parents=True, exist_ok=True)
        (place / "ca.crt").write_bytes(authority.read_bytes())

    def clean(self) -> None:
        """Remove all containers, volumes and networks, but no images."""
        for container in self.api("GET", "/containers/json?all=1"):
            self.api("DELETE", "/containers/%s?force=1&v=1" % container["Id"])
        for network in self.api("GET", "/networks?filters=%7B%22type%22%3A%5B%22custom%22%5D%7D"):
            self.api("DELETE", "/networks/%s" % network["Id"])
        for volume in self.api("GET", "/volumes")["Volumes"] or ():
            self.api("DELETE", "/volumes/%s?force=1" % volume["Name"])
