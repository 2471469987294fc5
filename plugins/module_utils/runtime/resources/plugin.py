# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A managed plugin. The Engine changes or upgrades only disabled plugins, so a change includes disabling it."""

from __future__ import annotations

from typing import Any, Callable, Collection, Dict, List, Mapping, NamedTuple

from ..engine import notes, plugins, registries
from ..engine.client import Client
from ..engine.waiting import until
from ..errors import InputError, NotFound, TransportError, VersionError
from ..registry.credentials import auth_for
from ..state.canonical import texts
from ..state.compare import HIDDEN, Change
from ..state.field import SUBSET, UPDATE, Control, Field, Option
from ..state.noting import finished, noted
from ..state.plan import Kind, Made, Plan, Step
from ..state.resource import Params, Resource
from ..state.table import Table
from ..values.reference import LATEST, Reference, image_name, parse


def settings(plugin: Mapping[str, Any]) -> Dict[str, str]:
    """The configurable settings by their names in the Engine, with values: variables, sources, paths and arguments."""
    found = plugin.get("Settings") or {}
    have = dict(entry.partition("=")[::2] for entry in found.get("Env") or ())
    for mount in found.get("Mounts") or ():
        have["%s.source" % mount.get("Name")] = str(mount.get("Source") or "")
    for device in found.get("Devices") or ():
        have["%s.path" % device.get("Name")] = str(device.get("Path") or "")
    arguments = ((plugin.get("Config") or {}).get("Args") or {}).get("Name")
    return {**have, arguments: " ".join(found.get("Args") or ())} if arguments else have


def spelled(values: Mapping[str, str]) -> Dict[str, List[str]]:
    """The body of a request to change settings."""
    return {"settings": ["%s=%s" % item for item in sorted(values.items())]}


TABLE = Table(
    noun="plugin",
    options=(
        Control("plugin_name", aliases=("name",), required=True, grammar=image_name),
        Control("alias", grammar=image_name),
        Field(
            "plugin_options",
            type="dict",
            encode=spelled,
            decode=settings,
            compare=SUBSET,
            on_change=UPDATE,
            canonical=texts,
            secret=True,
        ),
        Control(
            "privileges",
            type="list",
            elements="dict",
            suboptions=(Option("name", required=True), Option("value", type="list", elements="str")),
        ),
        Control("enable_timeout", type="int", default=0),
        Control("force_remove", type="bool", default=False),
        Control("state", choices=("absent", "present", "enable", "disable"), default="present"),
    ),
)
DIGESTS = "1.45"  # since this API version engines do not panic for a plugin named by digest (20.10 to 25.0.2 do)
LONGEST = 10**6  # seconds
SETTLE = 3.0  # seconds in which an engine may still finish after its answer was lost
# Shown in a diff besides the options.


class Snapshot(NamedTuple):
    """The plugin from inspect, or None; and for one to fetch, the privileges that it requires.

    ``note`` was left by a run that was killed while the plugin was disabled for a change.
    """

    plugin: Mapping[str, Any] | None
    wanted: plugins.Privileges | None = None
    note: notes.Note | None = None


def _remote(params: Params) -> Reference:
    return parse(params["plugin_name"]).or_tag(LATEST)


def _local(params: Params) -> str:
    """The name on this host, with a tag and without digest."""
    if params["alias"]:
        alias = parse(params["alias"])
        if alias.digest:
            raise InputError("alias: %s has a digest, but the name of a plugin cannot have one" % alias, "Remove it.")
        return str(alias.or_tag(LATEST))
    remote = _remote(params)
    return "%s:%s" % (remote.repository, remote.tag or LATEST)


def _is_of(plugin: Mapping[str, Any], remote: Reference) -> bool:
    return parse(str(plugin["PluginReference"])).or_tag(LATEST).pinned == remote.pinned


def observe(client: Client, params: Params) -> Snapshot:
    """The plugin; for one to fetch, also the privileges that it requires, from the registry.

    The Engine reports none also if it cannot find out; then the registry is asked whether the plugin exists.
    """
    if not 0 <= params["enable_timeout"] <= LONGEST:
        raise InputError(
            "enable_timeout: %d is out of range" % params["enable_timeout"],
            "Set it to a number of seconds from 0 to %d." % LONGEST,
        )
    remote, plugin = _remote(params), plugins.inspect(client, _local(params))
    if remote.digest and not client.speaks(DIGESTS):
        raise VersionError(
            "A plugin by digest requires Engine API %s, but this engine is used with %s. Older engines may crash"
            % (DIGESTS, client.version),
            "Use the plugin's tag, or upgrade the engine.",
        )
    note = notes.find(client, "plugin", _local(params))
    if params["state"] == "absent" or plugin and _is_of(plugin, remote):
        return Snapshot(plugin, note=note)
    auth = auth_for(remote.domain)
    wanted = plugins.privileges(client, remote.pinned, auth)
    if not wanted and registries.distribution(client, remote.pinned, auth) is None:
        raise NotFound("The registry has no plugin %s" % remote.pinned, "Check the tag or digest, or push it first.")
    return Snapshot(plugin, wanted, note)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Install, upgrade, configure, enable, disable or remove.

    Raises InputError for settings that the plugin does not have, and for privileges that the task does not grant.
    """
    name, plugin = _local(params), snapshot.plugin
    plan = _absent(params, name, plugin) if params["state"] == "absent" else _present(params, name, snapshot)
    over = finished(snapshot.note, notes.title("plugin", name), notes.drop, "change")
    return plan._replace(steps=plan.steps + over)


def _present(params: Params, name: str, snapshot: Snapshot) -> Plan:
    remote, plugin = _remote(params), snapshot.plugin
    want = TABLE.want(params)
    _refuse_privileges(params, remote, snapshot.wanted or ())
    if plugin is None:
        return _install(params, name, remote, snapshot, want)
    upgrades = not _is_of(plugin, remote)
    changes = list(TABLE.changes(want, TABLE.have(plugin)))
    if changes and not upgrades:
        _refuse_unknown(want["plugin_options"], plugin)
    if upgrades:
        changes.insert(0, Change("reference", remote.pinned, plugin["PluginReference"]))
    reason = " and ".join("%s differs" % change.title for change in changes)
    steps: List[Step] = []
    if changes and plugin["Enabled"]:
        steps.append(_disable(params, name, "it must be disabled for the change"))
    if upgrades:
        args = (remote.pinned, name, snapshot.wanted or [])
        back = Step(Kind.UPGRADE, "plugin", name, "undo its upgrade", _downgrade, (plugin["PluginReference"], name))
        steps.append(Step(Kind.UPGRADE, "plugin", name, reason, _upgrade, args, back))
    if "plugin_options" in want and changes:
        steps.append(_configure(name, want, reason, _configure_back(name, plugin, want)))
    before = plugin["Enabled"] or bool(snapshot.note)
    is_on, on = plugin["Enabled"] and not steps, _ends_enabled(params, before)
    if on and not is_on:
        why = "state is enable" if not before else "it was enabled before"
        steps.append(_enable(params, name, why, _disable(params, name, "undo enabling it")))
    elif is_on and not on:
        steps.append(_disable(params, name, "state is disable"))
    if on != plugin["Enabled"]:
        changes.append(Change("enabled", on, plugin["Enabled"]))
    if on and plugin["Enabled"] and steps and snapshot.note is None:
        subject, note = "the change of plugin %s" % name, notes.Writing("plugin", name)
        whole = noted(note, subject, {}, tuple(steps), lambda client: _is_enabled(client, name))
        return Plan(whole, tuple(changes))
    return Plan(tuple(steps), tuple(changes))


def _is_enabled(client: Client, name: str) -> bool:
    return bool((plugins.inspect(client, name) or {}).get("Enabled"))


def _absent(params: Params, name: str, plugin: Mapping[str, Any] | None) -> Plan:
    if plugin is None:
        return Plan(exists=False, stays=False)
    reason, force = "it exists, and state is absent", params["force_remove"]
    steps = (
        [_disable(params, name, "it must be disabled before it is removed")] if plugin["Enabled"] and not force else []
    )
    steps.append(Step(Kind.REMOVE, "plugin", name, reason, plugins.remove, (name, force)))
    return Plan(tuple(steps), stays=False)


def _install(params: Params, name: str, remote: Reference, snapshot: Snapshot, want: Mapping[str, Any]) -> Plan:
    made = Made()
    undo = Step(Kind.REMOVE, "plugin", name, "undo its installation", _take_back, (made,))
    args, enabled = (remote.pinned, name, snapshot.wanted or []), _ends_enabled(params, False)
    steps = [Step(Kind.INSTALL, "plugin", name, "it does not exist", _pull, args, undo, makes=made)]
    changes = [Change("reference", remote.pinned, None), Change("enabled", enabled, None)]
    if want.get("plugin_options"):
        steps.append(_configure(name, want, "plugin_options is set", undo))
        changes.append(Change.of(TABLE.field("plugin_options"), want["plugin_options"], None))
    if enabled:
        steps.append(_enable(params, name, "state is enable", undo))
    return Plan(tuple(steps), tuple(changes), exists=False)


def _ends_enabled(params: Params, before: bool) -> bool:
    return before if params["state"] == "present" else bool(params["state"] == "enable")


def _enable(params: Params, name: str, reason: str, undo: Step) -> Step:
    return Step(Kind.ENABLE, "plugin", name, reason, plugins.enable, (name, params["enable_timeout"]), undo)


def _disable(params: Params, name: str, reason: str) -> Step:
    args = (name, params["enable_timeout"])
    undo = Step(Kind.ENABLE, "plugin", name, "undo disabling it", plugins.enable, args)
    return Step(Kind.DISABLE, "plugin", name, reason, plugins.disable, (name,), undo)


def _configure(name: str, want: Mapping[str, Any], reason: str, undo: Step) -> Step:
    return Step(Kind.SET, "plugin", name, reason, plugins.configure, (name,), undo, body=TABLE.body(want)["settings"])


def _configure_back(name: str, plugin: Mapping[str, Any], want: Mapping[str, Any]) -> Step:
    have = settings(plugin)
    old = spelled({key: have[key] for key in want["plugin_options"] if key in have})["settings"]
    return Step(Kind.SET, "plugin", name, "undo its settings", plugins.configure, (name,), body=old)


def _refuse_privileges(params: Params, remote: Reference, wanted: Collection[Mapping[str, Any]]) -> None:
    if params["privileges"] is None:
        return
    granted = {(entry["name"], value) for entry in params["privileges"] for value in entry["value"] or ()}
    more = [(entry["Name"], value) for entry in wanted for value in entry.get("Value") or ()]
    more = [pair for pair in more if pair not in granted]
    if more:
        raise InputError(
            "The plugin %s requires privileges that the task does not grant: %s"
            % (remote, ", ".join("%s %s" % pair for pair in more)),
            "If it should have them, add them to privileges.",
        )


def _refuse_unknown(wanted: Mapping[str, str], plugin: Mapping[str, Any]) -> None:
    have = settings(plugin)
    unknown = sorted(set(wanted) - set(have))
    if unknown:
        raise InputError(
            "plugin_options: the plugin has no setting %s" % unknown[0],
            "It has %s." % (", ".join(sorted(have)) or "none"),
        )


def _pull(client: Client, remote: str, name: str, granted: plugins.Privileges) -> str:
    _fetch(plugins.pull, client, remote, name, granted)
    return name


def _take_back(client: Client, made: str) -> Any:
    """Undo an installation, unless it is that of another run, which made this one fail."""
    return plugins.remove(client, made, True) if made else False


def _upgrade(client: Client, remote: str, name: str, granted: plugins.Privileges) -> None:
    _fetch(plugins.upgrade, client, remote, name, granted)


def _fetch(how: Callable[..., None], client: Client, remote: str, name: str, granted: plugins.Privileges) -> None:
    """If the connection breaks, the Engine may still finish shortly after."""
    try:
        how(client, remote, name, granted, auth_for(parse(remote).domain))
    except TransportError:
        if not until(lambda: _has_come(client, remote, name) or None, SETTLE):
            raise


def _has_come(client: Client, remote: str, name: str) -> bool:
    found = plugins.inspect(client, name)
    return found is not None and _is_of(found, parse(remote))


def _downgrade(client: Client, remote: str, name: str) -> Any:
    """Restore the former version; False if it is still installed."""
    found = plugins.inspect(client, name)
    if found and found["PluginReference"] == remote:
        return False
    auth = auth_for(parse(remote).domain)
    return plugins.upgrade(client, remote, name, plugins.privileges(client, remote, auth), auth)


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``plugin``: the inspect result without values of variables, which may be secrets."""
    if snapshot.plugin is None:
        return {"plugin": {}}
    found = dict(snapshot.plugin.get("Settings") or {})
    found["Env"] = ["%s=%s" % (entry.partition("=")[0], HIDDEN) for entry in found.get("Env") or ()]
    return {"plugin": dict(snapshot.plugin, Settings=found)}


PLUGIN = Resource(TABLE, observe, report, plan)
