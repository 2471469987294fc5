# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names and the source in a task, validated for its purpose."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import InputError
from ...state.resource import Params
from ...values.reference import Reference, is_image_id, parse

FORCED = "force_source is set"
LEAVE_OUT = "Remove one of them."
# The instructions that an import can apply.
CHANGES = "CMD ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL ONBUILD STOPSIGNAL USER VOLUME WORKDIR".split()  # noqa: SIM905
MAKING = {"build": "a build", "import": "an import"}
# Architectures of Go, with which the Engine is built, and aliases that the Engine accepts.
_SYSTEMS = " aix android darwin dragonfly freebsd illumos ios js linux macos netbsd openbsd plan9 solaris windows "
_MACHINES = (
    " 386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm"
    " x86_64 x86-64 aarch64 armhf armel i386 i686 "
)


@dataclass(frozen=True)
class Target:
    """The names in a task. ``named`` is None if ``name`` is an image id."""

    text: str
    named: Reference | None
    repository: Reference | None

    @property
    def remote(self) -> Reference | None:
        """The name to push."""
        return self.repository or self.named


def target_of(params: Params) -> Target:
    """The names in a task, validated for its purpose. Raises InputError."""
    name = params["name"]
    named = None if is_image_id(name) else parse(name).or_tag(params["tag"])
    also = params["repository"]
    repository = parse(also).or_tag((named and named.tag) or params["tag"]) if also else None
    target = Target(named.pinned if named else name, named, repository)
    if params["state"] == "absent":
        return target
    source = source_of(params)
    if params["build"] and source != "build":
        raise InputError("build: cannot be used with source: %s" % source, LEAVE_OUT)
    if (params["build"] or {}).get("secrets"):
        raise InputError(
            "build.secrets: build secrets need a session of the Docker CLI",
            "Build this image with the Docker CLI, or remove the secrets and their mounts.",
        )
    if params["pull"] and source != "pull":
        raise InputError("pull: cannot be used with source: %s" % source, "For base images, use build.pull.")
    for option, other in (("load_path", "load"), ("import", "import")):
        if params[option] and source != other:
            raise InputError("%s: requires 'source: %s', but source is %s" % (option, other, source), LEAVE_OUT)
    refuse_unknown("pull.platform", pull_platform(params))
    for change in (params["import"] or {}).get("changes") or ():
        if change.split(" ")[0].upper() not in CHANGES:
            raise InputError(
                "import.changes: %r is not an instruction that an import supports" % change.split(" ")[0],
                "Use %s." % ", ".join(CHANGES),
            )
    if params["archive_path"] is None:
        for option in ("archive_names", "archive_mode"):
            if params[option] is not None:
                raise InputError("%s: no effect without archive_path" % option, LEAVE_OUT)
    if named is None and source not in ("load", "local"):
        raise InputError("name: an image ID cannot be used with 'source: %s'" % source, "Use a name with a tag.")
    if source in ("build", "import") and named and named.digest:
        raise InputError("name: %s cannot have the digest of %s" % (MAKING[source], named), "Remove the digest.")
    if repository and repository.digest:
        raise InputError("repository: %s has a digest, but an image can only get a tag" % repository)
    if params["push"] and not (target.remote and target.remote.tag and not target.remote.digest):
        raise InputError(
            "push: an image is pushed by its tag, but %s has none" % (target.remote or name), "Set repository."
        )
    return target


def refuse_unknown(option: str, platform: str) -> None:
    """Raise InputError for anything but a platform ``os[/arch[/variant]]``, or ``arch`` alone; empty means none."""
    parts = platform.lower().split("/")
    first, second = (" %s " % part for part in (parts + parts[:1])[:2])
    known = first in _SYSTEMS and second in _MACHINES if len(parts) > 1 else first in _SYSTEMS + _MACHINES
    if platform and not (known and len(parts) < 4 and all(parts)):
        raise InputError(
            "%s: %r is not a platform" % (option, platform), "Use a platform such as linux/amd64 or linux/arm/v7."
        )


def source_of(params: Params) -> str:
    """The option ``source``; by default inferred from the task: local for an id, and pull if nothing else applies."""
    if params["source"]:
        return str(params["source"])
    for option, source in (("build", "build"), ("load_path", "load"), ("import", "import")):
        if params[option]:
            return source
    return "local" if is_image_id(params["name"]) else "pull"


def pull_policy(params: Params) -> str:
    """When to pull: ``always``, ``missing`` or ``never``; empty if the image is not pulled at all."""
    if source_of(params) != "pull":
        return ""
    return "always" if params["force_source"] else str((params["pull"] or {}).get("policy") or "missing")


def pull_platform(params: Params) -> str:
    """The platform to pull, or empty for any."""
    return str((params["pull"] or {}).get("platform") or "")
