# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing an image name, and the image with its last name; obstacles are reported first."""

from __future__ import annotations

from typing import Any, List, Mapping, Sequence

from ...engine import images
from ...engine.containers import name_of
from ...errors import BlockedError
from ...state.plan import Kind, Plan, Step, refused
from ...state.resource import Params
from ...values.reference import LATEST, parse
from .target import Target

RUNNING = ("running", "paused", "restarting")


def as_found(target: Target, image: Mapping[str, Any]) -> Target:
    """The target by name, if its 12 digits are a name of the image: the Engine looks for a name before an id."""
    name = "%s:%s" % (target.text, LATEST)
    return Target(name, parse(name), None) if not target.named and name in (image.get("RepoTags") or ()) else target


def takes_all(target: Target, image: Mapping[str, Any]) -> bool:
    """Whether removing the target removes the image, not only one of its names."""
    tags: List[str] = image.get("RepoTags") or []
    if target.named and target.named.digest:
        return not tags
    return target.named is None or len(tags) <= 1


def removal(params: Params, target: Target, image: Mapping[str, Any], users: Sequence[Mapping[str, Any]]) -> Plan:
    """Remove the image or name. ``users`` are the image's containers, if it would be removed. Raises BlockedError.

    Such containers cause a warning and a failing step, because an earlier task in check mode might remove them.
    """
    force = params["force_absent"]
    if target.named is None and not force:
        _refuse_several_names(image)
    reason = "it exists, and state is absent"
    blocked = _in_the_way(target, users, force)
    if blocked:
        return refused(Kind.REMOVE, "image", target.text, reason, blocked)._replace(stays=False)
    call = (target.text, force, params["prune"])
    return Plan((Step(Kind.REMOVE, "image", target.text, reason, images.remove, call),), stays=False)


def _refuse_several_names(image: Mapping[str, Any]) -> None:
    """Like the Engine, count as one name: one tag, or digests of one repository, or both of the same one."""
    tags: List[str] = image.get("RepoTags") or []
    digests: List[str] = image.get("RepoDigests") or []
    repositories = {tag.rpartition(":")[0] for tag in tags} | {digest.partition("@")[0] for digest in digests}
    if len(tags) > 1 or len(repositories) > 1:
        raise BlockedError(
            "The image has several names: %s" % ", ".join(sorted(tags) or sorted(digests)),
            "Remove it by each of them, or set 'force_absent: true' to remove all.",
        )


def _in_the_way(target: Target, users: Sequence[Mapping[str, Any]], force: bool) -> BlockedError | None:
    """By name, a forced removal only untags an image used by a running container, which is the purpose of force."""
    running = [user for user in users if user.get("State") in RUNNING]
    if not users or force and not (running and target.named is None):
        return None
    which = ", ".join(sorted("%s (%s)" % (name_of(user), user.get("State")) for user in running or users))
    return BlockedError(
        "The image %s is used by the container%s %s" % (target.text, "s" if len(running or users) > 1 else "", which),
        "Remove the container first%s." % ("" if running else ", or set 'force_absent: true'"),
    )
