# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that determines a build: if the recipe is unchanged, so is the image."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Tuple

from ...errors import InputError
from ...state import canonical
from ...state.canonical import text, texts
from ...values.amounts import size
from .context import Context, read_context
from .dockerfile import bases, is_usual, stages
from .target import refuse_unknown

# The label with the digest of an image's recipe.
LABEL = "slipway.docker.build"
CLASSIC = "classic"
UNLIMITED = ("unlimited", "-1")
PROXIES = (
    ("httpProxy", "http_proxy"),
    ("httpsProxy", "https_proxy"),
    ("ftpProxy", "ftp_proxy"),
    ("noProxy", "no_proxy"),
    ("allProxy", "all_proxy"),
)


@dataclass(frozen=True)
class Recipe:
    """A build: the parameters of the Engine's call, the files, and a digest of all that determines the result."""

    query: Tuple[Tuple[str, str], ...]
    context: Context
    digest: str
    classic: bool
    bases: Mapping[str, str] = field(default_factory=dict)  # with registry digests, if pull is set


def read_recipe(
    build: Mapping[str, Any], digest_of: Callable[[str], str], proxies: Mapping[str, str] | None = None
) -> Recipe:
    """The recipe for the option ``build``; reads the files. Raises InputError.

    ``digest_of`` returns the digest of a base image in its registry, and is used if ``pull`` is set. ``proxies`` are
    the Docker CLI's settings for this engine; they are not part of the digest.
    """
    classic = build["builder"] == CLASSIC
    _refuse_for_buildkit(build, classic)
    refuse_unknown("build.platform", build["platform"] or "")
    context = read_context(build["path"], build["dockerfile"] or "Dockerfile", engine_ignores=classic)
    _refuse_unknown_target(build["target"] or "", context)
    args, labels, hosts = (_texts(build, name) for name in ("args", "labels", "etc_hosts"))
    _refuse_hosts(hosts)
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
    if build["squash"]:
        decisive.update(squash=True)
    below = bases(context.instructions, args, build["target"] or "")
    found = {base: digest_of(base) if build["pull"] else "" for base in below}
    if build["pull"]:
        decisive.update(bases=found)
    digest = "sha256:" + hashlib.sha256(json.dumps(decisive, sort_keys=True).encode("utf-8")).hexdigest()
    query: List[Tuple[str, str]] = [
        ("version", "1" if classic else "2"),
        ("dockerfile", context.dockerfile),
        ("rm", "1" if build["rm"] else "0"),
        ("labels", json.dumps({**labels, LABEL: digest})),
    ]
    query += [("extrahosts", "%s:%s" % item) for item in sorted(hosts.items())]
    query += [(name, "1") for name in ("nocache", "pull", "squash") if build[name]]
    query += [(name, build[name]) for name in ("target", "platform") if build[name]]
    args = {**_proxy_args(proxies or {}), **args}
    if args:
        query.append(("buildargs", json.dumps(args)))
    if build["network"]:
        query.append(("networkmode", build["network"]))
    if build["cache_from"]:
        query.append(("cachefrom", json.dumps(build["cache_from"])))
    if build["shm_size"] is not None:
        query.append(("shmsize", text(_size("shm_size", build["shm_size"]))))
    return Recipe(tuple(query + _limits(build["container_limits"] or {})), context, digest, classic, found)


def _refuse_for_buildkit(build: Mapping[str, Any], classic: bool) -> None:
    for name in () if classic else ("container_limits", "squash"):
        if build[name]:
            raise InputError("build.%s: BuildKit does not support it" % name, "Set 'build.builder: classic'.")

    network = build["network"] or "default"
    if not classic and network not in ("default", "host", "none"):
        raise InputError(
            "build.network: BuildKit supports default, host and none, but not %s" % network,
            "Set 'build.builder: classic'.",
        )


def _refuse_unknown_target(target: str, context: Context) -> None:
    """Raise InputError for a Dockerfile without stages or without this one, like the builder."""
    if not is_usual(context.instructions):
        return
    names = stages(context.instructions)
    if not names:
        what = "has no FROM" if context.instructions.strip() else "is empty"
        raise InputError("build.dockerfile: %s %s" % (context.dockerfile, what), "It must begin with FROM.")
    named = [name for name in names if not name.isdecimal()]  # builders do not accept its number
    if target and target.lower() not in named:
        there = "It has %s." % ", ".join(named[:20]) if named else "None of its stages has a name (FROM ... AS NAME)."
        raise InputError("build.target: the Dockerfile has no stage named %s" % target, there)


def _refuse_hosts(hosts: Mapping[str, str]) -> None:
    """Raise InputError for addresses that the builder rejects."""
    for name, address in hosts.items():
        if not name:
            raise InputError("build.etc_hosts: the name for %s is empty" % address, "Set a name.")
        try:
            if address != "host-gateway":
                canonical.address(address)
        except ValueError:
            raise InputError("build.etc_hosts: %r for %s is not an IP address" % (address, name), "Set an IP address.")


def _limits(limits: Mapping[str, Any]) -> List[Tuple[str, str]]:
    found = [(name, text(limits[name])) for name in ("cpusetcpus", "cpushares") if limits.get(name) is not None]
    for name in ("memory", "memswap"):
        value = limits.get(name)
        if value is not None:
            unlimited = name == "memswap" and value in UNLIMITED
            found.append((name, "-1" if unlimited else text(_size("container_limits." + name, value))))
    return found


def _proxy_args(proxies: Mapping[str, str]) -> Dict[str, str]:
    """The proxy settings as environment variables, in lower and upper case like the Docker CLI."""
    found = {}
    for key, name in PROXIES:
        if proxies.get(key):
            found[name] = found[name.upper()] = str(proxies[key])
    return found


def _texts(build: Mapping[str, Any], name: str) -> Dict[str, str]:
    try:
        return texts(build[name] or {})
    except ValueError as error:
        raise InputError("build.%s: %s" % (name, error))


def _size(name: str, value: str) -> int:
    try:
        return size(value)
    except ValueError as error:
        raise InputError("build.%s: %s" % (name, error))
