# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry credentials stored by the docker command: in config.json, or in a credential helper.

In config.json, ``auths`` holds credentials by registry; ``credHelpers`` (by registry) and ``credsStore`` (for all) name
helper programs ``docker-credential-NAME``, which are used over standard input and output.
"""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping

from ..errors import HostError, InputError
from ..values.reference import DOMAIN, HUB, NAME_LIMIT, without_user
from .document import decode, fields, text
from .hostfiles import read

# Docker Hub's historical name in config.json and helpers.
HUB_SERVER = "https://index.docker.io/v1/"
TOKEN_USER = "<token>"  # the user name in a helper that means: the secret is an identity token
NOT_FOUND = "credentials not found"
PATIENCE = 60  # seconds for a helper
_HELPER = re.compile("[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Credentials:
    """Credentials for a registry: a user and a password, or an identity token that the registry issued."""

    username: str = ""
    password: str = ""
    identity_token: str = ""

    def auth(self, registry: str) -> Dict[str, str]:
        """The Engine's AuthConfig for a registry."""
        auth = {"serveraddress": server(registry), "username": self.username, "password": self.password}
        if self.identity_token:
            auth.update(identitytoken=self.identity_token, password="")
        return auth


def server(registry: str) -> str:
    """The key of a registry (``HOST[:PORT]``) in config.json and helpers."""
    return HUB_SERVER if registry == HUB else registry


def registry_name(text: str) -> str:
    """``HOST[:PORT]`` of a registry, from that or a URL. Raises InputError."""
    scheme, separator, rest = text.rpartition("://")
    host = rest.split("/", 1)[0]
    port = host.rpartition(":")[2] if ":" in host.rpartition("]")[2] else ""
    if "@" in text:
        raise InputError(
            "registry: %r is not the address of a registry: it contains a user" % without_user(text),
            "Use HOST or HOST:PORT, and set username and password.",
        )
    why = ""
    if separator and scheme.lower() not in ("http", "https"):
        why = ": it begins with %s://" % scheme
    elif len(host) > NAME_LIMIT:
        why = ": it is longer than %d characters" % NAME_LIMIT
    elif DOMAIN.fullmatch(host) and port and (len(port) > 5 or not 0 < int(port) < 65536):
        why = ": %s is not a port (1 to 65535)" % port[:20]
    if why or not DOMAIN.fullmatch(host):
        shown = text if len(text) <= NAME_LIMIT else text[:NAME_LIMIT] + "..."
        raise InputError("registry: %r is not the address of a registry%s" % (shown, why), "Use HOST or HOST:PORT.")
    return HUB if host in ("index.docker.io", "registry-1.docker.io", "registry.hub.docker.com") else host


def is_registry_name(text: str) -> bool:
    """Whether ``registry_name`` accepts it; the docker command tolerates other keys in its config.json."""
    try:
        return bool(registry_name(text))
    except InputError:
        return False


def default_config_path() -> str:
    """The config.json of the user who runs the task.

    Under sudo, HOME may still point to another user's home; then the user database is used.
    """
    directory = os.environ.get("DOCKER_CONFIG")
    if directory:
        return str(Path(directory, "config.json"))
    home = os.environ.get("HOME", "")
    try:
        mine = bool(home) and Path(home).stat().st_uid == os.geteuid()
    except OSError:
        mine = False
    if not mine:
        import pwd

        try:
            home = pwd.getpwuid(os.geteuid()).pw_dir
        except KeyError:
            pass
    return str(Path(home or "/", ".docker", "config.json"))


def load(path: str) -> Dict[str, Any]:
    """The content of a config.json, empty if there is none. Raises HostError."""
    found = read(path)
    return parse_config(found.data, path) if found else {}


def parse_config(data: bytes, path: str) -> Dict[str, Any]:
    """Decode a config.json. Raises HostError if it is malformed; ``path`` is for the message."""
    if not data.strip():
        return {}
    try:
        config = fields(decode(data))
        for key in ("auths", "credHelpers", "proxies"):
            fields(config.get(key))
        text(config.get("credsStore"))
    except ValueError as error:
        raise HostError(
            "%s is not a configuration file of the Docker CLI (%s)" % (path, error), "Correct it, or move it away."
        )
    return config


def helper_for(config: Mapping[str, Any], registry: str) -> str:
    """The name of the helper for a registry, empty if there is none. Raises HostError for an invalid name."""
    helpers = config.get("credHelpers") or {}
    helper = helpers.get(server(registry)) or helpers.get(registry) or config.get("credsStore") or ""
    if helper and not (isinstance(helper, str) and _HELPER.fullmatch(helper)):
        raise HostError(
            "The Docker CLI's config.json names %r as the credential helper for %s" % (helper, registry),
            "Set it to the name of the program without docker-credential-.",
        )
    return str(helper)


def proxies_for(config: Mapping[str, Any], host: str | None) -> Dict[str, str]:
    """The ``proxies`` settings of a configuration for an engine. Raises HostError if they are malformed."""
    try:
        kept = fields(config.get("proxies"))
        return {key: text(value) for key, value in fields(kept.get(host or "") or kept.get("default")).items()}
    except ValueError as error:
        raise HostError("proxies in the Docker CLI's config.json are malformed (%s)" % error, "Mend it.")


def find(config: Mapping[str, Any], registry: str) -> Credentials | None:
    """The credentials stored for a registry; None if there are none. Raises HostError if a helper fails."""
    helper = helper_for(config, registry)
    if helper:
        return ask_helper(helper, registry)
    key = _key(config, registry)
    return _decode(config["auths"][key], key) if key else None


def auth_for(registry: str, config_path: str = "") -> Dict[str, str] | None:
    """The Engine's AuthConfig from the host's credentials for a registry; None if there are none. Raises HostError."""
    found = find(load(config_path or default_config_path()), registry)
    return found.auth(registry) if found else None


def ask_helper(helper: str, registry: str) -> Credentials | None:
    """The credentials that a helper has for a registry. Raises HostError."""
    said = run_helper(helper, "get", server(registry))
    if said is None:
        return None
    try:
        answer = fields(decode(said.encode("utf-8")))
        username, secret = text(answer["Username"]), text(answer["Secret"])
    except (ValueError, KeyError):
        raise HostError("docker-credential-%s does not answer like a credential helper" % helper)
    return Credentials(identity_token=secret) if username == TOKEN_USER else Credentials(username, secret)


def run_helper(helper: str, verb: str, message: str) -> str | None:
    """The output of a helper's get, store or erase; None if it has no such credentials. Raises HostError."""
    import subprocess  # slow to import; only hosts with a helper need it

    program = "docker-credential-" + helper
    try:
        done = subprocess.run(
            [program, verb], input=message.encode("utf-8"), stdout=-1, stderr=-1, timeout=PATIENCE, check=False
        )
    except OSError as error:
        raise HostError(
            "Cannot run the credential helper %s (%s)" % (program, error.strerror),
            "Install it, or remove credsStore and credHelpers from the Docker CLI's config.json.",
        )
    except subprocess.TimeoutExpired:
        raise HostError("The credential helper %s does not answer" % program, "Run it by hand: it may need a session.")
    said = done.stdout.decode("utf-8", "replace")
    if not done.returncode:
        return said
    words = " ".join((said + " " + done.stderr.decode("utf-8", "replace")).split())
    if NOT_FOUND in words or verb == "erase" and "not found" in words:
        return None
    raise HostError("The credential helper %s could not %s credentials: %s" % (program, verb, words[:300]))


def _key(config: Mapping[str, Any], registry: str) -> str:
    """The key of a registry in ``auths``: its name, or an older form with scheme or path."""
    auths = config.get("auths") or {}
    if server(registry) in auths:
        return server(registry)
    for key in auths:
        if means(key, registry):
            return str(key)
    return ""


def means(key: str, registry: str) -> bool:
    """Whether a key of ``auths`` refers to this registry."""
    return is_registry_name(key) and registry_name(key) == registry


def _decode(entry: Any, key: str) -> Credentials | None:
    try:
        entry = fields(entry)
        username, password = text(entry.get("username")), text(entry.get("password"))
        token, both = text(entry.get("identitytoken")), text(entry.get("auth"))
    except ValueError as error:
        raise HostError("The credentials for %s in the Docker CLI's config.json are malformed (%s)" % (key, error))
    if both:
        try:
            both = base64.b64decode("".join(both.split()), validate=True).decode("utf-8").rstrip("\0")
        except ValueError:
            raise HostError("The credentials for %s in the Docker CLI's config.json are not base64" % key)
        username, _colon, password = both.partition(":")
    return Credentials(username, password, token) if username or token else None
