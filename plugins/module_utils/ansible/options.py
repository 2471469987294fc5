# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options that every engine module has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Mapping, Tuple

from ansible.module_utils.errors import AnsibleFallbackNotFound
from ansible.module_utils.parsing.convert_bool import boolean

from ..runtime.engine.client import Client
from ..runtime.errors import InputError
from ..runtime.state.field import Control
from ..runtime.transport.address import Address, parse
from ..runtime.transport.context import choose, directory, pem_files
from ..runtime.transport.dial import connect
from ..runtime.transport.trust import Trust

# Those with ``env`` take a plain fallback; an empty variable counts as unset, as for Docker. Which engine is meant, and
# how to trust it, depends on several variables at once: see destination().
CONNECTION = (
    Control("docker_host", aliases=("docker_url",)),
    Control("cli_context"),
    Control("api_version", aliases=("docker_api_version",), default="auto", env=("DOCKER_API_VERSION",)),
    Control("timeout", type="int", default=60, env=("DOCKER_TIMEOUT",)),
    Control("tls", type="bool"),
    Control("validate_certs", type="bool", aliases=("tls_verify",)),
    Control("ca_path", type="path", aliases=("ca_cert", "tls_ca_cert", "cacert_path")),
    Control("client_cert", type="path", aliases=("tls_client_cert", "cert_path")),
    Control("client_key", type="path", aliases=("tls_client_key", "key_path")),
    Control("tls_hostname"),
    Control("use_ssh_client", type="bool"),
    Control("debug", type="bool", default=False),
)
LONGEST = 10**6  # seconds
_DETAILS = ("ca_path", "client_cert", "client_key", "tls_hostname")


def connection_spec() -> Dict[str, Any]:
    """The argument spec of the connection options, environment variables included."""
    spec = {}
    for option in CONNECTION:
        spec[option.name] = option.spec()
        if option.env:
            spec[option.name]["fallback"] = (_from_environment, list(option.env))
    return spec


def _from_environment(variable: str) -> str:
    if not os.environ.get(variable):
        raise AnsibleFallbackNotFound
    return os.environ[variable]


def client_for(params: Mapping[str, Any]) -> Client:
    """The client for a task's connection options, not yet connected. Raises InputError."""
    if not 1 <= params["timeout"] <= LONGEST:
        raise InputError(
            "timeout: %d is out of range" % params["timeout"], "Set it to a number of seconds from 1 to %d." % LONGEST
        )
    address, trust = destination(params, os.environ)
    return Client(connect(address, params["timeout"], trust), params["api_version"])


def destination(params: Mapping[str, Any], environ: Mapping[str, str]) -> Tuple[Address, Trust | None]:
    """Which engine is meant, and how to speak TLS to it (None: not at all). Raises InputError for contradictions."""
    endpoint = choose(params["docker_host"], params["cli_context"], environ)
    address = parse(endpoint.host, endpoint.origin)
    given = [name for name in ("tls", "validate_certs") + _DETAILS if params[name]]
    if not endpoint.context:
        return address, _trust(params, environ, address, given)
    if given:
        raise InputError(
            "%s: cannot be used with the context %s, which has its own TLS settings" % (given[0], endpoint.context),
            "Remove the option, or set docker_host instead of cli_context.",
        )
    return address, endpoint.trust


def _trust(params: Mapping[str, Any], environ: Mapping[str, str], address: Address, given: list[str]) -> Trust | None:
    if address.scheme != "tcp":
        if params["tls"] or params["validate_certs"]:
            raise InputError(
                "%s: TLS is not used for the connection to %s" % (given[0], address),
                "Remove the option, or set docker_host to a tcp:// address.",
            )
        return None
    verify = _flag(params, environ, "validate_certs", "DOCKER_TLS_VERIFY")
    encrypt = _flag(params, environ, "tls", "DOCKER_TLS")
    if address.secure is False and (verify or encrypt):
        raise InputError("docker_host: http:// does not use TLS, but TLS is requested", "Write tcp:// or https://.")
    if address.secure and verify is None:
        verify = not encrypt
    if not (verify or encrypt or address.secure):
        if given:
            raise InputError(
                "%s: this has no effect, because TLS is off" % given[0],
                "Set validate_certs: true, or remove the option.",
            )
        return None
    usual = _usual_files(environ)
    return Trust(
        verify=bool(verify),
        ca=(params["ca_path"] or usual["ca"]) if verify else "",
        cert=params["client_cert"] or ("" if params["client_key"] else usual["cert"]),
        key=params["client_key"] or ("" if params["client_cert"] else usual["key"]),
        name=params["tls_hostname"] or environ.get("DOCKER_TLS_HOSTNAME") or "",
    )


def _flag(params: Mapping[str, Any], environ: Mapping[str, str], option: str, variable: str) -> bool | None:
    if params[option] is not None or not environ.get(variable):
        flag: bool | None = params[option]
        return flag
    try:
        return bool(boolean(environ[variable]))
    except TypeError:
        raise InputError("%s: %r is not a boolean" % (variable, environ[variable]), "Set it to 1, or unset it.")


def _usual_files(environ: Mapping[str, str]) -> Dict[str, str]:
    """The files of DOCKER_CERT_PATH, or of the docker command's own directory, as far as they are there."""
    place = environ.get("DOCKER_CERT_PATH")
    files = pem_files(Path(place) if place else directory(environ))
    # Where the place is named, the authority must be there: nobody shall trust the system's instead, unawares.
    return {part: file if place and part == "ca" or os.access(file, os.F_OK) else "" for part, file in files.items()}
