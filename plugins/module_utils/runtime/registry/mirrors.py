# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file hosts.toml of a registry, in containerd's format. No I/O."""

from __future__ import annotations

import json
from typing import Any, List, Mapping, Sequence, Tuple

from ..errors import InputError
from ..values.reference import DOMAIN, HUB, without_user

CAPABILITIES = ("pull", "resolve")


def hosts_toml(
    registry: str, mirrors: Sequence[Mapping[str, Any]], authorities: Sequence[str], clients: Sequence[Tuple[str, str]]
) -> bytes:
    """The mirrors of a registry in the order of use, then the registry itself. Raises InputError.

    If hosts.toml exists, containerd ignores certificates beside it. So it names those of the registry: ``authorities``
    are paths, and ``clients`` pairs of paths.
    """
    lines = ["server = " + _text("https://" + ("registry-1.docker.io" if registry == HUB else registry))]
    if authorities:
        lines.append("ca = " + _texts(authorities))
    if clients:
        lines.append("client = [%s]" % ", ".join(_texts(pair) for pair in clients))
    for mirror in mirrors:
        lines += ["", "[host.%s]" % _text(_url(mirror["url"]))]
        lines.append("  capabilities = " + _texts(mirror["capabilities"] or CAPABILITIES))
        if mirror["ca_path"]:
            lines.append("  ca = " + _text(mirror["ca_path"]))
    return ("\n".join(lines) + "\n").encode("utf-8")


def _url(url: str) -> str:
    scheme, separator, host = url.rstrip("/").partition("://")
    if not separator or scheme not in ("http", "https") or not DOMAIN.fullmatch(host):
        raise InputError("mirrors: %r is not the address of a mirror" % without_user(url), "Use https://HOST:PORT.")
    return "%s://%s" % (scheme, host)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)  # JSON strings are valid TOML


def _texts(values: Sequence[str]) -> str:
    parts: List[str] = [_text(value) for value in values]
    return "[%s]" % ", ".join(parts)
