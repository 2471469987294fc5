# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a new container replaces an old one.

The old container keeps its name until it is removed, and it is removed only when the new one is running. So wherever a
run is killed, either the old container has the name, or only the new one exists, as ``successor_name``. Its labels tell
the next run what to undo or finish.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping

from ...engine import attach, containers, lifecycle, readiness
from ...engine.client import SHORT, Client
from ...engine.containers import name_of
from ...engine.creation import Creation
from ...state.field import dig
from ...state.plan import Kind, Made, Step
from ...state.resource import Params
from ...values.labels import ours
from .comparison import Comparison
from .connecting import Ids
from .ending import has_done_its_work, remove, start_again, stop
from .inheritance import Inheritance, given, networks_of, taken_over
from .labels import DISCARDS, KNOWN_BY, REPLACES, WAS, labelled, marker
from .making import body, make, unmake, with_digests
from .networks import shares
from .observe import successor_name
from .order import stops_first
from .table import TABLE
from .volumes import CARRIED, anonymous, carried

Values = Mapping[str, Any]


@dataclass
class Replacement:
    """A new container in place of an old one: its values, its request, and the order of the switch.

    ``asked_for`` is how the task names the container, ``want`` what it declares, and ``runs`` whether the new one is to
    run. ``made`` gets the ID of the new container.
    """

    params: Params
    asked_for: str
    old: Values
    want: Values
    found: Comparison
    inherited: Inheritance
    ids: Ids
    runs: bool
    made: Made = field(default_factory=Made)

    def __post_init__(self) -> None:
        decided = {**self.found.want, **self.want}
        inherited = taken_over(self.old, self.inherited, decided)
        self.values: Dict[str, Any] = {"image": self.inherited.image, **inherited, **self.want}
        self.one_off = self.params["state"] == "started" and not self.params["detach"]
        # One with auto_remove is recreated if needed; so a stop can always be undone.
        self.again = self._again() if dig(self.old, "HostConfig.AutoRemove") else None
        volumes = self._volumes()
        self.creation = Creation(
            successor_name(self.params["name"]),
            body(self.values, self._labels(volumes), volumes),
            self.params["platform"],
            self.old["Id"],
            TABLE.places(self.values),
            with_digests,
            self.again is not None,
        )

    def steps(self, reason: str) -> List[Step]:
        """Create the new container beside the old one, switch over, and remove the old one once the new one is running.

        If a step fails, the previous ones are undone and the old container runs as before.
        """
        name, new, done = self.params["name"], self.creation.name, "the new one has taken over"
        first = self.runs and stops_first(self.params, self.old, self.values, self.found.have, self.one_off)
        why = "the new one needs its place" if first else "the new one runs" if self.runs else "it is replaced"
        pause = stop(self.params, self.old, why, self.again)
        steps = [
            *make(self.creation, self.made, self.values, reason, self.ids),
            *(pause if first else ()),
            *self._takeover(),
            *(() if first else pause),
            *remove(self.params, dict(self.old, State={"Running": False}), done),
        ]
        if not (self.one_off and self.values.get("auto_remove")):
            steps.append(Step(Kind.RENAME, "container", new, done, lifecycle.rename, (self.made, name)))
        return [step._replace(about="the new container " + name) if step.name == new else step for step in steps]

    def _takeover(self) -> List[Step]:
        """Start the new container, and wait until it runs, is healthy, or has ended."""
        if not self.runs:
            return []
        new, why = self.creation.name, "it takes over from the old one"
        undo = Step(Kind.REMOVE, "container", new, "undo its start", unmake, (self.creation,))
        if self.one_off:
            return [Step(Kind.RUN, "container", new, why, attach.run, (self.made,), undo)]
        healthy = self.params["state"] == "healthy"
        wait = readiness.await_healthy if healthy else readiness.await_running
        may_end = () if healthy or not has_done_its_work(self.old) else (True,)
        args = (self.made, self.params["healthy_wait_timeout"], *may_end)
        return [
            Step(Kind.START, "container", new, why, lifecycle.start, (self.made,), undo),
            Step(Kind.WAIT, "container", new, why, wait, args, alters=False),
        ]

    def _labels(self, volumes: Values) -> Dict[str, str]:
        """What the next run has to know, if this one is interrupted or not."""
        old, labels = self.old, {REPLACES: self.old["Id"], WAS: self.old["State"]["Status"]}
        labels.update(marker(self.want, frozenset() if "image" in self.want else self.inherited.declared))
        known = list(filter(None, labelled(old, KNOWN_BY).split(",")))
        if self.asked_for in (old["Id"], old["Id"][:SHORT]):
            known.append(old["Id"])
        discarded = () if self.params["keep_volumes"] else carried(old)
        for label, entries in ((KNOWN_BY, known), (CARRIED, sorted(volumes)), (DISCARDS, discarded)):
            if entries:
                labels[label] = ",".join(entries)
        return labels

    def _volumes(self) -> Dict[str, str]:
        """The anonymous volumes that the new container also mounts: target to name."""
        if not self.params["keep_volumes"]:
            return {}
        places = {**self.found.image["volumes"], **self.values.get("volumes", {})}
        places.update({target: mount.get("source", "") for target, mount in self.values.get("mounts", {}).items()})
        return {target: name for target, name in anonymous(self.old).items() if places.get(target) == ""}

    def _again(self) -> Step:
        """Undo the stop of a container with auto_remove: recreate it as it was, and start it."""
        old, name, volumes = self.old, name_of(self.old), anonymous(self.old)
        labels = ours(dig(old, "Config.Labels"))
        if volumes:
            labels[CARRIED] = ",".join(sorted(volumes))
        values = {**given(old, self.inherited), "image": self.inherited.image}
        if not shares(self.inherited.values["network_mode"]):
            values["networks"] = networks_of(self.inherited.values)
        made, creation = Made(), Creation(name, body(values, labels, volumes))
        args = (old, [*make(creation, made, values, "it was there"), start_again(old, made)])
        return Step(Kind.MAKE, "container", name, "undo its stop, which removed it", _remake, args)


def _remake(client: Client, old: Values, steps: List[Step]) -> bool:
    """Recreate a container with these steps, unless it still exists."""
    still = containers.inspect(client, old["Id"])
    if still and still["State"]["Running"]:
        return False
    lifecycle.await_gone(client, old["Id"])
    for step in steps:
        step.run(client)
    return True
