# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the module documentation are run with --check and without, against an engine."""

from __future__ import annotations

import re

import pytest
import yaml
from harness.image import BASE
from harness.playbook import MODULES, examples, run_playbook

# In an order in which each finds its objects.
RUN = (
    "volume",
    "volume_info",
    "network",
    "network_info",
    "image",
    "image_info",
    "container_info",
    "container_copy",
    "container_exec",
    "container",
    "project",
)
# What needs a registry, a network card, or another host. Those of plugin and of the modules about registries are run by
# plugin/test_plugin.py and test_registry_examples.py.
ELSEWHERE = {
    "Pull an image if it is not on the host",
    "Pull an image again when its tag has moved",
    "Build an image and push it",
    "Pull exactly this image on another host",
    "Load images on another host, and add another name",
    "Create a network on an interface of the host",
    "Show which registries have the image",
}
TOOLS = {
    "manage": "echo migrated",
    "nginx": "true",
    "pg_isready": "true",
    "psql": "cat",
    "shop": "true",
    "serve": "mkdir -p /srv /etc/nginx/conf.d /var/lib/web /usr/share/nginx/html; echo hello > /srv/index.html; "
    "echo 1 > /var/lib/web/report.csv; exec httpd -f -p 80 -h /srv",
}
DOCKERFILE = r"""FROM %s
COPY bin/ /bin/
RUN chmod 0755 %s && mkdir -p /etc/nginx/conf.d /var/lib/web /usr/share/nginx/html
RUN echo "postgres:x:70:70::/:/bin/sh" >> /etc/passwd
RUN echo 1 > /var/lib/web/report.csv
CMD ["serve"]
"""


@pytest.fixture
def world(engine, tmp_path):
    """The objects of the examples: an image with stub programs, containers, a network, and files of the host."""
    context = tmp_path / "context"
    (context / "bin").mkdir(parents=True)
    for name, script in TOOLS.items():
        (context / "bin" / name).write_text("#!/bin/sh\n%s\n" % script)
    (context / "Dockerfile").write_text(DOCKERFILE % (BASE, " ".join("/bin/" + name for name in TOOLS)))
    names = ("registry.example.com:5000/web:1.4", "app:1.4", "registry.example.com/team/app:1.4", "database:16")
    names += ("registry.example.com/postgres:16", "registry.example.com/shop:2.4")
    engine.docker("build", *("--tag=" + name for name in names), str(context))
    engine.docker("network", "create", "site")
    for name in ("web", "database", "backup"):
        engine.docker("run", "-d", "--name", name, names[0])
    for place in ("web/pages", "images", "reports"):
        (tmp_path / "srv" / place).mkdir(parents=True)
    (tmp_path / "srv" / "images" / "trixie.tar.gz").write_bytes(b"")
    engine.docker("save", "--output", str(tmp_path / "srv" / "images" / "app.tar"), "app:1.4")
    for file in ("srv/web/site.conf", "srv/web/pages/index.html", "templates/site.conf.j2", "files/site.sql"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("select 1;\n")
    yield tmp_path
    engine.clean()
    for line in engine.docker("images", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").splitlines():
        name, number = line.split()
        if name != BASE:
            engine.docker("rmi", "--force", number if "<none>" in name else name)


def test_the_examples_run(engine, world):
    """In check mode, which changes nothing, and without."""
    tasks = [task for module in RUN for task in examples(module) if task["name"] not in ELSEWHERE]
    names = {task["name"] for module in RUN for task in examples(module)}
    assert names >= ELSEWHERE, "an example has another name now"
    text = yaml.safe_dump(tasks, width=1000).replace("/srv/images/trixie.tar.gz", str(world / "base.tar"))
    text = re.sub(r"(?<=[ '\"])/srv/(?=web/|images/|reports/)", "%s/srv/" % world, text)
    engine.docker("create", "--name", "export", BASE)
    engine.docker("export", "--output", str(world / "base.tar"), "export")
    engine.docker("rm", "export")
    shop = examples("project")[0]["slipway.docker.project"]
    tasks = yaml.safe_load(text)
    plays = [{"hosts": "localhost", "gather_facts": False, "vars": {"shop": shop}, "tasks": tasks}]
    before = {noun: engine.names(noun) for noun in ("container", "network", "volume")}
    for arguments in (["--check", "--diff"], []):
        changed, failed, printed = run_playbook(engine, world, plays, *arguments)
        assert not failed, printed
        assert changed > 5, printed
        if arguments:
            assert {noun: engine.names(noun) for noun in before} == before


@pytest.mark.parametrize("module", sorted(path.stem for path in MODULES.glob("*.py")))
def test_examples_use_existing_options(module):
    """Each task has a name and uses one module of the collection, or a builtin module to show a result."""
    for task in examples(module):
        used = [key for key in task if "." in key]
        assert task["name"]
        assert len(used) == 1
        assert used[0].startswith(("slipway.docker.", "ansible.builtin."))
