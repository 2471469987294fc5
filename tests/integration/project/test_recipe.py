# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application in docs/projects.md: each command there prints the lines that the page shows."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import yaml
from harness.driver import PYTHON
from harness.image import BASE
from harness.playbook import environment

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "projects.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PLACE = "/var/lib/slipway-docker"
PROGRAMS = {
    "registry.example.com/db:16": {"ready": "test -f /up", "serve": "touch /up; exec sleep 1000"},
    "registry.example.com/shop:2.4": {"ready": "true", "migrate": "echo one", "serve": "exec sleep 1000"},
    "registry.example.com/shop:2.5": {"ready": "true", "migrate": "echo two", "serve": "exec sleep 1000"},
    "registry.example.com/shop:2.6": {
        "ready": "echo cannot reach the cache; exit 1",
        "migrate": "true",
        "serve": "exec sleep 1000",
    },
}


def build(engine, place, tag, programs):
    """An image with these shell scripts, of which ``serve`` is the command."""
    place.mkdir()
    lines = ["FROM " + BASE, 'CMD ["/serve"]']
    for name, script in programs.items():
        (place / name).write_text("#!/bin/sh\n%s\n" % script)
        (place / name).chmod(0o755)
        lines.append("COPY %s /%s" % (name, name))
    (place / "Dockerfile").write_text("\n".join(lines))
    engine.docker("build", "--quiet", "--tag", tag, str(place))


def comparable(text):
    """The text without what differs from run to run, and without line breaks."""
    text = re.sub(r"\d+\.\d s", "N s", text)
    text = re.sub(re.escape(PLACE) + r"|\S+/files(?=/shop)", "PLACE", text)
    text = re.sub(r"(?<=/db/)[0-9a-f]{16}", "DIGEST", text)
    return " ".join(text.replace('\\"', '"').split())


def test_the_page(engine, tmp_path):
    """In the order of the page."""
    for number, (tag, programs) in enumerate(PROGRAMS.items()):
        build(engine, tmp_path / str(number), tag, programs)
    play = yaml.safe_load(next(text for kind, text in BLOCKS if kind == "yaml"))
    task = play[0]["tasks"][0]["slipway.docker.project"]
    more = {name: "{{ %s | default(omit) }}" % name for name in ("on_failure", "state")}
    prune = "{{ ['containers', 'images', 'networks', 'volumes'] if prune is defined else omit }}"
    task.update(more, files_path=str(tmp_path / "files"), prune=prune)
    (tmp_path / "shop.yml").write_text(yaml.safe_dump(play))
    before = [
        "-i",
        "web1,",
        "-c",
        "local",
        "-e",
        "vault_shop_password=s3cret",
        "-e",
        "ansible_python_interpreter=" + PYTHON,
    ]
    commands = [text.partition("\n") for kind, text in BLOCKS if text.startswith("$ ansible-playbook ")]
    assert len(commands) == 8
    for command, _newline, shown in commands:
        words = shlex.split(command.removeprefix("$ "))
        done = subprocess.run(
            [words[0], *before, *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env=environment(engine, tmp_path),
        )
        printed = comparable(done.stdout + done.stderr)
        assert "s3cret" not in printed
        # A line that begins with a lower-case word is one of Ansible's or ours; others continue it.
        for line in re.split(r"\n(?=[a-z ])", shown.strip()):
            assert comparable(line) in printed, done.stdout + done.stderr
    assert engine.names("container") == []
    assert not list((tmp_path / "files").iterdir())
