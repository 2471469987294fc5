# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check whether an NFS share can be mounted, by mounting it read-only in a separate mount namespace.

Reads `server`, `path`, `options` and `timeout` as JSON in its argument, and prints why the share cannot be mounted, or
nothing. Like the engine, it uses the system call, so mount.nfs is not required. The mount ends with the process that
created the namespace.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Mapping

# Options that are flags of the system call. All others are passed to the file system.
FLAGS = {"nosuid": 2, "nodev": 4, "noexec": 8, "sync": 16, "dirsync": 128, "noatime": 1024, "nodiratime": 2048}
NEITHER = {"defaults", "ro", "rw", "async", "atime", "dev", "diratime", "exec", "relatime", "strictatime", "suid"}
READ_ONLY, RECURSIVE, PRIVATE, NEW_MOUNTS = 1, 0x4000, 0x40000, 0x20000
LIBC = ctypes.CDLL(None, use_errno=True)

REASONS = {
    errno.ENOENT: "the server does not export this path to this host",
    errno.EACCES: "the server denies access to this host",
    errno.EPERM: "the server denies access to this host",
    errno.EPROTONOSUPPORT: "the server does not support this version of NFS",
    errno.EINVAL: "the kernel of this host rejects these options",
    errno.ENODEV: "the kernel of this host does not support NFS",
    errno.ECONNREFUSED: "the server does not run NFS",
}


def call(done: int) -> None:
    """Raise OSError if a system call has failed."""
    if done:
        raise OSError(ctypes.get_errno(), "")


def attempt(address: str, path: str, options: list[str], target: str) -> None:
    """Mount the share and list it. Raises OSError."""
    flags = READ_ONLY | sum(FLAGS.get(word, 0) for word in set(options))
    # With a separate superblock, because another mount of the share at the same time must not become read-only.
    data = ["addr=" + address, "nosharecache", *(word for word in options if word not in FLAGS and word not in NEITHER)]
    call(LIBC.unshare(NEW_MOUNTS))
    call(LIBC.mount(b"none", b"/", None, RECURSIVE | PRIVATE, None))
    call(LIBC.mount((":" + path).encode(), target.encode(), b"nfs", flags, ",".join(data).encode()))
    try:
        list(Path(target).iterdir())
    except PermissionError:  # for root; other users may have access
        pass


def mounted(address: str, path: str, options: list[str], timeout: int) -> str:
    """Why a share cannot be mounted; empty if it can."""
    with tempfile.TemporaryDirectory() as target:
        child = os.fork()
        if child == 0:
            signal.alarm(timeout)  # also ends the process during the system call
            try:
                attempt(address, path, options, target)
                os._exit(0)
            except OSError as error:
                os._exit(error.errno or errno.EIO)
        status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return "the server does not answer within %d s" % timeout
    code = os.WEXITSTATUS(status)
    return REASONS.get(code, os.strerror(code)) if code else ""


def reason(share: Mapping[str, str], timeout: int) -> str:
    """Why a share cannot be used; empty if it can."""
    options = share["options"].split(",")
    said = dict(word.partition("=")[::2] for word in options)
    version = said.get("nfsvers") or said.get("vers") or "4"
    port = int(said.get("port") or (111 if version.startswith("3") else 2049))
    try:
        found = socket.getaddrinfo(share["server"], port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return "the host name cannot be resolved: %s" % error.strerror
    # The engine prefers IPv4 addresses.
    family, _kind, _protocol, _name, where = min(found, key=lambda one: one[0] != socket.AF_INET)
    try:
        with socket.socket(family) as client:
            client.settimeout(timeout)
            client.connect(where)
    except OSError as error:
        return "port %d cannot be reached: %s" % (port, error.strerror or "no answer within %d s" % timeout)
    return mounted(str(where[0]), share["path"], options, timeout)


if __name__ == "__main__":
    wanted = json.loads(sys.argv[1])
    sys.stdout.write(reason(wanted, int(wanted["timeout"])))
