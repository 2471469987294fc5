# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host and a registry have to do with each other: trust in its certificate, and credentials for it.

The engine itself is asked to log in each time, because it is the one that has to reach and trust the registry. Where
that needs trust that is not there yet, it is a step of the plan, before credentials are kept; otherwise it is part of
looking at the host, so that a wrong password shows in check mode too, and nothing is done before it is known to work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Mapping

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
from ..registry.hostfiles import Found, put_back, read, remove, write
from ..registry.logins import dump, tell_helper, with_login, without_login
from ..registry.reference import HUB
from ..state.compare import Change
from ..state.field import Control, Field
from ..state.plan import Plan, Step
from ..state.resource import Params, Resource
from ..state.table import Table

CA = Field("registry_ca", api="ca", aliases=("ca",))
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
        Control("certs_dir", type="path", default="/etc/docker/certs.d"),
        Control("config_path", type="path", aliases=("dockercfg_path",)),
        Control("state", choices=("absent", "present"), default="present"),
    ),
    required_together=(("username", "password"),),
    mutually_exclusive=(("registry_ca", "registry_ca_path"),),
)

# What the diff shows besides the options.
MODE = Field("config_mode", api="-")

SECRET_MODE, SECRET_DIRECTORY = 0o600, 0o700
PUBLIC_MODE = 0o644


@dataclass(frozen=True)
class Snapshot:
    """What is there, and what was declared as the CA (None: nothing, or a file that is not there yet)."""

    registry: str
    ca_path: str
    ca: Found | None
    wanted_ca: bytes | None
    config_path: str
    config: Found | None
    settings: Mapping[str, Any]
    helper: str
    kept: Credentials | None
    verified: bool = False  # whether the engine just reached, trusted and logged in to the registry
    token: str = ""  # the identity token that it got


def observe(client: Client, params: Params) -> Snapshot:
    """The files, what a credential helper keeps, and whether the engine can log in with the trust that is there."""
    registry = registry_name(params["registry"])
    ca_path = str(Path(params["certs_dir"], registry, "ca.crt"))
    config_path = params["config_path"] or default_config_path()
    config = read(config_path)
    settings = parse_config(config.data, config_path) if config else {}
    snapshot = Snapshot(
        registry=registry,
        ca_path=ca_path,
        ca=read(ca_path),
        wanted_ca=_declared_ca(params),
        config_path=config_path,
        config=config,
        settings=settings,
        helper=helper_for(settings, registry),
        kept=find(settings, registry),
    )
    if params["state"] == "absent" or _distrust(params, snapshot):
        return snapshot
    return replace(snapshot, verified=True, token=_log_in(client, registry, _declared(params)))


def plan(params: Params, snapshot: Snapshot) -> Plan:
    """Trust before login, login before credentials are kept; or take it all away.

    Credentials come last, in one step that fails before it writes; so only trust ever has to be taken back.
    """
    if params["state"] == "absent":
        return _leave(snapshot)
    registry, want = snapshot.registry, _declared(params)
    steps: List[Step] = []
    changes: List[Change] = []
    distrust = _distrust(params, snapshot)
    if distrust:
        call = (params, snapshot)
        steps.append(Step("trust", "registry", registry, distrust, _write_ca, call, _ca_as_it_was(snapshot)))
        changes.append(Change(CA, _text(snapshot.wanted_ca), _text(snapshot.ca.data) if snapshot.ca else None))
    keep = _keep_reason(params, snapshot, want) if want else ""
    if want and keep:
        steps.append(Step("log in to", "registry", registry, keep, _keep, (snapshot, want)))
        changes += _login_changes(snapshot, want)
    elif distrust:
        reason = "to see that the engine trusts it now"
        steps.append(Step("reach", "registry", registry, reason, _log_in, (registry, want)))
    return Plan(tuple(steps), tuple(changes))


def _leave(snapshot: Snapshot) -> Plan:
    registry = snapshot.registry
    steps: List[Step] = []
    changes: List[Change] = []
    if snapshot.ca:
        call, undo = (snapshot.ca_path,), _ca_as_it_was(snapshot)
        reason = "its CA is there, and state is absent"
        steps.append(Step("distrust", "registry", registry, reason, _remove, call, undo))
        changes.append(Change(CA, None, _text(snapshot.ca.data)))
    if snapshot.kept or without_login(snapshot.settings, registry) != snapshot.settings:
        reason = "credentials are kept, and state is absent"
        steps.append(Step("log out of", "registry", registry, reason, _store, (snapshot, None)))
        changes += _login_changes(snapshot, None)
    return Plan(tuple(steps), tuple(changes))


def _ca_as_it_was(snapshot: Snapshot) -> Step:
    call = (snapshot.ca_path, snapshot.ca)
    return Step("restore", "file", snapshot.ca_path, "take back what was done to it", _put_back, call)


def _distrust(params: Params, snapshot: Snapshot) -> str:
    """Why the certificate that is there is not the one declared; nothing where it is, or none was declared."""
    if not (params["registry_ca"] or params["registry_ca_path"]):
        return ""
    if snapshot.ca is None:
        return "there is no CA for it"
    if snapshot.wanted_ca is None or snapshot.ca.data.strip() != snapshot.wanted_ca.strip():
        return "its CA is another one"
    if snapshot.ca.mode != PUBLIC_MODE:
        return "the mode of its CA is %04o" % snapshot.ca.mode
    return ""


def _keep_reason(params: Params, snapshot: Snapshot, want: Credentials) -> str:
    """Why credentials must be written, or nothing."""
    kept = snapshot.kept
    if kept is None:
        return "no credentials for it are kept"
    if kept.username != want.username and not (kept.identity_token and not kept.username):
        return "the credentials that are kept are of another user"
    if kept.password != want.password and not kept.identity_token:
        return "the password that is kept is another one"
    if params["reauthorize"]:
        return "reauthorize is set"
    if snapshot.config and snapshot.config.mode & ~SECRET_MODE:
        return "the mode of %s is %04o" % (snapshot.config_path, snapshot.config.mode)
    return ""


def _login_changes(snapshot: Snapshot, want: Credentials | None) -> List[Change]:
    kept, config = snapshot.kept, snapshot.config
    changes = [Change(USERNAME, want.username if want else None, kept.username if kept else None)]
    changes.append(Change(PASSWORD, want.password if want else None, kept.password if kept else None))
    if want and config and config.mode != SECRET_MODE:
        changes.append(Change(MODE, "%04o" % SECRET_MODE, "%04o" % config.mode))
    return changes


def _declared(params: Params) -> Credentials | None:
    if not params["username"]:
        return None
    if ":" in params["username"]:
        raise InputError("username: a name with a colon cannot be used with registries")
    return Credentials(params["username"], params["password"])


def _declared_ca(params: Params) -> bytes | None:
    """The declared CA. A file that is not there yet may be made before the plan is executed, as in check mode."""
    if params["registry_ca"]:
        return _certificate(params["registry_ca"].encode("utf-8"), "registry_ca")
    if params["registry_ca_path"]:
        found = read(params["registry_ca_path"])
        return _certificate(found.data, "registry_ca_path") if found else None
    return None


def _certificate(data: bytes, option: str) -> bytes:
    if b"PRIVATE KEY-----" in data:
        raise InputError("%s: this holds a private key, and all users of the host could read it" % option)
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise InputError("%s: this is not a certificate in PEM (-----BEGIN CERTIFICATE-----)" % option)
    return data.strip() + b"\n"


def _log_in(client: Client, registry: str, credentials: Credentials | None) -> str:
    """Have the engine log in, or without credentials reach the registry; returns an identity token, or nothing."""
    if credentials:
        return login(client, credentials.auth(registry))
    reach(client, server(registry))
    return ""


def _write_ca(client: Client, params: Params, snapshot: Snapshot) -> None:
    data = _declared_ca(params)
    if data is None:
        raise HostError("There is no file %s" % params["registry_ca_path"], "Make it first, or set registry_ca.")
    write(snapshot.ca_path, data, PUBLIC_MODE)


def _keep(client: Client, snapshot: Snapshot, want: Credentials) -> None:
    registry = snapshot.registry
    token = snapshot.token if snapshot.verified else _log_in(client, registry, want)
    _store(client, snapshot, replace(want, identity_token=token))


def _store(client: Client, snapshot: Snapshot, credentials: Credentials | None) -> None:
    """Write credentials to where they are kept; None takes them away."""
    if snapshot.helper:
        tell_helper(snapshot.helper, snapshot.registry, credentials)
    if credentials:
        settings = with_login(snapshot.settings, snapshot.registry, None if snapshot.helper else credentials)
    else:
        settings = without_login(snapshot.settings, snapshot.registry)
    if settings != snapshot.settings or credentials:
        write(snapshot.config_path, dump(settings), SECRET_MODE, SECRET_DIRECTORY)


def _put_back(client: Client, path: str, before: Found | None) -> None:
    put_back(path, before)


def _remove(client: Client, path: str) -> None:
    remove(path)


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace")


def report(params: Params, snapshot: Snapshot) -> Dict[str, Any]:
    """The return value ``registry``."""
    return {
        "registry": {
            "name": snapshot.registry,
            "ca_path": snapshot.ca_path if snapshot.ca else None,
            "config_path": snapshot.config_path,
            "helper": snapshot.helper or None,
            "username": snapshot.kept.username if snapshot.kept else None,
        }
    }


REGISTRY = Resource(TABLE, observe, report, plan)
