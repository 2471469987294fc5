# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that talk to registries directly, and their connection options."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ..runtime.registry.client import Registries
from ..runtime.state.field import Control
from ..runtime.state.resource import Resource
from .task import Backend, perform

CONNECTION = (
    Control("username"),
    Control("password", no_log=True),
    Control("ca_path", type="path", aliases=("ca_cert", "tls_ca_cert", "cacert_path")),
    Control("client_cert", type="path", aliases=("tls_client_cert", "cert_path")),
    Control("client_key", type="path", aliases=("tls_client_key", "key_path")),
    Control("validate_certs", type="bool", aliases=("tls_verify",)),
    Control("certs_dir", type="path", default="/etc/docker/certs.d"),
    Control("config_path", type="path", aliases=("dockercfg_path",)),
    Control("timeout", type="int", default=60),
)


def registry_spec() -> Dict[str, Any]:
    """The argument spec of the connection options."""
    return {option.name: option.spec() for option in CONNECTION}


def _client(params: Mapping[str, Any]) -> Registries:
    return Registries()


REGISTRIES = Backend(registry_spec, _client)


def run(resource: Resource) -> None:
    """Run the module of a resource in registries."""
    perform(resource, REGISTRIES)
