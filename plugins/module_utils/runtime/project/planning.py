# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a project declares to its plan: each object is planned against the effects of those before it."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from ..converge import planned
from ..engine import containers, images
from ..engine.containers import name_of
from ..errors import InputError
from ..resources.container.labels import REPLACES
from ..resources.container.observe import successor_name
from ..state.field import dig
from ..state.plan import Concern, Kind, Plan, Step
from ..state.resource import Params
from ..values.labels import PROJECT, added
from .declared import Declared, blank, declared, directory, titled
from .files import with_files
from .foreseen import Foreseen
from .graph import Graph, Node
from .lock import Lock
from .reading import Reading
from .relations import ending_first, ordered, relations
from .table import NOUNS, Key, Noun
from .table import PROJECT as WHOLE
from .unused import unused
from .whole import OLD, deferred

_LABELLED = ("container", "network", "volume")  # nouns whose objects have the project's name as a label
_NOUNS = {noun.name: noun for noun in NOUNS}


class Snapshot(NamedTuple):
    """What a project declares, what it no longer declares, and the engine with the effects of the plans so far."""

    every: Tuple[Declared, ...]
    pruned: Tuple[Declared, ...]
    engine: Foreseen
    lock: Lock


def observe(client: Any, params: Params) -> Snapshot:
    """The lists of containers and networks, and all containers and images that the project has, once each."""
    every, lock = declared(params), Lock(client.where, params["name"])
    if any(one.files for one in every) and client.where and not client.where.startswith("unix:"):
        raise InputError("files: the engine at %s is not on this host" % client.where, "Run the module on its host.")
    reading = Reading(client)
    engine = Foreseen(reading)
    pruned = (*_no_longer_declared(params, every, engine), *_replaced(params, engine))
    names = {one.key.name for one in (*every, *pruned) if one.key.noun == "container"}
    numbers = [number for number, entry in engine.containers.items() if name_of(entry) in names]
    references = {one.params["image"] for one in every if one.key.noun == "container" and one.stays}
    looks = [_look(containers.inspect, number) for number in numbers]
    looks += [_look(images.inspect, reference) for reference in sorted(filter(None, references))]
    reading.at_once(looks, params["parallel"])
    return Snapshot(tuple(every), pruned, engine, lock)


def _look(inspect: Any, name: str) -> Any:
    return lambda client: inspect(client, name)


def _no_longer_declared(params: Params, every: Sequence[Declared], engine: Foreseen) -> Iterator[Declared]:
    """What the project has made and does not declare, as far as ``prune`` has its noun."""
    known = {one.key for one in every}
    label, end = params["name"], successor_name("")
    found: Dict[str, List[Tuple[str, Any]]] = {
        "containers": [(name_of(entry), entry) for entry in engine.containers.values()],
        "networks": [(entry["Name"], entry) for entry in engine.networks.values()],
        "volumes": list(engine.volumes.items()) if "volumes" in params["prune"] else [],
    }
    for noun in NOUNS:
        for name, entry in found.get(noun.option, ()) if noun.option in params["prune"] else ():
            if (entry.get("Labels") or {}).get(PROJECT) != label:
                continue
            name = name[: -len(end)] if noun.name == "container" and name.endswith(end) else name
            if Key(noun.name, name) not in known:
                known.add(Key(noun.name, name))
                yield _absent(params, noun, name)


def _replaced(params: Params, engine: Foreseen) -> Iterator[Declared]:
    """Old containers that a killed run has replaced and not removed."""
    for entry in engine.containers.values():
        name = name_of(entry)
        base = name[: -len(OLD)]
        for other in (base, successor_name(base)) if name.endswith(OLD) else ():
            successor = engine.named(other)
            if successor and (successor.get("Labels") or {}).get(REPLACES) == entry["Id"]:
                yield _absent(params, _NOUNS["container"], name)


def _absent(params: Params, noun: Noun, name: str) -> Declared:
    task = blank(noun.table, **{noun.names: name, "state": "absent"})
    title, place = "%s %s" % (noun.name, name), directory(params, name)
    return Declared(Key(noun.name, name), title, noun, task, {}, directory=place)


def graph(params: Params, snapshot: Snapshot) -> Graph:
    """The plan of the project. Raises SlipwayError, with the entry, for an object whose plan is refused."""
    engine, every = snapshot.engine, {one.key: one for one in (*snapshot.every, *snapshot.pruned)}
    before, after = dict(engine.containers), relations(snapshot.every, snapshot.pruned, engine)
    nodes = {key: _node(params, every[key], after[key], engine) for key in ordered(after)}
    _roll(every, nodes)
    ending_first(snapshot.every, after, [key for key, node in nodes.items() if node.creates])
    nodes = {key: nodes[key] for key in ordered(after)}
    if params["on_failure"] == WHOLE:
        _refuse_early_removals(nodes)
    for name, users in unused(before, every.values(), engine) if "images" in params["prune"] else ():
        one = _absent(params, _NOUNS["image"], name)
        nodes[one.key] = _node(params, one, users, engine)
    warnings = [text for node in nodes.values() for text in node.plan.warnings if not _is_settled(text, every)]
    warnings += _uncapped(nodes.values(), engine)
    return Graph(tuple(nodes.values()), engine.made, snapshot.lock, tuple(warnings))


def _node(params: Params, one: Declared, after: Dict[Key, str], engine: Foreseen) -> Node:
    """The plan for an object, whose effects the engine then has."""
    known = len(engine.made)
    plan = _with_files(one, _plan(one, engine), engine)
    plan = plan._replace(steps=tuple(_labelled(step, params["name"]) for step in plan.steps))
    plan, final = deferred(plan) if params["on_failure"] == WHOLE else (plan, len(plan.steps))
    engine.apply(one.key, plan.steps)
    return Node(one.key, one.title, one.noun.resource, one.params, plan, after, tuple(engine.made)[known:], final)


def _refuse_early_removals(nodes: Mapping[Key, Node]) -> None:
    """Refuse what requires that a network is removed first, which is not done before all else is done."""
    for node in nodes.values():
        for key, why in node.after.items() if node.changes and node.plan.stays else ():
            if key.noun == "network" and nodes[key].changes and not nodes[key].plan.stays:
                raise InputError(
                    "%s: %s, and with on_failure: project, this network is removed last" % (node.title, why),
                    "Choose another subnet, remove the network in an earlier run, or set on_failure to resource.",
                )


def _is_settled(warning: str, every: Mapping[Key, Declared]) -> bool:
    """Whether a warning is about an object of the project, which is planned afterwards."""
    return isinstance(warning, Concern) and Key(*warning.other) in every


def _plan(one: Declared, engine: Foreseen) -> Plan:
    with titled(one.title):
        if one.completes:
            shown = engine.container(one.key.name)
            if shown and shown["State"]["Status"] == "exited" and shown["State"]["ExitCode"] == 0:
                done = _planned(one, {**one.params, "state": "present", "detach": True}, engine)
                if not done.steps:
                    return done
        return _planned(one, one.params, engine)


def _with_files(one: Declared, plan: Plan, engine: Foreseen) -> Plan:
    if one.key.noun != "container":
        return plan
    return with_files(plan, one.key.name, one.files, one.directory, engine.container(one.key.name))


def _planned(one: Declared, params: Params, engine: Foreseen) -> Plan:
    resource = one.noun.resource
    return planned(resource, params, resource.observe(engine, params), engine)


def _labelled(step: Step, project: str) -> Step:
    """The step, with the project's name as a label of what it creates."""
    if step.kind != Kind.CREATE or step.noun not in _LABELLED:
        return step
    return step._replace(body=added(step.body, {PROJECT: project}))


def _roll(every: Dict[Key, Declared], nodes: Dict[Key, Node]) -> None:
    """Let at most ``max_parallel`` replicas of a container be replaced at a time."""
    groups: Dict[str, List[Key]] = {}
    for key, node in nodes.items():
        if every[key].group and any(step.kind == Kind.RENAME for step in node.plan.steps):
            groups.setdefault(every[key].group, []).append(key)
    for replaced in groups.values():
        width = every[replaced[0]].max_parallel
        for earlier, later in zip(replaced, replaced[width:]):
            why = "max_parallel is %d" % width
            nodes[later].after[earlier] = why


def _uncapped(nodes: Any, engine: Foreseen) -> Tuple[str, ...]:
    """A warning about containers whose logs grow without a limit, because neither they nor the engine set one."""
    names = []
    for node in nodes:
        if node.key.noun != "container" or node.params["log_driver"] or node.params["log_options"]:
            continue
        shown = engine.container(node.key.name) or {}
        log = dig(shown, "HostConfig.LogConfig") or {}
        if log.get("Type") == "json-file" and "max-size" not in (log.get("Config") or {}):
            names.append(node.key.name)
    if not names:
        return ()
    return (
        "The logs of these containers grow without a limit: %s. Set log_options (max-size), log_driver (local), or "
        "log-opts in daemon.json." % ", ".join(names),
    )
