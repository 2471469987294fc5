# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action project passes to the module, shows and leaves, with a connection that only pretends."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible import constants as C  # noqa: N812
from ansible.module_utils.common.text.converters import to_bytes
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import Templar
from ansible_collections.slipway.docker.plugins.action import project
from ansible_collections.slipway.docker.plugins.action.project import ActionModule
from ansible_collections.slipway.docker.plugins.plugin_utils import progress

STEP = {"resource": "container web", "step": "start container web: it does not run", "result": "done", "seconds": 1.0}
LINE = "project shop (host1): start container web: done in 1.0 s"
PATIENCE = 60


class Become:
    """A become plugin: building a command changes it."""

    user = None


class Connection:
    """Counts its copies by their become plugins."""

    has_native_async = False
    transport = "local"

    def __init__(self):
        self.become = Become()
        self._shell = SimpleNamespace(tmpdir=None)


class Ssh(Connection):
    """A connection over ssh, as far as the action knows."""

    transport = "ssh"


Connection.__module__ = "ansible.plugins.connection.local"
Ssh.__module__ = "ansible.plugins.connection.ssh"


class Other(Connection):
    """A connection that cannot be copied, but has the transport of one that can."""

    transport = "ssh"


@pytest.fixture
def shown(monkeypatch):
    """The lines that are shown; those that need verbosity begin with "-v: "."""
    found = []
    fake = SimpleNamespace(
        display=lambda text, color: found.append(text),
        v=lambda text: found.append("-v: " + text),
        vvv=lambda text: None,
    )
    monkeypatch.setattr(project, "display", fake)
    monkeypatch.setattr(progress, "FIRST", 0.0)
    return found


class Action:
    """Runs the action. ``module`` stands for the module and gets its arguments, ``commands`` are those of the host."""

    def __init__(self, place):
        self.place, self.sent, self.commands = place, [], []
        self.module = lambda args: {"changed": True, "timeline": [STEP]}
        self.answer = lambda command: {"stdout": ""}
        self.loader = DataLoader()
        self.loader.set_basedir(str(place))

    def run(self, connection=Connection, check=False, task=None, host="host1", **args):
        """The result."""
        settings = {"check_mode": check, "async_val": 0, "no_log": False, "delegate_to": None, **(task or {})}
        found = SimpleNamespace(args={"name": "shop", **args}, action="slipway.docker.project", **settings)
        found.get_search_path = lambda: [str(self.place)]
        action = ActionModule(found, connection(), None, self.loader, Templar(self.loader), None)
        action.get_shell_option = lambda option: ["/var/tmp", str(self.place)]
        used = action._connection

        def execute(module_name, module_args, task_vars, wrap_async):
            assert module_name == "slipway.docker.project"
            self.sent.append({**module_args, "wrap_async": wrap_async})
            return self.module(module_args)

        def command(text):
            self.commands.append(text)
            return self.answer(text)

        action._execute_module, action._low_level_execute_command = execute, command
        result = action.run(None, {"inventory_hostname": host})
        assert action._connection is used
        return result


@pytest.fixture
def action(tmp_path, shown):
    """Runs the action."""
    return Action(tmp_path)


def test_the_result_is_that_of_the_module(action, shown):
    """The steps of a short task are shown after it."""
    result = action.run(containers={"web": {"image": "x"}})
    assert result == {"changed": True, "timeline": [STEP]}
    sent = action.sent[0]
    assert sent.pop("progress_file").startswith("/var/tmp/slipway-project-")
    assert sent == {"name": "shop", "containers": {"web": {"image": "x"}}, "wrap_async": False}
    assert shown == [LINE]


def test_the_file_of_each_task_has_another_name(action):
    """Which nobody can guess."""
    for _number in range(2):
        action.run()
    first, second = (Path(sent["progress_file"]).name for sent in action.sent)
    assert first != second
    assert len(first) > 32


@pytest.mark.parametrize("connection", [Connection, Ssh])
def test_steps_are_shown_while_the_module_runs(action, shown, connection, monkeypatch):
    """The file is read directly, or by a command on the host."""
    said = threading.Event()
    monkeypatch.setattr(project.display, "display", lambda text, color: (shown.append(text), said.set()))
    action.answer = lambda command: {"stdout": json.dumps(STEP) + "\n"}

    def module(args):
        Path(args["progress_file"]).write_text(json.dumps(STEP) + "\n")
        assert said.wait(PATIENCE)
        assert shown == [LINE]
        return {"changed": True, "timeline": [STEP, {**STEP, "step": "await container web: x"}]}

    action.module = module
    action.run(connection, progress_file=str(action.place / "it's"))
    assert shown == [LINE, LINE.replace("start", "await")]
    assert bool(action.commands) == (connection is Ssh)
    assert all("'it'\"'\"'s'" in command or "it'\"'\"'s" in command for command in action.commands)


def test_a_file_of_another_user_is_read_by_a_command(action, shown, monkeypatch):
    """With become."""
    asked = threading.Event()

    def refuse(*args, **kwargs):
        raise PermissionError

    def answer(command):
        asked.set()
        return {"stdout": ""}

    action.answer = answer
    action.module = lambda args: {"changed": False, "asked": asked.wait(PATIENCE)}
    monkeypatch.setattr(project.Path, "open", refuse)
    assert action.run()["asked"]


def test_a_copy_of_the_connection_reads(action):
    """The plugins have state while they run a command."""
    beside = ActionModule(SimpleNamespace(), Ssh(), None, None, None, None)
    copied = beside._beside()
    assert copied._connection is not beside._connection
    assert copied._connection.become is not beside._connection.become


def test_failing_reads_are_no_failure(action, shown):
    """The steps are shown afterwards."""
    failed = threading.Event()

    def answer(command):
        failed.set()
        raise RuntimeError("the connection is gone")

    action.answer = answer
    action.module = lambda args: {"failed": not failed.wait(PATIENCE), "timeline": [STEP]}
    assert not action.run(Ssh)["failed"]
    assert shown == [LINE]


def test_other_connections_show_the_steps_afterwards(action, shown):
    """If the verbosity asks for it. Nothing is written on the host."""
    action.run(Other)
    assert "progress_file" not in action.sent[0]
    assert shown == ["-v: " + LINE]


@pytest.mark.parametrize(
    ("task", "args", "check"),
    [
        ({}, {"progress": False}, False),
        ({}, {"progress": "no"}, False),
        ({}, {"progress": "perhaps"}, False),
        ({"no_log": True}, {}, False),
        ({"async_val": 60}, {}, False),
        ({}, {}, True),
    ],
)
def test_nothing_is_shown(action, shown, task, args, check):
    """If it is turned off, may be secret, or nobody waits for the task. The module checks the value."""
    action.run(task=task, check=check, **args)
    assert "progress_file" not in action.sent[0]
    assert action.sent[0]["wrap_async"] == bool(task.get("async_val"))
    assert action.sent[0].get("progress") == args.get("progress")
    assert shown == []


def test_nothing_is_shown_among_json(action, shown, monkeypatch):
    """A program reads it."""
    monkeypatch.setattr(C, "DEFAULT_STDOUT_CALLBACK", "ansible.posix.json")
    action.run()
    assert shown == []


def test_a_delegated_task_names_both_hosts(action, shown):
    """The file is on the other one."""
    action.run(task={"delegate_to": "other"})
    assert shown == [LINE.replace("host1", "host1 -> other")]


def test_the_file_of_a_killed_module_is_removed(action):
    """It has no result then, but what Python or the shell said."""
    action.module = lambda args: {"failed": True, "module_stdout": "Killed", "rc": 137}
    assert action.run(Ssh)["rc"] == 137
    assert action.commands[-1] == "rm -f " + action.sent[0]["progress_file"]


def test_the_file_is_removed_if_the_task_took_too_long(action, shown):
    """But the host is only asked if the file was there: it may not be reachable at all."""
    action.module = lambda args: 1 / 0
    with pytest.raises(ZeroDivisionError):
        action.run(Ssh)
    assert [command for command in action.commands if command.startswith("rm")] == []
    read = threading.Event()

    def answer(command):
        if command.startswith("rm"):
            raise RuntimeError("the connection is gone")
        return {"stdout": json.dumps(STEP) + "\n"}

    def module(args):
        while not shown:
            read.wait(0.01)
        raise ZeroDivisionError

    action.answer, action.module = answer, module
    with pytest.raises(ZeroDivisionError):
        action.run(Ssh)
    assert action.commands[-1].startswith("rm -f ")


def test_a_plan_is_written_and_executed(action):
    """The file is next to the playbook. The module does not get the option."""
    plan = {"changed": True, "plan": [{"resource": "container web"}], "plan_digest": "1.2"}
    action.module = lambda args: plan
    assert action.run(check=True, plan_file="plans/host1.json") == plan
    assert json.loads((action.place / "plans" / "host1.json").read_text())["plan"] == plan["plan"]
    for explicit in ({}, {"plan_digest": "1.2"}):
        action.run(plan_file="plans/host1.json", **explicit)
        assert action.sent[-1]["plan_digest"] == "1.2"
    assert ["plan_digest" in sent for sent in action.sent] == [False, True, True]
    assert not any("plan_file" in sent for sent in action.sent)


def test_problems_of_plan_files_are_errors(action):
    """In a run, before the module is started."""
    for args, words in (({}, "does not exist"), ({"plan_digest": "3"}, "does not exist")):
        assert words in action.run(plan_file="plan.json", **args)["msg"]
    assert action.sent == []
    action.module = lambda args: {"plan": [], "plan_digest": "1"}
    action.run(check=True, plan_file="plan.json")
    assert "plan_digest requires" in action.run(plan_file="plan.json", plan_digest="2")["msg"]
    result = action.run(check=True, plan_file="plan.json", host="host2")
    assert result["failed"]
    assert "plan of the project shop on host1" in result["msg"]


def test_a_failed_check_keeps_the_plan(action):
    """Of an earlier run."""
    (action.place / "plan.json").write_text("old")
    action.module = lambda args: {"failed": True, "msg": "no engine"}
    assert action.run(check=True, plan_file="plan.json")["msg"] == "no engine"
    assert (action.place / "plan.json").read_text() == "old"


def test_files_are_found_and_decrypted(action):
    """In the directory files, as for ansible.builtin.copy. Decrypted files do not stay."""
    secret = VaultSecret(b"password")
    action.loader.set_vault_secrets([("default", secret)])
    (action.place / "files").mkdir()
    (action.place / "files" / "key").write_bytes(VaultLib().encrypt(to_bytes("hidden"), secret))
    (action.place / "plain").write_bytes(b"\xff")
    files = [{"path": "/key", "src": "key"}, {"path": "/plain", "src": "plain"}]
    action.run(containers={"web": {"files": files}})
    sent = action.sent[0]["containers"]["web"]["files"]
    assert [file["content"] for file in sent] == ["aGlkZGVu", "/w=="]
    assert action.loader._tempfiles == set()
    result = action.run(containers={"web": {"files": [{"path": "/x", "src": "missing"}]}})
    assert result["failed"]
    assert "containers.web.files[0]: src: " in result["msg"]
    assert "missing" in result["msg"]
    assert len(action.sent) == 1
