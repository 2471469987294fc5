# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of registries."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.credentials import Credentials
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.hostfiles import Found
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.registry import (
    REGISTRY,
    Snapshot,
    observe,
)
from cases import complete, hold, load

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"


def snapshot(ca=None, ca_mode="0644", wanted_ca=None, config_mode=None, settings=None, kept=None, helper=""):
    """A snapshot from data."""
    return Snapshot(
        registry="r.example:5000",
        ca_path="/etc/docker/certs.d/r.example:5000/ca.crt",
        ca=Found(ca.encode(), int(ca_mode, 8)) if ca else None,
        wanted_ca=wanted_ca.encode() if wanted_ca else None,
        config_path="/root/.docker/config.json",
        config=Found(b"", int(config_mode, 8)) if config_mode else None,
        settings=settings or {},
        helper=helper,
        kept=Credentials(*kept) if kept else None,
    )


@pytest.mark.parametrize("case", load(__file__))
def test_plan(case):
    """See cases."""
    hold(case, REGISTRY, snapshot)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"registry": "a b"}, "is not the address of a registry"),
        ({"registry_ca": "nonsense"}, "this is not a certificate"),
        ({"registry_ca": CERTIFICATE + "-----BEGIN PRIVATE KEY-----"}, "this holds a private key"),
        ({"username": "a:b", "password": "c"}, "a name with a colon"),
    ],
)
def test_what_cannot_be_meant(params, why, tmp_path):
    """Refused before the Engine is asked, and without showing what was given."""
    paths = {"certs_dir": str(tmp_path), "config_path": str(tmp_path / "config.json")}
    with pytest.raises(InputError, match=why) as caught:
        observe(None, complete(REGISTRY, {**paths, **params}))
    assert "nonsense" not in str(caught.value)
