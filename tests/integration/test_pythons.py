# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each engine module runs with each supported Python of a target, without the packages of other collections."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from harness.driver import promised, run_module, succeeded
from harness.image import BASE

VERSIONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
# Packages that targets of other collections need: here, importing one is an error.
ABSENT = ("requests", "docker", "urllib3", "yaml", "jinja2")


def interpreter(version: str) -> str:
    """A Python of that version. Skips the test if there is none."""
    candidates = [
        shutil.which("python" + version),
        *sorted(Path("~/.pyenv/versions").expanduser().glob(version + ".*")),
    ]
    for found in candidates:
        path = str(found / "bin" / "python3" if isinstance(found, Path) else found)
        if found and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            return path
    pytest.skip("Python %s is not on this machine" % version)


@pytest.fixture
def poisoned(tmp_path):
    """An environment in which importing a package of ABSENT raises."""
    for package in ABSENT:
        (tmp_path / (package + ".py")).write_text("raise ImportError('a module needs %s')\n" % package)
    return {"PYTHONPATH": str(tmp_path)}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_module_runs_under(version, engine, poisoned):
    """Predict, create, find unchanged and remove a volume."""
    python = interpreter(version)

    def volume(check=False, **params):
        params = {"docker_host": engine.host, "name": "data", **params}
        return succeeded(run_module("volume", params, check=check, environ=poisoned, python=python))

    assert promised(volume(check=True)) == promised(volume())
    assert not volume()["changed"]
    assert volume(state="absent")["changed"]
    assert engine.names("volume") == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_project_runs_under(version, engine, poisoned, tmp_path):
    """Predict, create, find unchanged and remove a network, a volume and a container with a file."""
    python = interpreter(version)
    files = [{"path": "/run/key", "content": "1"}]
    service = {"image": BASE, "command": ["sleep", "1000"], "stop_timeout": 0, "volumes": ["data:/data"]}
    options = {
        "docker_host": engine.host,
        "name": "shop",
        "files_path": str(tmp_path / "files"),
        "networks": ["site"],
        "volumes": ["data"],
        "containers": {"web": {**service, "networks": [{"name": "site"}], "files": files}},
        "prune": ["containers", "networks", "volumes"],
    }

    def project(check=False, **params):
        return succeeded(run_module("project", {**options, **params}, check=check, environ=poisoned, python=python))

    assert promised(project(check=True)) == promised(project())
    assert not project()["changed"]
    assert project(state="absent")["changed"]
    assert [engine.names("container"), engine.names("volume")] == [[], []]
