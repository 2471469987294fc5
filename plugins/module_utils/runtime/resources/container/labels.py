# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The labels by which one run tells the next ones what a container cannot show. Users do not see them."""

from __future__ import annotations

from typing import Any, FrozenSet, Mapping

from ...state.field import dig
from ...values.labels import OURS
from .table import DAEMON_ADDS

DECLARED = OURS + "declared"  # the names of the declared options, without their values
DIGESTS = OURS + "digests"  # the registry digests of the image, which the Engine forgets with the image's names
KNOWN_BY = OURS + "known_by"  # the IDs of replaced containers which tasks use as the name

# Of a successor until it has its name: the ID and the status of the old container, and the volumes to remove with it.
REPLACES = OURS + "replaces"
WAS = OURS + "was"
DISCARDS = OURS + "discards"


def labelled(container: Mapping[str, Any] | None, label: str) -> str:
    """The value of one of these labels; empty for a container without it."""
    return str((dig(container or {}, "Config.Labels") or {}).get(label, ""))


def marker(own: Mapping[str, Any], before: FrozenSet[str] = frozenset()) -> Mapping[str, str]:
    """The label that records what is declared now, and ``before`` by a task for other options."""
    entries = ["%s.%s" % (name, key) for name in DAEMON_ADDS for key in own.get(name, ())]
    return {DECLARED: ",".join(sorted({*own, *entries, *before}))}


def remembered(container: Mapping[str, Any]) -> FrozenSet[str]:
    """The names recorded by ``marker``; empty for a container that was not created here."""
    return frozenset(filter(None, labelled(container, DECLARED).split(",")))
