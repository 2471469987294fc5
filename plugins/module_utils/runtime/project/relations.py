# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of a project's objects: what uses what, and what frees something that another one needs. No I/O."""

from __future__ import annotations

from typing import Any, Collection, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Set, Tuple

from ..engine import notes
from ..engine.containers import name_of
from ..engine.network_changes import overlap
from ..errors import InputError
from ..resources.container import references
from ..resources.container.bindings import bound, decode_published, taken_by_both
from ..resources.container.networks import shares
from ..resources.container.observe import successor_name
from ..resources.container.table import TABLE as CONTAINER
from ..resources.image.target import source_of
from ..resources.network.note import members_in
from ..resources.network.table import TABLE as NETWORK
from ..state.field import dig
from ..state.resource import Params
from ..values.mounts import PLACES
from ..values.reference import is_image_id
from .declared import Declared
from .foreseen import Foreseen, image_key
from .table import Key

Values = Mapping[str, Any]
After = Dict[Key, Dict[Key, str]]  # for each object those that come before it, and why

_ADDRESSES = (("ipv4_address", "IPAddress"), ("ipv6_address", "GlobalIPv6Address"))


class Claim(NamedTuple):
    """What only one running container can have: a port of the host, or an address in a network."""

    ports: Mapping[str, List[str]]
    addresses: frozenset[Tuple[str, str]]

    def both(self, other: Claim) -> str:
        """What two containers cannot have at once, in words; empty if there is nothing."""
        ports = taken_by_both(self.ports, other.ports)
        if ports:
            return "the host port %s" % ports[0]
        addresses = sorted(self.addresses & other.addresses)
        return "the address %s in %s" % addresses[0][::-1] if addresses else ""


def relations(every: Sequence[Declared], pruned: Sequence[Declared], engine: Foreseen) -> After:
    """What each object is planned after. Raises InputError if two containers need the same thing."""
    both = (*every, *pruned)
    after: After = {one.key: {} for one in both}
    for one, used, why in _uses(every):
        if one.stays or used.stays or used.key.noun == "container":
            after[one.key][used.key] = why
    _order_removals(after, both, engine)
    _order_subnets(after, both, engine)
    _order_claims(after, both, engine)
    last = [one.key for one in every if one.stays]
    first = _before(last, after)
    for one in pruned:
        if one.key not in first:
            after[one.key].update(dict.fromkeys(last, "what is no longer declared is removed last"))
    _order_recreations(after, both, engine)
    return after


def _before(keys: Iterable[Key], after: After) -> Set[Key]:
    """All that comes before some objects, directly or not."""
    found: Set[Key] = set()
    waiting = list(keys)
    while waiting:
        new = set(after[waiting.pop()]) - found
        found |= new
        waiting.extend(new)
    return found


def ending_first(every: Sequence[Declared], after: After, made: Collection[Key]) -> None:
    """Let containers that stop do so before those that they use, unless these are ``made`` anew and stay stopped."""
    for one, used, _why in _uses(every):
        if one.ends and used.ends and used.key not in made and used.key in after[one.key]:
            del after[one.key][used.key]
            after[used.key][one.key] = "it ends before what it uses"


def _uses(every: Sequence[Declared]) -> Iterator[Tuple[Declared, Declared, str]]:
    """An object, another one that it uses, and how."""
    known: Dict[Key, List[Declared]] = {}
    for one in every:
        names = [one.key, *([Key("container", one.group)] if one.group else ())]
        if one.key.noun == "image" and one.params["repository"]:
            names.append(Key("image", image_key(one.params["repository"])))
        for name in names:
            known.setdefault(name, []).append(one)
    for one in every:
        for key, why in _named(one):
            for used in known.get(key, ()):
                if used is not one:
                    yield one, used, why
    # A build may begin with any of the images before it.
    images = [one for one in every if one.key.noun == "image"]
    for number, one in enumerate(images):
        if one.stays and source_of(one.params) == "build":
            for before in images[:number]:
                yield one, before, "a build may use the images before it"


def _named(one: Declared) -> Iterator[Tuple[Key, str]]:
    params = one.params
    if one.key.noun == "network":
        if params["config_from"]:
            yield Key("network", params["config_from"]), "config_from names it"
        for name in params["connected"] or ():
            yield Key("container", name), "connected lists it"
    if one.key.noun != "container":
        return
    for name, condition in one.depends_on.items():
        yield Key("container", name), "depends_on requires that it is %s" % condition
    if params["image"] and not is_image_id(params["image"]):
        yield Key("image", image_key(params["image"])), "it is its image"
    for option, noun, name in references.named(params):
        yield Key(noun, name), "%s names it" % option
    for entry in params["networks"] or ():
        for link in entry["links"] or ():
            yield Key("container", link.partition(":")[0]), "networks.links names it"
    for entry in params["volumes"] or ():
        source, colon, _target = entry.partition(":")
        if colon and not source.startswith(PLACES):
            yield Key("volume", source), "volumes has it"
    for mount in params["mounts"] or ():
        if mount["source"] and mount["type"] in (None, "volume"):
            yield Key("volume", mount["source"]), "mounts has it"


def _order_removals(after: After, every: Sequence[Declared], engine: Foreseen) -> None:
    """What is removed, after the containers that have it now."""
    containers = {one.key.name: one.key for one in every if one.key.noun == "container"}
    for one in every:
        if one.stays or one.key.noun == "container":
            continue
        for name, key in containers.items():
            if one.key.noun != "network" or _is_on(engine, name, one.key.name):
                after[one.key][key] = "it may use it until then"


def _order_subnets(after: After, every: Sequence[Declared], engine: Foreseen) -> None:
    """A network that is removed, before a new one that has its addresses."""
    removed = {one.key.name: one.key for one in every if one.key.noun == "network" and not one.stays}
    there = [network for network in engine.networks.values() if network["Name"] in removed]
    for one in every if there else ():
        if one.key.noun == "network" and one.stays and one.params["ipam_config"]:
            subnets = NETWORK.field("ipam_config").declared(one.params["ipam_config"])
            for network in there:
                words = overlap(subnets, [network])
                if words:
                    after[one.key][removed[network["Name"]]] = words


def _order_recreations(after: After, every: Sequence[Declared], engine: Foreseen) -> None:
    """A network that may be recreated, before the containers on it that leave it or are removed."""
    containers = [one for one in every if one.key.noun == "container"]
    for network in every:
        if network.key.noun == "network" and network.stays:
            first = _before([network.key], after)
            for one in containers:
                if one.key not in first and _is_on(engine, one.key.name, network.key.name):
                    after[one.key].setdefault(network.key, "it is connected to it")


def _there(engine: Foreseen, name: str) -> Iterator[str]:
    """The names under which a container exists: its own, and that of a successor which a killed run has left."""
    return filter(engine.named, (name, successor_name(name)))


def _is_on(engine: Foreseen, container: str, network: str) -> bool:
    entries = [engine.named(name) for name in _there(engine, container)]
    return any(network in (dig(entry or {}, "NetworkSettings.Networks") or ()) for entry in entries)


def _order_claims(after: After, every: Sequence[Declared], engine: Foreseen) -> None:
    """What frees a port or an address, before what needs it. Raises InputError if two containers need the same."""
    wanted = [(one, _wanted(one.params)) for one in every if one.key.noun == "container" and one.runs]
    wanted = [(one, claim) for one, claim in wanted if claim.ports or claim.addresses]
    for number, (one, claim) in enumerate(wanted):
        for other, its in wanted[:number]:
            both = claim.both(its)
            if both:
                raise InputError("%s and %s both need %s" % (other.title, one.title, both), "Change one of them.")
    noted = _noted(engine) if wanted else {}
    for holder in every if wanted else ():
        for name in _there(engine, holder.key.name) if holder.key.noun == "container" else ():
            shown = engine.container(name)
            held = _held(shown, noted) if shown and shown["State"]["Running"] else None
            for one, claim in wanted if held else ():
                both = claim.both(held) if held and one.key != holder.key else ""
                if both:
                    after[one.key][holder.key] = "it has %s until then" % both


def _wanted(params: Params) -> Claim:
    ports = CONTAINER.field("published_ports").declared(params["published_ports"] or [])
    if shares(params["network_mode"] or ""):
        ports = {}
    entries = params["networks"] or ()
    addresses = {(one["name"], one[option]) for one in entries for option, _key in _ADDRESSES if one[option]}
    return Claim(ports, frozenset(addresses))


def _noted(engine: Foreseen) -> Dict[str, Set[Tuple[str, str]]]:
    """The addresses that containers get back, by name: a killed run has disconnected them to recreate a network."""
    found: Dict[str, Set[Tuple[str, str]]] = {}
    for network in engine.networks.values():
        noun, _blank, name = str((network.get("Labels") or {}).get(notes.ABOUT) or "").partition(" ")
        members = members_in(notes.find(engine, noun, name)) if noun == "network" else {}  # type: ignore[arg-type]
        for endpoint in members.values():
            found.setdefault(endpoint.container, set()).update((name, address) for address in endpoint.addresses)
    return found


def _held(shown: Values, noted: Mapping[str, Set[Tuple[str, str]]]) -> Claim:
    ports = {**decode_published(shown)}
    for port, entries in bound(shown).items():
        ports[port] = sorted({*ports.get(port, ()), *entries})
    networks = dig(shown, "NetworkSettings.Networks") or {}
    addresses = {(name, one.get(key)) for name, one in networks.items() for _option, key in _ADDRESSES if one.get(key)}
    return Claim(ports, frozenset(addresses | noted.get(name_of(shown), set())))


def ordered(after: After) -> List[Key]:
    """The objects, each after those before it, otherwise in their own order. Raises InputError for a cycle."""
    found: Dict[Key, None] = {}
    waiting = dict(after)
    while waiting:
        ready = [key for key, before in waiting.items() if all(other in found for other in before)]
        if not ready:
            raise _cycle(waiting)
        for key in ready:
            found[key] = None
            del waiting[key]
    return list(found)


def _cycle(waiting: After) -> InputError:
    path = [next(iter(waiting))]
    while path.count(path[-1]) == 1:
        path.append(next(key for key in waiting[path[-1]] if key in waiting))
    path = path[path.index(path[-1]) :]
    words = ["%s comes after %s (%s)" % (key, other, waiting[key][other]) for key, other in zip(path, path[1:])]
    return InputError(
        "The order of these objects is a cycle: %s" % ", ".join(words),
        "Remove one of these relations from the project.",
    )
