# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's configuration for a registry: trust in its certificate, and credentials.

Each run asks the engine to log in, because the engine is what has to reach and trust the registry. If that requires
trust that is not configured yet, it is a step of the plan, before credentials are stored; otherwise it is part of
observing the host, so that a wrong password also fails in check mode, and before any change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Mapping, Tuple

from ..engine.auth import login, reach
from ..engine.client import Client
from ..errors import HostError, InputError
from ..registry.credentials import (
    Credentials,
    default_config_path,
    find,
    helper_for,
    parse_config,
    registry_name,
    server,
)
from ..registry.hostfiles import Found, read
from ..registry.logins import dump, tell_helper, with_login, without_login
from ..registry.mirrors import hosts_toml
from ..registry.replacing import edit, put_back, remove, write
from ..registry.temporary import LEFT, discard, left
from ..state.compare import Change
from ..state.field import Control, Field, Option
from ..state.plan import Kind, Plan, Step
from ..state.resource import Params, Resource
from ..state.table import Table
from ..values.reference import HUB

CA = Field("registry_ca", api="ca", aliases=("ca",))
CLIENT_CERTIFICATE = Field("registry_client_certificate", api="registry_client_certificate")
CLIENT_KEY = Field("registry_client_key", api="registry_client_key", no_log=True)
MIRRORS = Field(
    "mirrors",
    type="list",
    elements="dict",
    api="mirrors",
    suboptions=(
        Option("url", required=True),
        Option("capabilities", type="list", elements="str", choices=("pull", "resolve")),
        Option("ca_path", type="path"),
    ),
)
USERNAME = Field("username", api="username")
PASSWORD = Field("password", api="password", no_log=True)

TABLE = Table(
    noun="registry",
    options=(
        Control("registry", default=HUB, aliases=("registry_url", "url")),
        USERNAME,
        PASSWORD,
        Control("reauthorize", type="bool", default=False, aliases=("reauth",)),
        CA,
        Control("registry_ca_path", type="path"),
        CLIENT_CERTIFICATE,
        CLIENT_KEY,
        MIRRORS,
        Control("certs_dir", type="path", default="/etc/docker/certs.d"),
        Control("config_path", type="path", aliases=("dockercfg_path",)),
        Control("state", choices=("absent", "present"), default="present"),
    ),
    required_together=(("username", "password"), ("registry_client_certificate", "registry_client_key")),
    mutually_exclusive=(("registry_ca", "registry_ca_path"),),
)


SECRET_MODE, SECRET_DIRECTORY = 0o600, 0o700
PUBLIC_MODE = 0o644


@dataclass(frozen=True)
class Kept:
    """A file of the registry's directory in certs_dir: its content and its declaration.

    ``wanted`` is None if nothing was declared, or if it comes from a file that does not exist yet (``declared``); it is
    empty if the file is to be removed.
    """

    field: Field
    noun: str
    path: str
    mode: int
    found: Found | None = None
    declared: bool = False
    wanted: bytes | None = None

    @property
    def why(self) -> str:
        """Why the file has to be changed; empty if it matches, or if nothing was declared."""
        if not self.declared:
            return ""
        if self.wanted == b"":
            return "none is declared for it" if self.found else ""
        if self.found is None:
            return "there is no %s for it" % self.noun
        if self.wanted is None or self.found.data.strip() != self.wanted.strip():
            return "its %s differs" % self.noun
        if self.found.mode != self.mode:
            return "the mode of its %s is %04o" % (self.noun, self.found.mode)
        return ""


@dataclass(frozen=True)
class Snapshot:
    """The observed state, and the declared files: certificates and mirrors."""

    registry: str
    trust: Tuple[Kept, ...]
    mirrors: Kept
    config_path: str
    config: Found | None
    settings: Mapping[str, Any]
    helper: str
    kept: Credentials | None
    left: Tuple[str, ...] = ()  # what killed runs have left beside these files
    verified: bool = False  # whether the engine has just reached, trusted and logged in to the registry
    token: str = ""  # the identity token it received


def observe(client: Client, params: Params) -> Snapshot:
    """The files, the credentials in a helper, and whether the engine can log in with the existing trust."""
    registry = registry_name(params["registry"])
    directory = Path(params["certs_dir"], registry)
    config_path = params["config_path"] or default_config_path()
    config = read(config_path)
    settings = parse_config(config.data, config_path) if config else {}
    trust = _trust(params, directory)
    snapshot = Snapshot(
        registry=registry,
        trust=trust,
        mirrors=_mirrors(params, registry, directory, trust),
        config_path=config_path,
        config=config,
        settings=settings,
        helper=helper_for(settings, registry),
        kept=find(settings, registry),
        left=tuple(path for place in (directory, Path(config_path).resolve().parent) for path in left(place)),
    )
    if params["state"] == "absent" or any(file.why for file in trust):
        return snapshot
    return replace(snapshot, verified=True, token=_log_in(client, registry, _declared(params)))


def _trust(params: Params, directory: Path) -> Tuple[Kept, ...]:
    """The CA, and the key before its certificate, because an engine rejects a certificate without a key."""
    present = params["state"] == "present"
    ca = str(directory / "ca.crt")
    key, certificate = str(directory / "client.key"), str(directory / "client.cert")
    has_ca = present and bool(params["registry_ca"] or params["registry_ca_path"])
    has_client = present and bool(params["registry_client_key"])
    return (
        Kept(CA, "CA", ca, PUBLIC_MODE, read(ca), has_ca, _declared_ca(params) if has_ca else None),
        Kept(
            CLIENT_KEY,
            "client key",
            key,
            SECRET_MODE,
            read(key),
            has_client,
            _key(params["registry_client_key"]) if has_client else None,
        ),
        Kept(
            CLIENT_CERTIFICATE,
            "client certificate",
            certificate,
            PUBLIC_MODE,
            read(certificate),
            has_client,
            _certificate(params["registry_client_certificate"].encode("utf-8"), "registry_client_certificate")
            if has_client
            else None,
        ),
    )


def _mirrors(params: Params, registry: str, directory: Path, trust: Tuple[Kept, ...]) -> Kept:
    """hosts.toml, which must name all certificates that the engine would find without it."""
    path = str(directory / "hosts.toml")
    kept = Kept(MIRRORS, "list of mirrors", path, PUBLIC_MODE, read(path))
    if params["mirrors"] is None or params["state"] == "absent":
        return kept
    if not params["mirrors"]:
        return replace(kept, declared=True, wanted=b"")
    names = {str(file) for file in directory.glob("*")} | {file.path for file in trust if file.declared}
    authorities = sorted(name for name in names if name.endswith(".crt"))
    pairs = sorted((name, name[:-5] + ".key") for name in names if name.endswith(".cert"))
    return replace(kept, declared=True, wanted=hosts_toml(registry, params["mirrors"], authorities, pairs))


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Trust before login, login before storing credentials; or remove everything.

    Credentials are stored last, in one step that fails before it writes; so only files of certs_dir ever have to be
    restored.
    """
    if params["state"] == "absent":
        return _leave(snapshot)
    registry, want = snapshot.registry, _declared(params)
    steps = _tidying(snapshot)
    changes: List[Change] = []
    for file in (*snapshot.trust, snapshot.mirrors):
        if file.why:
            steps.append(_change(registry, file, params))
            changes.append(Change.of(file.field, _text(file.wanted), _text(file.found.data) if file.found else None))
    keep = _keep_reason(params, snapshot, want) if want else ""
    if want and keep:
        steps.append(Step(Kind.LOG_IN, "registry", registry, keep, _keep, (snapshot, want)))
        changes += _login_changes(snapshot, want)
    elif any(file.why for file in snapshot.trust):
        reason = "to see that the engine trusts it now"
        steps.append(Step(Kind.REACH, "registry", registry, reason, _log_in, (registry, want)))
    return Plan(tuple(steps), tuple(changes))


def _tidying(snapshot: Snapshot) -> List[Step]:
    return [Step(Kind.REMOVE, "file", path, LEFT, discard, (path,), lasting=True) for path in snapshot.left]


def _change(registry: str, file: Kept, params: Params) -> Step:
    """The step that makes a file match its declaration."""
    if file.wanted == b"":
        return _removal(registry, file, file.why)
    if file.field is CA:
        return Step(Kind.TRUST, "registry", registry, file.why, _write_ca, (params, file), _as_it_was(file))
    call = (file, [mirror["ca_path"] for mirror in params["mirrors"] or []] if file.field is MIRRORS else [])
    return Step(Kind.KEEP, file.noun + " for", registry, file.why, _write, call, _as_it_was(file))


def _leave(snapshot: Snapshot) -> Plan:
    registry = snapshot.registry
    steps = _tidying(snapshot)
    changes: List[Change] = []
    for file in (snapshot.mirrors, *snapshot.trust):
        if file.found:
            steps.append(_removal(registry, file, "its %s exists, and state is absent" % file.noun))
            changes.append(Change.of(file.field, None, _text(file.found.data)))
    if snapshot.kept or without_login(snapshot.settings, registry) != snapshot.settings:
        reason = "credentials are stored, and state is absent"
        steps.append(Step(Kind.LOG_OUT, "registry", registry, reason, _store, (snapshot, None)))
        changes += _login_changes(snapshot, None)
    return Plan(tuple(steps), tuple(changes))


def _removal(registry: str, file: Kept, why: str) -> Step:
    verb, noun = ("distrust", "registry") if file.field is CA else ("remove", file.noun + " for")
    return Step(verb, noun, registry, why, _remove, (file.path,), _as_it_was(file))


def _as_it_was(file: Kept) -> Step:
    return Step(Kind.RESTORE, "file", file.path, "undo the changes to it", _put_back, (file.path, file.found))


def _keep_reason(params: Params, snapshot: Snapshot, want: Credentials) -> str:
    """Why credentials have to be stored, or empty."""
    kept = snapshot.kept
    if kept is None:
        return "no credentials for it are stored"
    if kept.username != want.username and not (kept.identity_token and not kept.username):
        return "the stored credentials are for another user"
    if kept.password != want.password and not kept.identity_token:
        return "the stored password differs"
    if params["reauthorize"]:
        return "reauthorize is set"
    if snapshot.config and snapshot.config.mode & ~SECRET_MODE:
        return "the mode of %s is %04o" % (snapshot.config_path, snapshot.config.mode)
    return ""


def _login_changes(snapshot: Snapshot, want: Credentials | None) -> List[Change]:
    kept, config = snapshot.kept, snapshot.config
    changes = [Change.of(USERNAME, want.username if want else None, kept.username if kept else None)]
    changes.append(Change.of(PASSWORD, want.password if want else None, kept.password if kept else None))
    if want and config and config.mode != SECRET_MODE:
        changes.append(Change("config_mode", "%04o" % SECRET_MODE, "%04o" % config.mode))
    return changes


def _declared(params: Params) -> Credentials | None:
    if not params["username"]:
        return None
    if ":" in params["username"]:
        raise InputError("username: a colon is not allowed")
    return Credentials(params["username"], params["password"])


def _declared_ca(params: Params) -> bytes | None:
    """The declared CA. Its file may not exist yet if an earlier task in check mode creates it."""
    if params["registry_ca"]:
        return _certificate(params["registry_ca"].encode("utf-8"), "registry_ca")
    if params["registry_ca_path"]:
        found = read(params["registry_ca_path"])
        return _certificate(found.data, "registry_ca_path") if found else None
    return None


def _certificate(data: bytes, option: str) -> bytes:
    if b"PRIVATE KEY-----" in data:
        raise InputError("%s: this contains a private key, which all users of the host could read" % option)
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise InputError("%s: this is not a certificate in PEM format (-----BEGIN CERTIFICATE-----)" % option)
    return data.strip() + b"\n"


def _key(text: str) -> bytes:
    if "PRIVATE KEY-----" not in text:
        raise InputError("registry_client_key: this is not a key in PEM format (-----BEGIN PRIVATE KEY-----)")
    if "ENCRYPTED" in text:
        raise InputError(
            "registry_client_key: this key has a passphrase, which an engine cannot use",
            "Use a key without a passphrase.",
        )
    return text.strip().encode("utf-8") + b"\n"


def _log_in(client: Client, registry: str, credentials: Credentials | None) -> str:
    """Let the engine log in, or without credentials reach the registry; returns an identity token, or empty."""
    if credentials:
        return login(client, credentials.auth(registry))
    reach(client, server(registry))
    return ""


def _write_ca(client: Client, params: Params, file: Kept) -> None:
    data = _declared_ca(params)
    if data is None:
        raise _missing(params["registry_ca_path"], "registry_ca")
    write(file.path, data, file.mode)


def _write(client: Client, file: Kept, needs: List[str | None]) -> None:
    for path in needs:
        if path and read(path) is None:
            raise _missing(path, "the mirror's own CA as a registry, in a task before this one")
    write(file.path, file.wanted or b"", file.mode)


def _missing(path: str, otherwise: str) -> HostError:
    return HostError("There is no file %s" % path, "Create it first, or set %s." % otherwise)


def _keep(client: Client, snapshot: Snapshot, want: Credentials) -> None:
    registry = snapshot.registry
    token = snapshot.token if snapshot.verified else _log_in(client, registry, want)
    _store(client, snapshot, replace(want, identity_token=token))


def _store(client: Client, snapshot: Snapshot, credentials: Credentials | None) -> None:
    """Store credentials; None removes them. Other content that the file has by then is kept."""
    registry, path = snapshot.registry, snapshot.config_path
    if snapshot.helper:
        tell_helper(snapshot.helper, registry, credentials)

    def changed(data: bytes) -> bytes:
        before = parse_config(data, path)
        if credentials:
            return dump(with_login(before, registry, None if snapshot.helper else credentials))
        after = without_login(before, registry)
        return data if after == before else dump(after)

    if credentials or without_login(snapshot.settings, registry) != snapshot.settings:
        edit(path, changed, SECRET_MODE, SECRET_DIRECTORY)


def _put_back(client: Client, path: str, before: Found | None) -> None:
    put_back(path, before)


def _remove(client: Client, path: str) -> None:
    remove(path)


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace")


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``registry``."""
    found = {file.field.name: file.path for file in (*snapshot.trust, snapshot.mirrors) if file.found}
    return {
        "registry": {
            "name": snapshot.registry,
            "ca_path": found.get(CA.name),
            "client_certificate_path": found.get(CLIENT_CERTIFICATE.name),
            "hosts_path": found.get(MIRRORS.name),
            "config_path": snapshot.config_path,
            "helper": snapshot.helper or None,
            "username": snapshot.kept.username if snapshot.kept else None,
        }
    }


REGISTRY = Resource(TABLE, observe, report, plan)
