# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image: where it comes from, what else it is called, and which registry has it.

What a step makes is complete in itself (an image that was built or pulled, a name), and the next run goes on from
there. So a failure, such as a registry that cannot be reached for a push, takes nothing back.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Set

from ...engine import images, registries
from ...engine.build import Built, build
from ...engine.client import Client
from ...errors import DriftError, NotFound
from ...registry.credentials import Credentials, auth_for, default_config_path, find, load, registry_name
from ...registry.reference import Reference
from ...state.compare import Change
from ...state.field import Field
from ...state.plan import Plan, Step
from ...state.resource import Params, Resource
from .recipe import LABEL, Recipe, read_recipe
from .table import TABLE
from .target import Target, pull_platform, pull_policy, source_of, target_of

# What the diff shows; none of it is an option.
BUILT = Field("build_digest", api="-")
UPSTREAM = Field("registry_digest", api="-")
ALSO = Field("repository_image", api="-")
PUSHED = Field("pushed_digest", api="-")
NEW = "(that of the new image)"


@dataclass(frozen=True)
class Snapshot:
    """What is there.

    The registry's digests are None where it was not asked, and empty where it has no such image. The recipe of a
    build is None where the files are not there yet.
    """

    image: Mapping[str, Any] | None
    also: Mapping[str, Any] | None = None
    upstream: str | None = None
    pushed: str | None = None
    recipe: Recipe | None = None


def observe(client: Client, params: Params) -> Snapshot:
    """The image, what its other name means, and where the task needs it the registry's digests and the files."""
    target = target_of(params)
    if params["state"] == "absent":
        return Snapshot(images.inspect(client, target.text))
    recipe = read_recipe(params["build"]) if source_of(params) == "build" and _is_there(params) else None
    platform = pull_platform(params)
    image = images.of_platform(client, target.text, platform) if platform else images.inspect(client, target.text)
    also = images.inspect(client, target.repository.pinned) if target.repository else None
    upstream = pushed = None
    if image and target.named and not target.named.digest and pull_policy(params) == "always":
        upstream = _registry_digest(client, params, target.named)
    if image and target.remote and params["push"]:
        pushed = _registry_digest(client, params, target.remote)
    return Snapshot(image, also, upstream, pushed, recipe)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Get the image if it has to be got, give it its other name, and push what the registry does not have."""
    target, image = target_of(params), snapshot.image
    if params["state"] == "absent":
        if image is None:
            return Plan(exists=False, stays=False)
        call = (target.text, params["force_absent"])
        step = Step("remove", "image", target.text, "it exists, and state is absent", images.remove, call)
        return Plan((step,), stays=False)
    steps: List[Step] = []
    changes: List[Change] = []
    warnings: List[str] = []
    if source_of(params) == "build":
        steps += _build(params, target, snapshot, changes, warnings)
    elif target.named and pull_policy(params) in ("always", "missing"):
        steps += _pull(params, target.named, snapshot, changes)
    elif image is None:
        raise DriftError(
            "There is no image %s on this host, and the task forbids to pull it" % target.text,
            "Build, load or pull it first, or set 'source: pull' and another policy than never.",
        )
    new = bool(steps)
    if target.repository:
        steps += _tag(params, target.text, target.repository, snapshot, new, changes, warnings)
    if target.remote and params["push"]:
        steps += _push(params, target.remote, snapshot, new, changes)
    return Plan(tuple(steps), tuple(changes), tuple(warnings), exists=image is not None)


def _build(
    params: Params, target: Target, snapshot: Snapshot, changes: List[Change], warnings: List[str]
) -> List[Step]:
    recipe, image, path = snapshot.recipe, snapshot.image, params["build"]["path"]
    have = _labels(image).get(LABEL) if image else None
    if recipe is None:
        reason = "its files are not there yet"
        # In check mode an earlier task may be about to bring them; outside of it, the step says that they are missing.
        warnings.append("%s can only be built if an earlier task makes the directory %s" % (target.text, path))
    elif image is None:
        reason = "it does not exist"
    elif have is None:
        reason = "it was not built by this module"
    elif have != recipe.digest:
        reason = "the files or options that it is built from have changed"
    elif params["force_source"]:
        reason = "force_source is set"
    else:
        return []
    if recipe:
        changes.append(Change(BUILT, recipe.digest, have))
    return [Step("build", "image", target.text, reason, _run_build, (target.text, params, recipe))]


def _run_build(client: Client, name: str, params: Params, recipe: Recipe | None) -> Built:
    recipe = recipe or read_recipe(params["build"])
    auths = _all_auths(params) if recipe.classic else None
    return build(client, name, recipe.query, recipe.context.tar(), auths, params["build"]["http_timeout"])


def _pull(params: Params, named: Reference, snapshot: Snapshot, changes: List[Change]) -> List[Step]:
    image, platform = snapshot.image, pull_platform(params)
    if image is None:
        reason = "it does not exist"
    elif platform and not images.is_for(image, platform):
        reason = "it is for %s, not for %s" % (images.platform_of(image), platform)
    elif snapshot.upstream is None or snapshot.upstream in _digests(image, named):
        return []
    elif not snapshot.upstream:
        raise NotFound("The registry has no image %s" % named, "Check the name, or set 'policy: missing'.")
    else:
        reason = "the registry has %s by this name" % snapshot.upstream
    if snapshot.upstream:
        changes.append(Change(UPSTREAM, snapshot.upstream, ", ".join(sorted(_digests(image, named))) or None))
    return [Step("pull", "image", named.pinned, reason, _run_pull, (named, platform, _keys(params, named)))]


def _run_pull(client: Client, named: Reference, platform: str, keys: Callable[[], Any]) -> None:
    registries.pull(client, named.pinned, keys(), platform or None)
    if platform:
        image = images.of_platform(client, named.pinned, platform)
        if image and not images.is_for(image, platform):
            raise NotFound(
                "The registry has %s for %s only, not for %s" % (named, images.platform_of(image), platform),
                "Choose a platform that it was built for.",
            )


def _tag(
    params: Params,
    source: str,
    repository: Reference,
    snapshot: Snapshot,
    new: bool,
    changes: List[Change],
    warnings: List[str],
) -> List[Step]:
    image, also = snapshot.image, snapshot.also
    if new:
        reason = "%s is a new image" % source
    elif also is None:
        reason = "there is no such name"
    elif image and also["Id"] != image["Id"]:
        reason = "it is another image"
    else:
        return []
    if also is not None and not params["force_tag"]:
        if not new:
            warnings.append("%s is left alone: it is another image than %s" % (repository, source))
        return []
    changes.append(Change(ALSO, image["Id"] if image and not new else NEW, also["Id"] if also else None))
    call = (source, repository.repository, repository.tag)
    return [Step("tag", "image", str(repository), reason, images.tag, call)]


def _push(params: Params, remote: Reference, snapshot: Snapshot, new: bool, changes: List[Change]) -> List[Step]:
    has = snapshot.pushed or None
    known = _digests(snapshot.image, remote)
    if new:
        reason = "it is a new image"
    elif has is None:
        reason = "the registry does not have it"
    elif has not in known:
        reason = "the registry has another image by this name, %s" % has
    else:
        return []
    changes.append(Change(PUSHED, NEW if new or not known else ", ".join(sorted(known)), has))
    return [Step("push", "image", str(remote), reason, _run_push, (remote, _keys(params, remote)))]


def _run_push(client: Client, remote: Reference, keys: Callable[[], Any]) -> None:
    registries.push(client, remote.repository, remote.tag, keys())


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return values ``image`` and ``digest``."""
    target, image = target_of(params), snapshot.image
    known = _digests(image, target.remote)
    digest = snapshot.pushed if snapshot.pushed in known else snapshot.upstream
    return {"image": image or {}, "digest": digest if digest in known else min(known, default=None)}


def outcome(params: Params, results: List[Any]) -> Dict[str, Any]:
    """The return value ``stdout``: the log of a build."""
    logs = [result.log for result in results if isinstance(result, Built)]
    return {"stdout": logs[0]} if logs else {}


def _registry_digest(client: Client, params: Params, name: Reference) -> str:
    found = registries.distribution(client, name.pinned, _keys(params, name)())
    return str(found["Descriptor"]["digest"]) if found else ""


def _keys(params: Params, name: Reference) -> Callable[[], Dict[str, str] | None]:
    """Finds the credentials for a name when they are needed; the host's helper programs are asked no sooner."""

    def find_them() -> Dict[str, str] | None:
        if params["username"]:
            return Credentials(params["username"], params["password"]).auth(name.domain)
        return auth_for(name.domain, params["config_path"])

    return find_them


def _all_auths(params: Params) -> Dict[str, Dict[str, str]]:
    """All credentials that the host's configuration names, for the base images of a classic build."""
    config = load(params["config_path"] or default_config_path())
    names = {*(config.get("auths") or {}), *(config.get("credHelpers") or {})}
    found = {name: find(config, registry_name(name)) for name in names}
    return {name: entry.auth(registry_name(name)) for name, entry in found.items() if entry}


def _is_there(params: Params) -> bool:
    return Path(params["build"]["path"]).is_dir()


def _labels(image: Mapping[str, Any]) -> Mapping[str, str]:
    return (image.get("Config") or {}).get("Labels") or {}


def _digests(image: Mapping[str, Any] | None, name: Reference | None) -> Set[str]:
    """The digests by which registries know an image under this repository's name."""
    known = [entry.partition("@") for entry in (image or {}).get("RepoDigests") or ()]
    return {digest for repository, _at, digest in known if name and repository == name.repository}


IMAGE = Resource(TABLE, observe, report, plan, outcome)
