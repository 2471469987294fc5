# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing the engine: from an address, the environment, or a context of the docker command."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Dict, Mapping, NamedTuple

from ..errors import InputError
from .address import DEFAULT_SOCKET
from .trust import Trust

DEFAULT_CONTEXT = "default"


class Endpoint(NamedTuple):
    """An address, its source, and for a context its TLS files."""

    host: str
    origin: str
    context: str = ""
    trust: Trust | None = None


def choose(docker_host: str | None, context: str | None, environ: Mapping[str, str]) -> Endpoint:
    """The engine to use, from the first source that is set, in the docker command's order:

    the options ``docker_host`` or ``cli_context``, DOCKER_HOST, DOCKER_CONTEXT, ``currentContext`` in the docker
    command's config.json, and the default socket. The context ``default`` is DOCKER_HOST or the default socket. Raises
    InputError for contradictions, and for a context that is missing or unreadable.
    """
    if docker_host and context:
        raise InputError("docker_host and cli_context are mutually exclusive", "Set only one of them.")
    if docker_host:
        return Endpoint(docker_host, "docker_host")
    if not context and not environ.get("DOCKER_HOST"):
        context = environ.get("DOCKER_CONTEXT") or _current(directory(environ))
    if context and context != DEFAULT_CONTEXT:
        return _stored(context, directory(environ))
    if environ.get("DOCKER_HOST"):
        return Endpoint(environ["DOCKER_HOST"], "DOCKER_HOST")
    return Endpoint("unix://" + DEFAULT_SOCKET, "docker_host")


def directory(environ: Mapping[str, str]) -> Path:
    """The docker command's configuration directory: DOCKER_CONFIG, or .docker in the home directory."""
    return Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME") or "/") / ".docker")


def pem_files(place: Path) -> Dict[str, str]:
    """The docker command's file names for the parts of a trust."""
    return {part: str(place / (part + ".pem")) for part in ("ca", "cert", "key")}


def _current(configuration: Path) -> str:
    settings = _json(configuration / "config.json", "docker_host") or {}
    current = settings.get("currentContext") or ""
    if not isinstance(current, str):
        raise InputError("currentContext of config.json is not a string", "Correct the file, or set docker_host.")
    return current


def _stored(name: str, configuration: Path) -> Endpoint:
    key = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    file = configuration / "contexts" / "meta" / key / "meta.json"
    fix = "Look at 'docker context ls', or set docker_host."
    meta = _json(file, "cli_context")
    if meta is None:
        raise InputError("cli_context: there is no context %s in %s, or it cannot be read" % (name, configuration), fix)
    endpoints = meta.get("Endpoints")
    endpoint = endpoints.get("docker") if isinstance(endpoints, dict) else None
    if not isinstance(endpoint, dict) or not endpoint.get("Host") or not isinstance(endpoint["Host"], str):
        raise InputError("cli_context: the context %s has no address of an engine (%s)" % (name, file), fix)
    stored = configuration / "contexts" / "tls" / key / "docker"
    parts = {part: file for part, file in pem_files(stored).items() if os.access(file, os.F_OK)}
    verify = not endpoint.get("SkipTLSVerify")
    trust = Trust(verify=verify, **parts) if parts or not verify else None
    return Endpoint(str(endpoint["Host"]), "cli_context %s" % name, name, trust)


def _json(file: Path, option: str) -> Dict[str, Any] | None:
    try:
        found = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            "%s: %s cannot be read (%s)" % (option, file, getattr(error, "strerror", None) or error),
            "Correct the file, or set docker_host.",
        )
    if not isinstance(found, dict):
        raise InputError(
            "%s: %s does not contain a JSON object" % (option, file), "Correct the file, or set docker_host."
        )
    return found
