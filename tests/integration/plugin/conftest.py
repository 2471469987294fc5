# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real managed plugin in a real registry: a volume driver that is a shell script behind socat."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from harness import oci
from harness.driver import Modules, run_module

SOCAT = shutil.which("socat") or "/usr/bin/socat"
START = """#!/bin/sh
exec %s UNIX-LISTEN:/run/docker/plugins/test.sock,fork EXEC:/serve
"""
SERVE = r"""#!/bin/sh
return=$(printf '\r')
read -r method path version
length=0
while read -r line && [ "$line" != "$return" ]; do
  case $line in Content-Length:*) length=${line#*: } length=${length%$return} ;; esac
done
[ "$length" = 0 ] || head -c "$length" >/dev/null
case $path in
  /Plugin.Activate) answer='{"Implements": ["VolumeDriver"]}' ;;
  /VolumeDriver.Capabilities) answer='{"Capabilities": {"Scope": "local"}}' ;;
  /VolumeDriver.List) answer='{"Volumes": []}' ;;
  *) answer='{"Err": "", "Volume": {"Name": "some", "Mountpoint": ""}}' ;;
esac
printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
  ${#answer} "$answer"
"""


def setting(name: str, value: Any, *fields: str, **more: Any) -> dict[str, Any]:
    """A part of a plugin's configuration, in which these fields can be set."""
    return {"name": name, "description": "", "value": value, "settable": list(fields), **more}


def configuration(**more: Any) -> dict[str, Any]:
    """The configuration of a plugin."""
    mount = {"source": "/tmp", "destination": "/mnt/state", "type": "bind", "options": ["rbind"]}
    return {
        "description": "made by a test",
        "entrypoint": ["/start"],
        "interface": {"types": ["docker.volumedriver/1.0"], "socket": "test.sock"},
        "network": {"type": "host"},
        "env": [setting("DEBUG", "0", "value"), setting("FIXED", "1")],
        "linux": {"capabilities": ["CAP_SYS_ADMIN"]},
        "mounts": [{"name": "state", "description": "", "settable": ["source"], **mount}],
        "args": setting("args", [], "value"),
        "propagatedmount": "/data",
        **more,
    }


def root(place: Path) -> None:
    """The files of the plugin: busybox, and socat with its libraries."""
    for name in ("bin", "data", "mnt/state", "run/docker/plugins"):
        (place / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", place / "bin")
    for name in ("sh", "head"):
        (place / "bin" / name).symlink_to("busybox")
    said = subprocess.run(["ldd", SOCAT], capture_output=True, text=True, check=True).stdout
    for file in [SOCAT, *re.findall(r"(/\S+) \(0x", said)]:
        target = place / file.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    for name, text in (("start", START % SOCAT), ("serve", SERVE)):
        (place / name).write_text(text)
        (place / name).chmod(0o755)


@pytest.fixture(scope="session")
def published(registry, shared_engine, tmp_path_factory):
    """The name of the plugin in the registry, with several tags, and the digest of the tag 2."""
    registry.admit(shared_engine)
    place, name, digests = tmp_path_factory.mktemp("plugin"), registry.host + "/test/plugin", {}
    root(place / "rootfs")
    for tag, more in (
        ("1", {}),
        ("2", {"env": [setting("DEBUG", "7", "value"), setting("LEVEL", "low", "value")]}),
        ("3", {"pidhost": True}),
        ("modest", {"network": {"type": "bridge"}, "linux": {}, "mounts": []}),
        ("broken", {"entrypoint": ["/nothing"]}),
    ):
        (place / "config.json").write_text(json.dumps(configuration(**more)))
        shared_engine.docker("plugin", "create", "%s:%s" % (name, tag), str(place))
        shared_engine.docker("plugin", "push", "%s:%s" % (name, tag))
        digests[tag] = oci.digest(oci.fetch(registry, "test/plugin", tag))
        shared_engine.docker("plugin", "rm", "%s:%s" % (name, tag))
    return name, digests["2"]


class LoggedIn(Modules):
    """Modules run by a user with a stored login."""

    def __call__(self, module, /, check=False, diff=True, **params):
        """Run a module with these options."""
        params = {"docker_host": self.engine.host, **params}
        home = {"DOCKER_CONFIG": str(self.engine.root / "client")}
        return run_module(module, params, check=check, diff=diff, environ=home)


@pytest.fixture
def run(engine):
    """Runs modules with the credentials of the registry."""
    return LoggedIn(engine)


@pytest.fixture(autouse=True)
def clean(shared_engine):
    """Removes all plugins after each test."""
    yield
    for name in shared_engine.docker("plugin", "ls", "--format", "{{.Name}}").split():
        shared_engine.docker("plugin", "rm", "--force", name)
