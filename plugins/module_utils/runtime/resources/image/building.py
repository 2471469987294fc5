# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building an image: recipe, reason, and credentials."""

from __future__ import annotations

from functools import partial
from typing import Callable, Dict, Mapping, Tuple

from ...engine.build import Built, build
from ...engine.client import Client
from ...errors import NotFound, VersionError
from ...registry.credentials import (
    Credentials,
    auth_for,
    default_config_path,
    find,
    is_registry_name,
    load,
    proxies_for,
    registry_name,
)
from ...state.compare import Change
from ...state.plan import Kind, Plan, Step
from ...state.resource import Params
from ...values.reference import LATEST, Reference, parse
from .distribution import Image, keys, pull, registry_digest
from .recipe import LABEL, Recipe, read_recipe
from .target import FORCED, Target

# The first API version whose BuildKit supports the size of /dev/shm.
SHM_OF_BUILDKIT = "1.42"


def build_plan(
    params: Params, target: Target, image: Image, recipe: Recipe | None, bases: Mapping[Reference, str] | None
) -> Plan:
    """Build the image unless it was built from this ``recipe``; first pull the ``bases`` (names to reasons)."""
    path, platform = params["build"]["path"], params["build"]["platform"] or ""
    reason = why_build(params, image, recipe)
    forced = not reason and params["force_source"]
    changes: Tuple[Change, ...] = ()
    warnings: Tuple[str, ...] = ()
    if recipe is None:
        # An earlier task in check mode might create the files; otherwise the step reports that they are missing.
        warnings = ("%s can only be built if an earlier task creates the directory %s" % (target.text, path),)
    elif not (reason or forced):
        return Plan()
    elif reason:
        changes = (Change("build_digest", recipe.digest, _labels(image).get(LABEL)),)
    steps = [
        Step(Kind.PULL, "image", name.pinned, why, pull, (name, platform, base_keys(params, target, name)))
        for name, why in (bases or {}).items()
    ]
    call = (target, params, recipe, bases is None)
    # With an unchanged recipe and the builder's cache, the result is the same image.
    alters = not forced or params["build"]["nocache"]
    why = reason or FORCED
    steps.append(Step(Kind.BUILD, "image", target.text, why, _build, call, alters=alters, certain=not forced))
    return Plan(tuple(steps), changes, warnings)


def why_build(params: Params, image: Image, recipe: Recipe | None) -> str:
    """Why the image has to be built; empty if it is up to date."""
    have = _labels(image).get(LABEL)
    if recipe is None:
        return "its files do not exist yet"
    if image is None:
        return "it does not exist"
    if have is None:
        return "it was not built by this module"
    if have != recipe.digest:
        what = "files, options or base images" if params["build"]["pull"] else "files or options"
        return "the %s that it is built from have changed" % what
    return ""


def _build(client: Client, target: Target, params: Params, recipe: Recipe | None, pulls: bool) -> Built:
    recipe = recipe or recipe_of(client, params, target, False)
    auths = _all_auths(params, target) if recipe.classic else None
    query = [(name, value) for name, value in recipe.query if pulls or name != "pull"]
    return build(client, target.text, query, recipe.context.tar(), auths, params["build"]["http_timeout"])


def recipe_of(client: Client, params: Params, target: Target, strict: bool) -> Recipe:
    """The build's recipe. If ``strict``, a base image that is missing in its registry is an error."""
    options = params["build"]

    def digest_of(base: str) -> str:
        name = parse(base).or_tag(LATEST)
        digest = name.digest or registry_digest(client, name, base_keys(params, target, name))
        if strict and not digest:
            raise NotFound(
                "build.pull: the registry does not have the base image %s" % name,
                "Check the name in the Dockerfile, or remove build.pull to use the image on the host.",
            )
        return digest

    proxies: Mapping[str, str] = {}
    if options["use_config_proxy"]:
        proxies = proxies_for(load(params["config_path"] or default_config_path()), params.get("docker_host"))
    recipe = read_recipe(options, digest_of, proxies)
    if options["shm_size"] and not recipe.classic and not client.speaks(SHM_OF_BUILDKIT):
        raise VersionError(
            "build.shm_size: the BuildKit of this engine ignores it (API %s is older than %s)"
            % (client.version, SHM_OF_BUILDKIT),
            "Set 'build.builder: classic', or remove it.",
        )
    return recipe


def base_keys(params: Params, target: Target, name: Reference) -> Callable[[], Dict[str, str] | None]:
    """Returns the credentials for a base image. The task's own are for its image's registry."""
    ours = target.remote is not None and target.remote.domain == name.domain
    return keys(params, name) if ours else partial(auth_for, name.domain, params["config_path"])


def _all_auths(params: Params, target: Target) -> Dict[str, Dict[str, str]]:
    """All credentials in the host's configuration, and the task's, for the base images of a classic build."""
    config = load(params["config_path"] or default_config_path())
    names = {*(config.get("auths") or {}), *(config.get("credHelpers") or {})}
    hosts = {name: registry_name(name) for name in names if is_registry_name(name)}
    found = {name: find(config, host) for name, host in hosts.items()}
    auths = {name: entry.auth(hosts[name]) for name, entry in found.items() if entry}
    if params["username"] and target.remote:
        own = Credentials(params["username"], params["password"]).auth(target.remote.domain)
        auths[own["serveraddress"]] = own
    return auths


def _labels(image: Image) -> Mapping[str, str]:
    return ((image or {}).get("Config") or {}).get("Labels") or {}
