# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed plugins from a real registry, run by a real engine."""

from __future__ import annotations

from harness.driver import failed, succeeded
from harness.playbook import examples, run_playbook


def shown(engine, name):
    """What the Engine shows of a plugin."""
    return engine.api("GET", "/v1.41/plugins/%s/json" % name)


def env(engine, name):
    """The variables of a plugin."""
    return shown(engine, name)["Settings"]["Env"]


def test_install_enable_set_disable_remove(run, engine, published):
    """As declared. It is a volume driver when enabled."""
    name = published[0] + ":1"
    made = run.scenario("plugin", name=name)
    assert made["actions"] == ["install plugin %s: it does not exist" % name]
    assert made["plugin"]["PluginReference"] == name
    assert shown(engine, name)["Enabled"] is False

    run.scenario("plugin", name=name, state="enable", enable_timeout=20)
    assert shown(engine, name)["Enabled"] is True
    engine.docker("volume", "create", "--driver", name, "some")
    for check in (True, False):
        result = run("plugin", check=check, name=name, plugin_options={"DEBUG": 1})
        assert result["failed"] is not check
    assert "is in use. Remove its volumes or networks, and the containers that use them, first" in failed(result)
    assert env(engine, name)[0] == "DEBUG=0"
    engine.docker("volume", "rm", "some")

    options = {"DEBUG": 1, "state.source": "/var/tmp", "args": "-v -x"}
    changed = run.scenario("plugin", name=name, plugin_options=options)
    assert [action.split(" ")[0] for action in changed["actions"]] == ["create", "disable", "set", "enable", "remove"]
    assert changed["diff"]["after"] == {"plugin_options": dict.fromkeys(options, "(hidden, differs)")}
    assert env(engine, name) == ["DEBUG=1", "FIXED=1"]
    assert shown(engine, name)["Settings"]["Mounts"][0]["Source"] == "/var/tmp"
    assert shown(engine, name)["Settings"]["Args"] == ["-v", "-x"]
    assert shown(engine, name)["Enabled"] is True
    run.scenario("plugin", name=name, changed=False, plugin_options={"DEBUG": "1"}, state="enable")

    run.scenario("plugin", name=name, state="disable")
    assert shown(engine, name)["Enabled"] is False
    run.scenario("plugin", name=name, changed=False)
    run.scenario("plugin", name=name, state="enable")
    run.scenario("plugin", name=name, state="absent")
    assert engine.docker("plugin", "ls", "--quiet") == ""


def test_install_set_and_enable_in_one_task(run, engine, published):
    """With an alias."""
    options = {"DEBUG": "true"}
    made = run.scenario("plugin", name=published[0] + ":1", alias="storage", plugin_options=options, state="enable")
    assert [action.split(":")[0] for action in made["actions"]] == [
        "install plugin storage",
        "set plugin storage",
        "enable plugin storage",
    ]
    assert env(engine, "storage")[0] == "DEBUG=true"
    assert made["plugin"]["Settings"]["Env"] == ["DEBUG=(hidden)", "FIXED=(hidden)"]
    assert shown(engine, "storage")["Enabled"] is True


def by_digest(engine):
    """Whether the engine supports the digest of a plugin."""
    return tuple(int(part) for part in engine.api("GET", "/version")["ApiVersion"].split(".")) >= (1, 45)


def test_upgrade_and_back(run, engine, published):
    """Enabled before and afterwards, with the declared settings."""
    repository, digest = published
    new = "%s@%s" % (repository, digest) if by_digest(engine) else repository + ":2"
    run.scenario("plugin", name=repository + ":1", alias="storage", plugin_options={"DEBUG": 5}, state="enable")
    wanted = {"name": new, "alias": "storage", "plugin_options": {"LEVEL": "high"}}
    changed = run.scenario("plugin", **wanted)
    verbs = [action.split(" ")[0] for action in changed["actions"]]
    assert verbs == [
        "create",
        "disable",
        "upgrade",
        "set",
        "enable",
        "remove",
    ]  # the first and last step are those of a note
    assert shown(engine, "storage")["PluginReference"] == new
    assert "LEVEL=high" in env(engine, "storage")
    assert shown(engine, "storage")["Enabled"] is True

    run.scenario("plugin", name=repository + ":1", alias="storage")
    assert shown(engine, "storage")["PluginReference"] == repository + ":1"
    assert shown(engine, "storage")["Enabled"] is True


def test_a_digest_without_a_tag(run, engine, published):
    """The local name has the tag latest."""
    name = "%s@%s" % published
    if not by_digest(engine):
        assert "requires Engine API 1.45" in failed(run("plugin", name=name))
        return
    made = run.scenario("plugin", name=name)
    assert made["plugin"]["Name"] == published[0] + ":latest"
    assert shown(engine, published[0] + ":latest")["PluginReference"] == name


def test_a_plugin_without_privileges(run, published):
    """It is installed without granting any."""
    run.scenario("plugin", name=published[0] + ":modest", privileges=[])


def test_without_credentials(module, published):
    """The registry's error is reported before anything is downloaded."""
    for check in (True, False):
        message = failed(module("plugin", check=check, name=published[0] + ":1"))
        assert "requires a login, or rejects the credentials" in message


def test_privileges(run, engine, published):
    """A plugin that requires more is not downloaded."""
    name = published[0] + ":3"
    granted = [
        {"name": "network", "value": ["host"]},
        {"name": "mount", "value": ["/tmp"]},
        {"name": "capabilities", "value": ["CAP_SYS_ADMIN"]},
    ]
    for check in (True, False):
        message = failed(run("plugin", check=check, name=name, privileges=granted))
        assert "requires privileges that the task does not grant: host pid namespace true" in message
    assert engine.docker("plugin", "ls", "--quiet") == ""
    granted.append({"name": "host pid namespace", "value": ["true"]})
    run.scenario("plugin", name=name, privileges=granted)


def test_an_upgrade_that_does_not_start_is_rolled_back(run, engine, published):
    """The old version is enabled again, with its settings."""
    old = {"name": published[0] + ":1", "alias": "storage", "plugin_options": {"DEBUG": 5}, "state": "enable"}
    succeeded(run("plugin", **old))
    before = shown(engine, "storage")
    result = run("plugin", **{**old, "name": published[0] + ":broken"})
    message = failed(result)
    assert "Could not enable plugin storage:latest" in message
    assert "The steps before it have been rolled back." in message
    assert result["rolled_back"] is True
    after = shown(engine, "storage")
    assert (after["PluginReference"], after["Settings"], after["Enabled"]) == (
        before["PluginReference"],
        before["Settings"],
        True,
    )


def test_an_installation_that_does_not_start_is_rolled_back(run, engine, published):
    """Nothing is left."""
    assert "Could not enable plugin" in failed(run("plugin", name=published[0] + ":broken", state="enable"))
    assert engine.docker("plugin", "ls", "--quiet") == ""


def test_invalid_options_are_rejected(run, engine, published):
    """With the supported values, and nothing changes."""
    name = published[0] + ":1"
    message = failed(run("plugin", name=name, plugin_options={"NONSENSE": 1}))
    assert "NONSENSE" in message
    assert engine.docker("plugin", "ls", "--quiet") == ""
    succeeded(run("plugin", name=name))
    for check in (True, False):
        message = failed(run("plugin", check=check, name=name, plugin_options={"NONSENSE": 1}))
        assert "the plugin has no setting NONSENSE. It has DEBUG, FIXED, args, state.source." in message
    assert "FIXED" in failed(run("plugin", name=name, plugin_options={"FIXED": 2}))
    assert env(engine, name) == ["DEBUG=0", "FIXED=1"]
    assert "alias: a@sha256" in failed(run("plugin", name=name, alias="a@sha256:" + "0" * 64))
    for check in (True, False):
        message = failed(run("plugin", check=check, name=published[0] + ":none"))
        assert "The registry has no plugin %s:none. Check the tag" % published[0] in message
    assert "is not an image name:" in failed(run("plugin", name="UPPER/case"))


def test_a_plugin_in_use_is_removed_only_by_force(run, engine, published):
    """Otherwise the task fails."""
    name = published[0] + ":1"
    succeeded(run("plugin", name=name, state="enable"))
    engine.docker("volume", "create", "--driver", name, "some")
    assert "is in use" in failed(run("plugin", name=name, state="absent"))
    assert shown(engine, name)["Enabled"] is True
    run.scenario("plugin", name=name, state="absent", force_remove=True)
    assert engine.docker("plugin", "ls", "--quiet") == ""
    # Docker 20.10 remembers the driver of the volume and would reject the name for another plugin.
    succeeded(run("plugin", name=name, state="enable"))
    engine.docker("volume", "rm", "some")


def test_the_examples_run(engine, published, tmp_path, monkeypatch):
    """Those of the module documentation, with --check, which changes nothing, and without."""
    monkeypatch.setenv("DOCKER_CONFIG", str(engine.root / "client"))
    tasks = examples("plugin")
    install, remove = [task["slipway.docker.plugin"] for task in (tasks[0], tasks[2])]
    assert install["plugin_name"].startswith("registry.example.com:5000/nfs@sha256:")
    install["plugin_name"] = published[0] + ":1"
    install["plugin_options"]["state.source"] = str(tmp_path)
    install["privileges"].append({"name": "mount", "value": ["/tmp"]})
    tasks[1]["slipway.docker.volume"]["name"] = "some"  # the only volume of this plugin
    used = {"name": "Stop using it", "slipway.docker.volume": {"name": "some", "state": "absent"}}
    assert remove == {"plugin_name": "nfs", "state": "absent"}
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": [*tasks[:2], used, tasks[2]]}]
    # The driver lists the volume as soon as the plugin is enabled.
    for arguments, changes in ((["--check", "--diff"], 2), ([], 3)):
        changed, failures, printed = run_playbook(engine, tmp_path, plays, *arguments)
        assert not failures, printed
        assert changed == changes, printed
        assert engine.docker("plugin", "ls", "--quiet") == ""
