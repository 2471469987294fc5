# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual machines for the Molecule scenarios, on one private network.

    machines.py up DIRECTORY    starts the machines in the JSON on standard input, and prints how to reach them
    machines.py down DIRECTORY  ends them and removes their files

A machine is an object like ``{"name": "n1", "suite": "bookworm", "template": "fresh", "address": "10.77.0.11"}``;
all keys except the name have defaults. A template is booted once and frozen: its memory and its disk are files below
.cache/lab. A machine is a clone with a private copy of both, which continues where the template stopped. So it answers
within seconds, even if it is emulated. It gets its own name, address and machine ID.

Each machine has a network card for outside connections (QEMU's user-mode network) and one for the private network,
which is a multicast group on the loopback interface.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "lab"
PATIENCE = 600.0  # seconds for a machine to boot, while several are emulated
# Without cmpxchg16b: QEMU 7.2 emulates it with wrong flags on several processors, and newer kernels panic.
PROCESSOR = "Nehalem,-cx16"
FASTER = "mitigations=off rcupdate.rcu_expedited=1"  # the start of a container waits for many grace periods
MEMORY = 1280  # MiB
PROCESSORS = 1

# Packages of a machine besides systemd and ssh: those that Ansible needs, and apparmor, which Debian installs with its
# kernel. An emulated machine takes a minute to compile its profiles.
NEEDED = "python3-minimal python3-apt ca-certificates iputils-ping apparmor"
# Packages in the local mirror, which is the only source: an emulated machine takes half a minute to read the full lists
# of Debian.
COMMON = (
    "aardvark-dns apt-utils auditd busybox-static ca-certificates catatonit docker-registry docker.io e2fsprogs "
    "glusterfs-client glusterfs-server gnupg iptables jq netavark nfs-kernel-server openssl podman procps runc socat"
)
MIRRORED: Mapping[str, str] = {"bookworm": COMMON, "trixie": COMMON + " docker-cli nftables"}
# Packages that are installed before freezing. "storage" is a server (bookworm) and a client with an engine (trixie).
TEMPLATES: Mapping[str, Mapping[str, str]] = {
    "bookworm": {"fresh": "", "storage": "glusterfs-server"},
    "trixie": {"fresh": "", "storage": "docker.io docker-cli iptables busybox-static docker-registry socat"},
}
INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends %s"
SSH = ("-q", "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")


class Failed(Exception):
    """A machine has failed. The message has the reason."""


class Monitor:
    """QEMU's own control socket (QMP)."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rw")
        self._lines.readline()
        self("qmp_capabilities")

    def __call__(self, command: str, **arguments: Any) -> Any:
        """Run a command and return its answer. Raises Failed."""
        self._lines.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._lines.flush()
        while True:
            answer = json.loads(self._lines.readline())
            if "error" in answer:
                raise Failed("%s: %s" % (command, answer["error"]["desc"]))
            if "return" in answer:
                return answer["return"]

    def share_memory(self) -> None:
        """Exclude the memory, which is a file, from the saved state."""
        self("migrate-set-capabilities", capabilities=[{"capability": "x-ignore-shared", "state": True}])

    def wait(self, command: str, *states: str) -> None:
        """Wait until a command reports one of these states. Raises Failed."""
        end = time.monotonic() + PATIENCE
        while (status := self(command).get("status")) not in states:
            if status == "failed" or time.monotonic() > end:
                raise Failed("%s: %s" % (command, status))
            time.sleep(0.02)


class Machine:
    """A running QEMU, and access to it."""

    def __init__(self, directory: Path, base: Path, port: int) -> None:
        self.directory, self.base, self.port = directory, base, port

    @classmethod
    def start(
        cls, directory: Path, base: Path, disk: Path, memory: Path, group: str, mac: str, *, frozen: bool
    ) -> Machine:
        """Start QEMU: a template, which boots and shares its memory, or a clone of a frozen one, which waits."""
        port = _free_port()
        words = ["qemu-system-x86_64", "-machine", "q35,memory-backend=memory", "-cpu", PROCESSOR]
        words += ["-accel", accelerator(base), "-smp", str(PROCESSORS), "-m", str(MEMORY)]
        words += ["-nodefaults", "-no-user-config", "-display", "none", "-daemonize"]
        words += ["-pidfile", str(directory / "pid"), "-qmp", "unix:%s,server=on,wait=off" % (directory / "monitor")]
        words += ["-serial", "file:%s" % (directory / "console"), "-device", "virtio-rng-pci"]
        words += ["-kernel", str(base / "vmlinuz"), "-initrd", str(base / "initrd.img")]
        words += ["-append", "root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 " + FASTER]
        words += ["-drive", "file=%s,if=virtio,format=qcow2,cache=unsafe,discard=unmap" % disk]
        share = "off" if frozen else "on"
        words += ["-object", "memory-backend-file,id=memory,size=%dM,mem-path=%s,share=%s" % (MEMORY, memory, share)]
        words += ["-netdev", "user,id=outside,hostfwd=tcp:127.0.0.1:%d-:22" % port]
        words += ["-device", "virtio-net-pci,netdev=outside,mac=52:54:00:00:00:01"]
        words += ["-netdev", "socket,id=inside,mcast=%s,localaddr=127.0.0.1" % group]
        words += ["-device", "virtio-net-pci,netdev=inside,mac=%s" % mac]
        words += ["-incoming", "defer"] if frozen else []
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
        return cls(directory, base, port)

    def monitor(self) -> Monitor:
        """A new connection to QEMU."""
        return Monitor(self.directory / "monitor")

    def run(self, command: str, patience: float = PATIENCE) -> str:
        """Run a command as root. Returns its output. Raises Failed."""
        words = ["ssh", *SSH, "-i", str(self.base / "key"), "-o", "ConnectTimeout=%d" % patience, "-o", "BatchMode=yes"]
        words += ["-p", str(self.port), "root@127.0.0.1", command]
        try:
            done = subprocess.run(
                words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=patience
            )
        except subprocess.TimeoutExpired:
            raise Failed("%s: no end after %d s" % (command, patience)) from None
        if done.returncode:
            raise Failed("%s: %s%s" % (command, done.stdout[-2000:], done.stderr[-2000:]))
        return done.stdout

    def await_ssh(self) -> None:
        """Wait until ssh accepts a connection. Raises Failed with the last error and the end of the console."""
        end = time.monotonic() + PATIENCE
        patience = 6.0  # increasing: a booting machine does not answer at all, and an emulated one is slow
        while True:
            try:
                self.run("true", patience=patience)
                return
            except Failed as refusal:
                if time.monotonic() > end:
                    console = (self.directory / "console").read_text()[-2000:]
                    raise Failed(
                        "%s does not answer (%s); console: %s" % (self.directory.name, refusal, console)
                    ) from None
                patience = min(patience * 1.5, 120.0)
                time.sleep(0.2)

    def kill(self) -> None:
        """End it at once."""
        kill(self.directory)


def kill(directory: Path) -> None:
    """End the QEMU of a directory, if it is one."""
    try:
        pid = int((directory / "pid").read_text())
        if b"qemu" in Path("/proc/%d/cmdline" % pid).read_bytes():
            os.kill(pid, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError):
        pass


def accelerator(base: Path) -> str:
    """``kvm`` if a Debian kernel boots with it until it finds no root file system; ``tcg`` otherwise.

    On some machines /dev/kvm can be opened, but guests hang.
    """
    known = base / "accelerator"
    if not known.exists():
        console = base / "probe"
        words = ["qemu-system-x86_64", "-machine", "q35", "-accel", "kvm", "-cpu", PROCESSOR, "-m", "256"]
        words += ["-nodefaults", "-display", "none", "-no-reboot", "-serial", "file:%s" % console]
        words += ["-kernel", str(base / "vmlinuz"), "-append", "panic=-1 console=ttyS0"]
        try:
            subprocess.run(words, check=False, capture_output=True, timeout=10)
            boots = b"Kernel panic" in console.read_bytes()
        except (subprocess.TimeoutExpired, FileNotFoundError):
            boots = False
        known.write_text("kvm" if boots else "tcg,tb-size=512")
    return known.read_text()


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold a lock, so that simultaneous scenarios create a template only once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / (name + ".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def image(suite: str) -> Path:
    """The directory with the kernel and disk of a suite, created if missing. Raises Failed."""
    program = ROOT / "tests" / "lab" / "image"
    base = CACHE / _mark(suite, program.read_text(), NEEDED, MIRRORED[suite])
    with alone(base.name):
        done = subprocess.run([str(program), suite, str(base), NEEDED, MIRRORED[suite]], check=False)
    if done.returncode:
        raise Failed("there is no image of %s" % suite)
    return base


def template(suite: str, name: str) -> Path:
    """The directory of a frozen template, created if missing. Raises Failed."""
    base = image(suite)
    installed = TEMPLATES[suite][name]
    disk = str((base / "disk").stat().st_mtime_ns)
    frozen = CACHE / _mark("%s-%s" % (suite, name), disk, INSTALL, installed, PROCESSOR, str(MEMORY), str(PROCESSORS))
    with alone(frozen.name):
        if not (frozen / "state").exists():
            print("make the template %s of %s" % (name, suite), file=sys.stderr)
            shutil.rmtree(frozen, ignore_errors=True)
            frozen.mkdir(parents=True)
            _freeze(frozen, base, installed)
    return frozen


def _freeze(frozen: Path, base: Path, installed: str) -> None:
    _overlay(base / "disk", "raw", frozen / "disk")
    group = "230.77.1.1:%d" % _free_port()
    machine = Machine.start(frozen, base, frozen / "disk", frozen / "memory", group, "52:54:00:77:01:ff", frozen=False)
    try:
        machine.await_ssh()
        machine.run("date --set=@%d >/dev/null" % time.time())
        if installed:
            machine.run(INSTALL % installed)
        machine.run("systemctl is-system-running --wait || true; sync; echo 3 >/proc/sys/vm/drop_caches")
        monitor = machine.monitor()
        monitor("stop")
        monitor.share_memory()
        monitor("migrate", uri="exec:cat >%s" % shlex.quote(str(frozen / "state.new")))
        monitor.wait("query-migrate", "completed")
        monitor("quit")
        while (frozen / "pid").exists():
            time.sleep(0.05)
        (frozen / "state.new").rename(frozen / "state")
    finally:
        machine.kill()


def clone(directory: Path, number: int, wanted: Mapping[str, str], group: str, hosts: str) -> dict[str, Any]:
    """Start a clone of a frozen template. Returns its connection options for Molecule. Raises Failed."""
    name = wanted["name"]
    frozen = template(wanted["suite"], wanted["template"])
    own = directory / name
    own.mkdir(parents=True)
    _overlay(frozen / "disk", "qcow2", own / "disk")
    mac = "52:54:00:77:%02x:%02x" % (number, hashlib.sha256(name.encode()).digest()[0])
    machine = Machine.start(own, image(wanted["suite"]), own / "disk", frozen / "memory", group, mac, frozen=True)
    monitor = machine.monitor()
    monitor.share_memory()
    monitor("migrate-incoming", uri="exec:cat %s" % shlex.quote(str(frozen / "state")))
    monitor.wait("query-status", "paused", "prelaunch")
    monitor("cont")
    machine.await_ssh()
    machine.run(
        "set -e; date --set=@%d >/dev/null; hostname %s; echo %s >/etc/hostname; rm -f /etc/machine-id; "
        "systemd-machine-id-setup 2>/dev/null; systemctl restart systemd-journald; "
        "ip link set eth1 address %s; ip address add %s/24 dev eth1; "
        "ip link set eth1 up; printf %%s %s >>/etc/hosts; "
        # Where all is emulated, the start of a container may take more than the minute that modules wait otherwise.
        "echo DOCKER_TIMEOUT=300 >>/etc/environment"
        % (time.time(), name, name, mac, wanted["address"], shlex.quote(hosts))
    )
    key = str(machine.base / "key")
    return {"instance": name, "address": "127.0.0.1", "port": machine.port, "user": "root", "identity_file": key}


def up(directory: Path, wanted: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Start all machines at once, unless they are running. If one fails, all are ended. Raises Failed."""
    note = directory / "machines.json"
    if note.exists():
        known: list[dict[str, Any]] = json.loads(note.read_text())
        return known
    machines = [
        {"suite": "bookworm", "template": "fresh", "address": "10.77.0.%d" % (11 + number), **machine}
        for number, machine in enumerate(wanted)
    ]
    for machine in machines:
        if machine["template"] not in TEMPLATES.get(machine["suite"], {}):
            raise Failed("%(name)s: there is no template %(template)s of %(suite)s" % machine)
    with ThreadPoolExecutor() as pool:
        distinct = {(machine["suite"], machine["template"]) for machine in machines}
        for made in [pool.submit(template, *each) for each in distinct]:
            made.result()
    directory.mkdir(parents=True)
    hosts = "".join("%(address)s %(name)s\n" % machine for machine in machines)
    group = "230.77.%d.%d:%d" % (os.getpid() // 256 % 256, os.getpid() % 256, _free_port())
    try:
        with ThreadPoolExecutor(len(machines)) as pool:
            started = [pool.submit(clone, directory, *each, group, hosts) for each in enumerate(machines)]
            reached = [each.result() for each in started]
    except BaseException:
        down(directory)
        raise
    note.write_text(json.dumps(reached))
    return reached


def down(directory: Path) -> None:
    """End the machines of a directory and remove it."""
    for own in directory.glob("*/"):
        kill(own)
    shutil.rmtree(directory, ignore_errors=True)


def _mark(name: str, *made_from: str) -> str:
    """A name that depends on the inputs of a template."""
    return "%s-%s" % (name, hashlib.sha256("\n".join(made_from).encode()).hexdigest()[:8])


def _overlay(disk: Path, form: str, new: Path) -> None:
    words = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", form, "-b", str(disk), str(new)]
    subprocess.run(words, check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """The command line."""
    verb, directory = sys.argv[1], Path(sys.argv[2])
    try:
        if verb == "up":
            print(json.dumps(up(directory, json.load(sys.stdin))))
        else:
            down(directory)
    except Failed as error:
        sys.exit("machines.py: %s" % error)


if __name__ == "__main__":
    main()
