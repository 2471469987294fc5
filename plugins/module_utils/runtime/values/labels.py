# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of containers, networks and volumes: those of users, and ours, which they do not see."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ..errors import InputError
from ..state.canonical import texts

# The prefix of our labels, which are hidden from users.
OURS = "slipway.docker."
PROJECT = OURS + "project"  # the name of the project that made an object


def labels(value: Mapping[str, Any] | None) -> Dict[str, str]:
    """Labels without ours."""
    return {key: entry for key, entry in texts(value or {}).items() if not key.startswith(OURS)}


def refuse_ours(params: Mapping[str, Any]) -> None:
    """Raise InputError for a task that declares one of our labels."""
    reserved = ", ".join(sorted(ours(params["labels"])))
    if reserved:
        raise InputError("labels: %s is reserved for this collection" % reserved, "Choose another name.")


def added(body: Mapping[str, Any], more: Mapping[str, str]) -> Dict[str, Any]:
    """The body of a create request with further labels."""
    return {**body, "Labels": {**(body.get("Labels") or {}), **more}} if more else dict(body)


def ours(value: Mapping[str, Any] | None) -> Dict[str, str]:
    """Only our labels, which an object that takes the place of another one keeps."""
    return {key: entry for key, entry in (value or {}).items() if key.startswith(OURS)}
