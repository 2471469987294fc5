# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the key of a repository: which keys the role packages accepts, and that it writes nothing else.

The key files are GnuPG's. Each key has a subkey.
"""

from __future__ import annotations

import base64
import importlib.util
import io
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[4] / "roles" / "packages" / "files" / "plan.py"
SPEC = importlib.util.spec_from_file_location("plan", PROGRAM)
assert SPEC and SPEC.loader
plan = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(plan)

KEYS = Path(__file__).parent / "keys"
PINNED, OTHER = ((KEYS / name).read_bytes() for name in ("pinned.asc", "other.asc"))
FINGERPRINT = "7165D2D64D2E4C8AC60CCDE5D1A1A48FAE0A9939"
OTHERS = "A89C5AD4CCD268241DD01707B9E518BBD5EFDBF0"


def binary(text: bytes) -> bytes:
    """The keyring in an armored block."""
    return next(plan.key_blocks(text))


def renamed(text: bytes, name: bytes) -> bytes:
    """The same block with another name, which package managers accept, too."""
    return text.replace(b"PGP PUBLIC KEY BLOCK", name)


def packets(text: bytes, *tags: int) -> bytes:
    """The packets of a key with one of these tags, or all packets."""
    return b"".join(part.whole for part in plan.packets(binary(text)) if not tags or part.tag in tags)


CANONICAL = plan.armored(binary(PINNED))


def test_a_key_is_written_as_gnupg_writes_it() -> None:
    """Including its checksum."""
    assert PINNED.decode() == CANONICAL


@pytest.mark.parametrize(
    "text",
    [
        PINNED,
        binary(PINNED),
        b"The key of example.com:\n\n" + PINNED + b"\n-- \nThe team\n",
        PINNED.replace(b"\n", b"\r\n"),
        PINNED.replace(b"BLOCK-----\n\n", b"BLOCK-----\nVersion: GnuPG v2\nComment: mine\n \n"),
        PINNED.replace(b"=gkXR\n", b""),
        binary(PINNED) + b"\xb0\x02\x01\x02",  # a trust packet, as in keyrings of old versions of GnuPG
    ],
    ids=["armored", "binary", "in a letter", "CRLF", "with headers", "without checksum", "with trust packets"],
)
def test_the_pinned_key_is_accepted_in_any_form_and_normalized(text: bytes) -> None:
    assert plan.pinned_key(text, FINGERPRINT) == CANONICAL


@pytest.mark.parametrize(
    "text",
    [
        renamed(OTHER, b"PGP ARMORED FILE") + PINNED,
        PINNED + renamed(OTHER, b"PGP ARMORED FILE"),
        renamed(OTHER, b"PGP MESSAGE") + PINNED,
        renamed(OTHER, b"CERTIFICATE") + PINNED,
        OTHER + PINNED,
        PINNED + OTHER,
        binary(OTHER) + binary(PINNED),
        binary(PINNED) + binary(OTHER),
        plan.armored(binary(PINNED) + binary(OTHER)).encode(),
        OTHER,
        binary(OTHER),
    ],
)
def test_a_second_key_is_rejected(text: bytes) -> None:
    with pytest.raises(plan.Problem, match=f"has the fingerprint .*{OTHERS}.*, not {FINGERPRINT}"):
        plan.pinned_key(text, FINGERPRINT)


@pytest.mark.parametrize(
    "text",
    [
        PINNED + b"-----BEGIN PGP ARMORED FILE-----\n\niQ==\n-----END PGP ARMORED FILE-----\n",
        b"\x94" + binary(PINNED)[1:],  # a secret key
        # Compressed data, which may contain another key.
        binary(PINNED) + b"\xa3\x01" + binary(OTHER),
        binary(PINNED) + b"\xc8\x02\x01\x00",
        binary(PINNED) + b"\xcb\x05b\x00\x00\x00\x00",
        packets(PINNED, 13) + binary(PINNED),
        PINNED.replace(b"-----BEGIN", b"-----BEGIN PGP ARMORED FILE-----\n\n-----BEGIN"),
        binary(PINNED) + b"\x00",
        binary(PINNED) + b"more",
        binary(PINNED)[:-1],
        PINNED.replace(b"=gkXR", b"=gkXR\nmDME"),
        b"",
    ],
)
def test_other_content_beside_the_pinned_key_is_rejected(text: bytes) -> None:
    with pytest.raises(plan.Problem, match="The key of the repository (contains more than|is not an OpenPGP)"):
        plan.pinned_key(text, FINGERPRINT)


@pytest.mark.parametrize(
    "more",
    [
        packets(OTHER, plan.SUBKEY, plan.SIGNATURE),
        packets(OTHER, plan.SUBKEY),
        packets(OTHER, plan.SUBKEY) + packets(PINNED, plan.SIGNATURE),
        packets(OTHER, plan.SUBKEY) + b"\xc2\x00",
        packets(OTHER, plan.SUBKEY) + b"\xc2\x08\x04\x18\x16\x08\x00\x03\xff\x00",
    ],
)
def test_a_subkey_of_another_key_is_rejected(more: bytes) -> None:
    """A subkey must be followed by the signature that binds it."""
    with pytest.raises(plan.Problem, match="has the subkey [0-9A-F]{40}, which does not belong to it"):
        plan.pinned_key(binary(PINNED) + more, FINGERPRINT)


@pytest.mark.parametrize("manager", ["apt", "dnf", "zypper"])
@pytest.mark.parametrize("way", ["given", "here", "offered"])
def test_only_the_checked_key_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manager: str, way: str
) -> None:
    """Regardless of where the key comes from, and of the existing file."""
    here = tmp_path / "key"
    repository: dict[str, Any] = {"name": "docker", "url": "https://example.com", "fingerprint": FINGERPRINT}
    asked: list[str] = []

    def urlopen(url: str, timeout: int) -> io.BytesIO:
        asked.append(url)
        return io.BytesIO(binary(PINNED))

    monkeypatch.setattr(plan.urllib.request, "urlopen", urlopen)
    here.write_bytes(
        {"given": OTHER, "here": b"\n" + PINNED, "offered": renamed(OTHER, b"PGP ARMORED FILE") + PINNED}[way]
    )
    if way == "given":
        repository["key"] = PINNED.decode()
    repository["key"] = plan.key_of(repository, here)
    assert repository["key"] == CANONICAL
    assert asked == (["https://example.com/gpg"] if way == "offered" else [])

    sources = plan.Sources("tests", None) if manager == "apt" else plan.Repositories("tests", None, tmp_path)
    sources.repository, sources.key = repository, here
    assert sources.key_differs()
    here.write_text(CANONICAL)
    assert not sources.key_differs()


def test_a_globally_trusted_key_file_is_removed_only_if_it_has_no_other_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "APT", tmp_path)
    (tmp_path / "trusted.gpg.d").mkdir()
    for name, text in {"one.asc": PINNED, "two.gpg": binary(PINNED), "both.asc": PINNED + OTHER}.items():
        (tmp_path / "trusted.gpg.d" / name).write_bytes(text)
    (tmp_path / "trusted.gpg.d" / "hidden.asc").write_bytes(renamed(OTHER, b"PGP ARMORED FILE") + PINNED)
    found = plan.Sources("tests", None).strays(FINGERPRINT)
    assert [path.name for path in found] == ["one.asc", "two.gpg"]


def test_a_binary_file_of_the_controller_is_read() -> None:
    """Lookups of Ansible return it as a string with surrogates."""
    repository = {"fingerprint": FINGERPRINT, "key": binary(PINNED).decode("utf-8", "surrogateescape")}
    assert plan.key_of(repository, Path("/not/there")) == CANONICAL


def test_fingerprints_of_several_keys() -> None:
    assert plan.fingerprints(binary(OTHER) + binary(PINNED)) == [OTHERS, FINGERPRINT]
    assert plan.fingerprints(base64.b64encode(PINNED)) == []
