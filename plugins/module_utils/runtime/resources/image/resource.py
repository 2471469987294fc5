# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image: where it comes from, what else it is called, which registry has it, and which archive.

What a step makes is complete in itself (an image that was built or pulled, a name), and the next run goes on from
there. So a failure, such as a registry that cannot be reached for a push, takes nothing back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Set, Tuple

from ...engine import images, platforms, registries
from ...engine.build import Built, build
from ...engine.client import Client
from ...errors import DriftError, NotFound, VersionError
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
from ...registry.reference import LATEST, Reference, parse
from ...registry.temporary import left
from ...state.compare import Change
from ...state.field import Field
from ...state.plan import Plan, Step
from ...state.resource import Params, Resource
from .archive import Archive, names_in, read_archive
from .bases import to_pull
from .load import import_digest, import_steps, load_steps, wanted_of
from .recipe import LABEL, Recipe, read_recipe
from .removal import removal, takes_all
from .save import Saved, doubts, names_of, read_saved, save_steps, tidying
from .table import TABLE
from .target import FORCED, Target, pull_platform, pull_policy, source_of, target_of

# What the diff shows; none of it is an option.
BUILT = Field("build_digest", api="-")
UPSTREAM = Field("registry_digest", api="-")
ALSO = Field("repository_image", api="-")
PUSHED = Field("pushed_digest", api="-")
NEW = "(that of the new image)"


# The API version whose BuildKit heeds the size of /dev/shm.
SHM_OF_BUILDKIT = "1.42"


@dataclass(frozen=True)
class Snapshot:
    """What is there.

    The registry's digests are None where it was not asked, and empty where it has no such image. The recipe of a
    build, the archive to load and the digest of what is imported are None where the files are not there yet.
    ``instead`` are digests that the registry may have after a push of an image that lacks some of its platforms.
    ``bases`` are the base images to pull before a build, with the reasons; None if its builder does that.
    ``loaded`` are the images that the archive is to bring, and ``further`` those that are saved along, by name;
    ``users`` are the containers of an image that is to go; ``left`` is what killed runs have left beside the archive.
    """

    image: Mapping[str, Any] | None
    also: Mapping[str, Any] | None = None
    upstream: str | None = None
    pushed: str | None = None
    instead: Tuple[str, ...] = ()
    recipe: Recipe | None = None
    bases: Mapping[Reference, str] | None = None
    archive: Archive | None = None
    loaded: Mapping[str, Any] = field(default_factory=dict)
    imported: str | None = None
    saved: Saved | None = None
    further: Mapping[str, Any] = field(default_factory=dict)
    users: Tuple[Mapping[str, Any], ...] = ()
    left: Tuple[str, ...] = ()
    doubts: Tuple[str, ...] = ()  # warnings about the place of the archive


def observe(client: Client, params: Params) -> Snapshot:
    """The image, what its other name means, and where the task needs it the registry's digests and the files."""
    target = target_of(params)
    if params["state"] == "absent":
        image = images.inspect(client, target.text)
        users = images.users(client, image["Id"]) if image and takes_all(target, image) else []
        return Snapshot(image, users=tuple(users))
    source, platform = source_of(params), pull_platform(params)
    image = platforms.of_platform(client, target.text, platform) if platform else images.inspect(client, target.text)
    seen: Dict[str, Any] = {}
    if source == "build" and Path(params["build"]["path"]).is_dir():
        recipe = seen["recipe"] = _recipe(client, params, target, image is not None)
        if not recipe.classic and _why_build(params, image, recipe):
            keys = partial(_base_keys, params, target)
            seen["bases"] = to_pull(client, recipe, params["build"]["platform"] or "", lambda name: keys(name)())
    elif source == "load":
        archive = seen["archive"] = read_archive(params["load_path"])
        wanted = wanted_of(target, archive) if archive else ()
        seen["loaded"] = {name: images.inspect(client, name) for name in wanted}
    elif source == "import":
        seen["imported"] = import_digest(params["import"])
    if target.repository:
        seen["also"] = images.inspect(client, target.repository.pinned)
    if image and target.named and not target.named.digest and pull_policy(params) == "always":
        seen["upstream"] = _registry_digest(client, target.named, _keys(params, target.named))
    if image and target.remote and params["push"]:
        seen["pushed"] = _registry_digest(client, target.remote, _keys(params, target.remote))
        if seen["pushed"] and seen["pushed"] not in _digests(image, target.remote):
            seen["instead"] = tuple(platforms.pushed_instead(client, target.text))
    if params["archive_path"]:
        seen["saved"], seen["doubts"] = read_saved(params["archive_path"]), tuple(doubts(params["archive_path"]))
        seen["left"] = tuple(left(Path(params["archive_path"]).resolve().parent))
        seen["further"] = {name: images.inspect(client, name) for name in names_of(params, target)[1:]}
    return Snapshot(image, **seen)


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Get the image if it has to be got, name it, push what the registry does not have, and save it to a file."""
    target, image = target_of(params), snapshot.image
    if params["state"] == "absent":
        if image is None:
            return Plan(exists=False, stays=False)
        return removal(params, target, image, snapshot.users)
    steps: List[Step] = []
    changes: List[Change] = []
    warnings: List[str] = list(snapshot.doubts)
    source = source_of(params)
    if source == "build":
        steps += _build(params, target, snapshot, changes, warnings)
    elif source == "load":
        steps += load_steps(params, target, snapshot.archive, snapshot.loaded, changes, warnings)
    elif source == "import" and target.named:
        steps += import_steps(params, target.named, snapshot.imported, image, changes, warnings)
    elif target.named and pull_policy(params) in ("always", "missing"):
        steps += _pull(params, target.named, snapshot, changes)
    elif image is None:
        raise DriftError(
            "There is no image %s on this host, and the task forbids to pull it" % target.text,
            "Build, load or pull it first, or set 'source: pull' and another policy than never.",
        )
    new = bool(steps)
    # What was forced will be the same image, so what follows is needed for another reason, or only if it is not.
    same = new and not steps[-1].alters
    for follow in _follow_ups(params, target, snapshot, warnings):
        further = follow(new and not same, changes)
        if same and not further:
            further = [step._replace(alters=False) for step in follow(True, [])]
        steps += further
    if params["archive_path"]:
        steps += tidying(snapshot.left)
    return Plan(tuple(steps), tuple(changes), tuple(warnings), exists=image is not None)


def _follow_ups(
    params: Params, target: Target, snapshot: Snapshot, warnings: List[str]
) -> Iterator[Callable[[bool, List[Change]], List[Step]]]:
    """What is done with the image: each makes its steps, told whether it is a new one, and adds to the changes."""
    repository, remote = target.repository, target.remote
    if repository:
        named = repository
        yield lambda new, changes: _tag(params, target.text, named, snapshot, new, changes, warnings)
    if remote and params["push"]:
        pushed = remote
        yield lambda new, changes: _push(params, pushed, snapshot, new, changes)
    if params["archive_path"]:
        saved = {target.text: snapshot.image, **snapshot.further}
        yield lambda new, changes: save_steps(params, saved, snapshot.saved, target.text if new else "", changes)


def _build(
    params: Params, target: Target, snapshot: Snapshot, changes: List[Change], warnings: List[str]
) -> List[Step]:
    recipe, path, platform = snapshot.recipe, params["build"]["path"], params["build"]["platform"] or ""
    reason = _why_build(params, snapshot.image, recipe)
    if recipe is None:
        # In check mode an earlier task may be about to bring them; outside of it, the step says that they are missing.
        warnings.append("%s can only be built if an earlier task makes the directory %s" % (target.text, path))
    elif reason and reason != FORCED:
        changes.append(Change(BUILT, recipe.digest, _labels(snapshot.image or {}).get(LABEL)))
    elif not reason:
        return []
    steps = [
        Step("pull", "image", name.pinned, why, _run_pull, (name, platform, _base_keys(params, target, name)))
        for name, why in (snapshot.bases or {}).items()
    ]
    call = (target, params, recipe, snapshot.bases is None)
    # From what it was built from already, with the builder's cache, it will be the same image.
    alters = reason != FORCED or params["build"]["nocache"]
    return [*steps, Step("build", "image", target.text, reason, _run_build, call, alters=alters)]


def _why_build(params: Params, image: Mapping[str, Any] | None, recipe: Recipe | None) -> str:
    """Why the image is to be built; empty if it need not be."""
    have = _labels(image or {}).get(LABEL)
    if recipe is None:
        return "its files are not there yet"
    if image is None:
        return "it does not exist"
    if have is None:
        return "it was not built by this module"
    if have != recipe.digest:
        what = "files, options or base images" if params["build"]["pull"] else "files or options"
        return "the %s that it is built from have changed" % what
    return FORCED if params["force_source"] else ""


def _run_build(client: Client, target: Target, params: Params, recipe: Recipe | None, pulls: bool) -> Built:
    recipe = recipe or _recipe(client, params, target, False)
    auths = _all_auths(params, target) if recipe.classic else None
    query = [(name, value) for name, value in recipe.query if pulls or name != "pull"]
    return build(client, target.text, query, recipe.context.tar(), auths, params["build"]["http_timeout"])


def _recipe(client: Client, params: Params, target: Target, strict: bool) -> Recipe:
    """The recipe of the build. If it is ``strict``, a base image that its registry does not have is an error."""
    options = params["build"]

    def digest_of(base: str) -> str:
        name = parse(base).or_tag(LATEST)
        digest = name.digest or _registry_digest(client, name, _base_keys(params, target, name))
        if strict and not digest:
            raise NotFound(
                "build.pull: the registry has no image %s, which the build is based on" % name,
                "Check the name in the Dockerfile, or leave build.pull out to take the image that is on the host.",
            )
        return digest

    proxies: Mapping[str, str] = {}
    if options["use_config_proxy"]:
        proxies = proxies_for(load(params["config_path"] or default_config_path()), params.get("docker_host"))
    recipe = read_recipe(options, digest_of, proxies)
    if options["shm_size"] and not recipe.classic and not client.speaks(SHM_OF_BUILDKIT):
        raise VersionError(
            "build.shm_size: the BuildKit of this engine does not heed it (API %s is older than %s)"
            % (client.version, SHM_OF_BUILDKIT),
            "Set 'build.builder: classic', or leave it out.",
        )
    return recipe


def _pull(params: Params, named: Reference, snapshot: Snapshot, changes: List[Change]) -> List[Step]:
    image, platform = snapshot.image, pull_platform(params)
    if image is None:
        reason = "it does not exist"
    elif platform and not platforms.is_for(image, platform):
        reason = "it is for %s, not for %s" % (platforms.platform_of(image), platform)
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
        image = platforms.of_platform(client, named.pinned, platform)
        if image and not platforms.is_for(image, platform):
            raise NotFound(
                "The registry has %s for %s only, not for %s" % (named, platforms.platform_of(image), platform),
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
    known = _pushed_digests(snapshot, remote)
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


def changed(made: Plan, before: Snapshot, after: Snapshot) -> bool:
    """Whether executing the plan has changed anything; of what was forced, the images before and after tell."""
    if not any(step.reason == FORCED for step in made.steps):
        return made.changed
    certain = any(step.alters for step in made.steps if step.reason != FORCED)
    return certain or _identity(before) != _identity(after)


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
    """The return values ``image``, ``digest``, and ``image_names`` of an archive that was to be loaded."""
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


def _registry_digest(client: Client, name: Reference, keys: Callable[[], Any]) -> str:
    found = registries.distribution(client, name.pinned, keys())
    return str(found["Descriptor"]["digest"]) if found else ""


def _keys(params: Params, name: Reference) -> Callable[[], Dict[str, str] | None]:
    """Finds the credentials for a name when they are needed; the host's helper programs are asked no sooner."""

    def find_them() -> Dict[str, str] | None:
        if params["username"]:
            return Credentials(params["username"], params["password"]).auth(name.domain)
        return auth_for(name.domain, params["config_path"])

    return find_them


def _base_keys(params: Params, target: Target, name: Reference) -> Callable[[], Dict[str, str] | None]:
    """Finds the credentials for a base image. The task's own are for the registry of its image."""
    ours = target.remote is not None and target.remote.domain == name.domain
    return _keys(params, name) if ours else partial(auth_for, name.domain, params["config_path"])


def _all_auths(params: Params, target: Target) -> Dict[str, Dict[str, str]]:
    """All credentials that the host's configuration names, and the task's, for the base images of a classic build."""
    config = load(params["config_path"] or default_config_path())
    names = {*(config.get("auths") or {}), *(config.get("credHelpers") or {})}
    hosts = {name: registry_name(name) for name in names if is_registry_name(name)}
    found = {name: find(config, host) for name, host in hosts.items()}
    auths = {name: entry.auth(hosts[name]) for name, entry in found.items() if entry}
    if params["username"] and target.remote:
        own = Credentials(params["username"], params["password"]).auth(target.remote.domain)
        auths[own["serveraddress"]] = own
    return auths


def _labels(image: Mapping[str, Any]) -> Mapping[str, str]:
    return (image.get("Config") or {}).get("Labels") or {}


def _digests(image: Mapping[str, Any] | None, name: Reference | None) -> Set[str]:
    """The digests by which registries know an image under this repository's name."""
    known = [entry.partition("@") for entry in (image or {}).get("RepoDigests") or ()]
    return {digest for repository, _at, digest in known if name and repository == name.repository}


def _pushed_digests(snapshot: Snapshot, name: Reference | None) -> Set[str]:
    """The digests that the registry may have after a push."""
    return {*_digests(snapshot.image, name), *snapshot.instead}


IMAGE = Resource(TABLE, observe, report, plan, outcome, changed=changed)
