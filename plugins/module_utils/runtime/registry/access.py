# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a task accesses a registry: credentials and trust."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

from ..errors import InputError
from ..transport.trust import Trust
from .credentials import Credentials, default_config_path, find, load

LONGEST = 10**6  # seconds


@dataclass(frozen=True)
class Access:
    """The task's options for access to a registry (empty or None: not set)."""

    username: str = ""
    password: str = field(default="", repr=False)
    config_path: str = ""
    certs_dir: str = ""
    ca: str = ""
    cert: str = ""
    key: str = ""
    verify: bool | None = None
    timeout: int = 60

    def credentials(self, host: str) -> Credentials | None:
        """The credentials for a registry: the task's, or those of the docker command. Raises HostError."""
        if self.username:
            return Credentials(self.username, self.password)
        return find(load(self.config_path or default_config_path()), host)

    def trust(self, host: str) -> Trust:
        """The certificates to trust and to use: the task's, or those in the engine's directory for this registry.

        As with the engine, the certificate of a registry on this machine is not verified unless the task asks for that.
        Raises InputError for unreadable files.
        """
        usual = _usual_files(self.certs_dir, host)
        ca = self.ca or usual["ca.crt"]
        cert, key = (self.cert, self.key) if self.cert else (usual["client.cert"], usual["client.key"])
        for option, path in (("ca_path", ca), ("client_cert", cert), ("client_key", key)):
            _refuse_unreadable(option, path)
        verify = self.verify if self.verify is not None else bool(ca) or not is_loopback(host)
        return Trust(verify=verify, ca=ca, cert=cert, key=key)


def access_of(params: Mapping[str, Any], shared: Mapping[str, Any]) -> Access:
    """Create from a task's options; ``shared`` are those of the task, which apply to all registries.

    Raises InputError for contradictory options.
    """
    if bool(params["username"]) != (params["password"] is not None):
        raise InputError("username and password must be set together", "Set both, or neither.")
    if params["username"] and ":" in params["username"]:
        raise InputError("username: a colon is not allowed")
    if params["client_key"] and not params["client_cert"]:
        raise InputError("client_key is set without client_cert", "Set both, or only the certificate.")
    if params["validate_certs"] is False and params["ca_path"]:
        raise InputError("ca_path: this has no effect with validate_certs: false", "Remove one of them.")
    if not 1 <= shared["timeout"] <= LONGEST:
        raise InputError(
            "timeout: %d is out of range" % shared["timeout"], "Set it to a number of seconds from 1 to %d." % LONGEST
        )
    return Access(
        username=params["username"] or "",
        password=params["password"] or "",
        config_path=shared["config_path"] or "",
        certs_dir=shared["certs_dir"],
        ca=params["ca_path"] or "",
        cert=params["client_cert"] or "",
        key=params["client_key"] or "",
        verify=params["validate_certs"],
        timeout=shared["timeout"],
    )


def is_loopback(host: str) -> bool:
    """Whether ``HOST[:PORT]`` is this machine, by the rules of the engine."""
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _usual_files(directory: str, host: str) -> Mapping[str, str]:
    files = {name: str(Path(directory, host, name)) for name in ("ca.crt", "client.cert", "client.key")}
    return {name: path if directory and os.access(path, os.F_OK) else "" for name, path in files.items()}


def _refuse_unreadable(option: str, path: str) -> None:
    try:
        if path and not Path(path).is_file():  # a device or a pipe would have no end
            Path(path).stat()
            raise InputError("%s: %s is not a file" % (option, path))
        if path:
            with Path(path).open("rb"):
                pass
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise InputError("%s: %s cannot be read (%s)" % (option, path, said))
