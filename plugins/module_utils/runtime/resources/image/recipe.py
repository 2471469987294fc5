# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build depends on, said in full: if all of it is as it was, so is the image."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Tuple

from ...errors import InputError
from ...state.canonical import size, text, texts
from .context import Context, read_context

# The label of an image that holds the digest of its recipe.
LABEL = "slipway.docker.build"
CLASSIC = "classic"


@dataclass(frozen=True)
class Recipe:
    """A build: the parameters of the Engine's call, the files, and the digest of what decides about the outcome."""

    query: Tuple[Tuple[str, str], ...]
    context: Context
    digest: str
    classic: bool


def read_recipe(build: Mapping[str, Any]) -> Recipe:
    """The recipe that the option ``build`` describes; reads the files. Raises InputError."""
    classic = build["builder"] == CLASSIC
    context = read_context(build["path"], build["dockerfile"] or "Dockerfile", engine_ignores=classic)
    args, labels, hosts = (_texts(build, name) for name in ("args", "labels", "etc_hosts"))
    decisive = {
        "context": context.digest(),
        "dockerfile": context.dockerfile,
        "args": args,
        "labels": labels,
        "hosts": hosts,
        "target": build["target"],
        "platform": build["platform"],
        "network": build["network"],
    }
    digest = "sha256:" + hashlib.sha256(json.dumps(decisive, sort_keys=True).encode("utf-8")).hexdigest()
    query: List[Tuple[str, str]] = [
        ("version", "1" if classic else "2"),
        ("dockerfile", context.dockerfile),
        ("rm", "1" if build["rm"] else "0"),
        ("labels", json.dumps({**labels, LABEL: digest})),
    ]
    query += [("extrahosts", "%s:%s" % item) for item in sorted(hosts.items())]
    query += [(name, "1") for name in ("nocache", "pull") if build[name]]
    query += [(name, build[name]) for name in ("target", "platform") if build[name]]
    if args:
        query.append(("buildargs", json.dumps(args)))
    if build["network"]:
        query.append(("networkmode", build["network"]))
    if build["cache_from"]:
        query.append(("cachefrom", json.dumps(build["cache_from"])))
    if build["shm_size"] is not None:
        query.append(("shmsize", text(_size(build["shm_size"]))))
    return Recipe(tuple(query), context, digest, classic)


def _texts(build: Mapping[str, Any], name: str) -> Dict[str, str]:
    try:
        return texts(build[name] or {})
    except ValueError as error:
        raise InputError("build.%s: %s" % (name, error))


def _size(value: str) -> int:
    try:
        return size(value)
    except ValueError as error:
        raise InputError("build.shm_size: %s" % error)
