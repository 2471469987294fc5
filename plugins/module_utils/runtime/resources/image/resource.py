# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image: its source, other names, registry, and archive.

Each step's result (an image that was built or pulled, a name) is complete, and the next run continues from there. So a
failure, such as an unreachable registry for a push, undoes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Set, Tuple

from ...engine import images, platforms
from ...engine.build import Built
from ...engine.client import Client
from ...errors import BlockedError
from ...registry.temporary import left
from ...state.compare import Change
from ...state.plan import Kind, Needs, Plan, Step
from ...state.resource import Params, Resource
from ...values.reference import Reference
from .archive import Archive, names_in, read_archive
from .bases import to_pull
from .building import base_keys, build_plan, recipe_of, why_build
from .distribution import NEW, digests_of, keys, pull_plan, push_plan, registry_digest
from .load import import_digest, import_plan, load_plan, wanted_of
from .recipe import Recipe
from .removal import as_found, removal, takes_all
from .save import Saved, doubts, names_of, read_saved, save_plan, tidying
from .table import TABLE
from .target import Target, pull_platform, pull_policy, source_of, target_of


@dataclass(frozen=True)
class Snapshot:
    """The observed state.

    The registry's digests are None if not requested, and empty if it has no such image. The recipe of a build, the
    archive to load and the digest of the file to import are None if the files do not exist yet. ``instead`` are digests
    that the registry may have after pushing an image that lacks some platforms. ``loaded`` are the images in the
    archive to load, and ``further`` other images to save, by name; ``users`` are the containers of an image to remove;
    ``left`` is what killed runs have left beside the archive.
    """

    image: Mapping[str, Any] | None
    also: Mapping[str, Any] | None = None
    upstream: str | None = None
    pushed: str | None = None
    instead: Tuple[str, ...] = ()
    recipe: Recipe | None = None
    archive: Archive | None = None
    loaded: Mapping[str, Any] = field(default_factory=dict)
    imported: str | None = None
    saved: Saved | None = None
    further: Mapping[str, Any] = field(default_factory=dict)
    users: Tuple[Mapping[str, Any], ...] = ()
    left: Tuple[str, ...] = ()
    doubts: Tuple[str, ...] = ()  # warnings about the archive's directory


def observe(client: Client, params: Params) -> Snapshot:
    """The image, its other name and, if the task needs them, the registry's digests and the files."""
    target = target_of(params)
    if params["state"] == "absent":
        image = images.inspect(client, target.text)
        users = images.users(client, image["Id"]) if image and takes_all(as_found(target, image), image) else []
        return Snapshot(image, users=tuple(users))
    source, platform = source_of(params), pull_platform(params)
    image = platforms.of_platform(client, target.text, platform) if platform else images.inspect(client, target.text)
    seen: Dict[str, Any] = {}
    if source == "build" and Path(params["build"]["path"]).is_dir():
        seen["recipe"] = recipe_of(client, params, target, image is not None)
    elif source == "load":
        archive = seen["archive"] = read_archive(params["load_path"])
        wanted = wanted_of(target, archive) if archive else ()
        seen["loaded"] = {name: images.inspect(client, name) for name in wanted}
    elif source == "import":
        seen["imported"] = import_digest(params["import"])
    if target.repository:
        seen["also"] = images.inspect(client, target.repository.pinned)
    if image and target.named and not target.named.digest and pull_policy(params) == "always":
        seen["upstream"] = registry_digest(client, target.named, keys(params, target.named))
    if image and target.remote and params["push"]:
        seen["pushed"] = registry_digest(client, target.remote, keys(params, target.remote))
        if seen["pushed"] and seen["pushed"] not in digests_of(image, target.remote):
            seen["instead"] = tuple(platforms.pushed_instead(client, target.text))
    if params["archive_path"]:
        seen["saved"], seen["doubts"] = read_saved(params["archive_path"]), tuple(doubts(params["archive_path"]))
        seen["left"] = tuple(left(Path(params["archive_path"]).resolve().parent))
        seen["further"] = {name: images.inspect(client, name) for name in names_of(params, target)[1:]}
    return Snapshot(image, **seen)


def plan(params: Params, snapshot: Snapshot) -> Plan | Needs:
    """Get the image if required, name it, push it if the registry does not have it, and save it to a file.

    A build by BuildKit depends on the base images that the engine has.
    """
    target, image, recipe = target_of(params), snapshot.image, snapshot.recipe
    if params["state"] == "absent":
        if image is None:
            return Plan(exists=False, stays=False)
        return removal(params, as_found(target, image), image, snapshot.users)
    if recipe and not recipe.classic and (params["force_source"] or why_build(params, image, recipe)):
        platform = params["build"]["platform"] or ""
        read = partial(
            to_pull,
            recipe=recipe,
            platform=platform,
            credentials=lambda name: base_keys(params, target, name)(),
        )
        return Needs(read, partial(_present, params, target, snapshot))
    return _present(params, target, snapshot, None)


def _present(params: Params, target: Target, snapshot: Snapshot, bases: Mapping[Reference, str] | None) -> Plan:
    """The plan, with the base images to pull before a build and their reasons; None if the builder does that."""
    source = _source(params, target, snapshot, bases)
    follows = [_followed(source, follow) for follow in _follow_ups(params, target, snapshot)]
    tidy = Plan(tuple(tidying(snapshot.left)) if params["archive_path"] else ())
    made = _joined(Plan(warnings=snapshot.doubts), source, *follows, tidy)
    return made._replace(exists=snapshot.image is not None)


def _joined(*plans: Plan) -> Plan:
    """The steps, changes and warnings of several plans, in this order."""
    return Plan(
        tuple(step for plan in plans for step in plan.steps),
        tuple(change for plan in plans for change in plan.changes),
        tuple(warning for plan in plans for warning in plan.warnings),
    )


def _source(params: Params, target: Target, snapshot: Snapshot, bases: Mapping[Reference, str] | None) -> Plan:
    """Get the image. Raises BlockedError if the task forbids the only way."""
    source, image = source_of(params), snapshot.image
    if source == "build":
        return build_plan(params, target, image, snapshot.recipe, bases)
    if source == "load":
        return load_plan(params, target, snapshot.archive, snapshot.loaded)
    if source == "import" and target.named:
        return import_plan(params, target.named, snapshot.imported, image)
    if target.named and pull_policy(params) in ("always", "missing"):
        return pull_plan(params, target.named, image, snapshot.upstream)
    if image is None:
        raise BlockedError(
            "The image %s is not on this host, and the task does not allow pulling it" % target.text,
            "Build, load or pull it first, or set 'source: pull' with another policy than never.",
        )
    return Plan()


def _follow_ups(params: Params, target: Target, snapshot: Snapshot) -> Iterator[Callable[[bool], Plan]]:
    """The plans for what is done with the image, as functions of whether it is new."""
    if target.repository:
        yield partial(_tag, params, target.text, target.repository, snapshot)
    if target.remote and params["push"]:
        known = _pushed_digests(snapshot, target.remote)
        yield partial(push_plan, params, target.remote, snapshot.pushed or None, known)
    if params["archive_path"]:
        saved = {target.text: snapshot.image, **snapshot.further}
        yield lambda new: save_plan(params, saved, snapshot.saved, target.text if new else "")


def _followed(source: Plan, follow: Callable[[bool], Plan]) -> Plan:
    """The follow-up plan. A forced image may turn out unchanged: then its steps change nothing."""
    new = bool(source.steps)
    same = new and not source.steps[-1].alters
    found = follow(new and not same)
    if not same or found.steps:
        return found
    return found._replace(steps=tuple(step._replace(alters=False) for step in follow(True).steps))


def _tag(params: Params, source: str, repository: Reference, snapshot: Snapshot, new: bool) -> Plan:
    image, also = snapshot.image, snapshot.also
    if new:
        reason = "%s is a new image" % source
    elif also is None:
        reason = "the name does not exist"
    elif image and also["Id"] != image["Id"]:
        reason = "it is another image"
    else:
        return Plan()
    if also is not None and not params["force_tag"]:
        warning = "%s is left alone: it is not the image %s" % (repository, source)
        return Plan(warnings=() if new else (warning,))
    change = Change("repository_image", image["Id"] if image and not new else NEW, also["Id"] if also else None)
    call = (source, repository.repository, repository.tag)
    return Plan((Step(Kind.TAG, "image", str(repository), reason, images.tag, call),), (change,))


def changed(made: Plan, before: Snapshot, after: Snapshot) -> bool:
    """Whether executing the plan has changed anything; for forced steps, the images before and after are compared."""
    if all(step.certain for step in made.steps):
        return made.changed
    return any(step.alters for step in made.steps if step.certain) or _identity(before) != _identity(after)


def _identity(snapshot: Snapshot) -> Tuple[Any, ...]:
    """What a task can change, by ids and names."""
    image, images = snapshot.image or {}, {**snapshot.loaded, **snapshot.further, "": snapshot.also}
    names = [sorted(image.get(key) or ()) for key in ("RepoTags", "RepoDigests")]
    return (
        image.get("Id"),
        names,
        {name: other and other["Id"] for name, other in images.items()},
        snapshot.pushed,
        snapshot.saved,
    )


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return values ``image``, ``digest``, and ``image_names`` of an archive to load."""
    target, image = target_of(params), snapshot.image
    known = _pushed_digests(snapshot, target.remote)
    digest = snapshot.pushed if snapshot.pushed in known else snapshot.upstream
    shown: Dict[str, Any] = {"image": image or {}, "digest": digest if digest in known else min(known, default=None)}
    if snapshot.archive is not None:
        shown["image_names"] = names_in(snapshot.archive)
    return shown


def outcome(params: Params, results: List[Any]) -> Dict[str, Any]:
    """The return values ``stdout``, the log of a build, and ``untagged`` and ``deleted`` of a removal."""
    for result in results:
        if isinstance(result, Built):
            return {"stdout": result.log}
        if isinstance(result, list):
            return {
                "untagged": sorted(gone["Untagged"] for gone in result if "Untagged" in gone),
                "deleted": sorted(gone["Deleted"] for gone in result if "Deleted" in gone),
            }
    return {}


def _pushed_digests(snapshot: Snapshot, name: Reference | None) -> Set[str]:
    """The digests that the registry may have after a push."""
    return {*digests_of(snapshot.image, name), *snapshot.instead}


IMAGE = Resource(TABLE, observe, report, plan, outcome, changed=changed)
