# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter htpasswd."""

from __future__ import annotations

import bcrypt
import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.htpasswd import FilterModule

htpasswd = FilterModule().filters()["htpasswd"]
ALICE = {"name": "alice", "password": "correct horse"}
BOB = {"name": "bob", "password": "battery staple"}


def made(*users: dict[str, str], existing: str = "") -> str:
    """The text for these users, with hashes of low cost."""
    text: str = htpasswd(list(users), existing, rounds=4)
    return text


def test_each_user_has_a_line_with_a_hash_of_the_password() -> None:
    lines = made(ALICE, BOB).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["alice", "bob"]
    assert bcrypt.checkpw(b"correct horse", lines[0].partition(":")[2].encode())
    assert bcrypt.checkpw(b"battery staple", lines[1].partition(":")[2].encode())


def test_the_same_users_result_in_the_same_text() -> None:
    text = made(ALICE, BOB)
    assert made(ALICE, BOB, existing=text) == text


def test_a_new_password_changes_its_line_only() -> None:
    text = made(ALICE, BOB)
    changed = made(ALICE, {"name": "bob", "password": "other"}, existing=text)
    assert changed.splitlines()[0] == text.splitlines()[0]
    assert changed.splitlines()[1] != text.splitlines()[1]


def test_a_removed_user_has_no_line() -> None:
    assert "bob" not in made(ALICE, existing=made(ALICE, BOB))


@pytest.mark.parametrize("rest", ["", "plain", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "$2y$04$short"])
def test_an_existing_entry_without_a_bcrypt_hash_is_replaced(rest: str) -> None:
    hashed = made(ALICE, existing="alice:%s\nno colon\n" % rest).strip().partition(":")[2]
    assert bcrypt.checkpw(b"correct horse", hashed.encode())


def test_existing_hashes_of_other_tools_are_kept() -> None:
    text = "alice:%s\n" % bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$", 1)
    assert made(ALICE, existing=text) == text


@pytest.mark.parametrize("kind", ["$2a$", "$2b$", "$2y$"])
def test_a_given_hash_is_used_unchanged(kind: str) -> None:
    hashed = bcrypt.hashpw(b"unknown", bcrypt.gensalt(4)).decode().replace("$2b$", kind, 1)
    assert made({"name": "alice", "hash": hashed}, existing=made(ALICE)) == "alice:%s\n" % hashed


@pytest.mark.parametrize(
    "hashed",
    [
        "secret!",
        "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
        "$apr1$1234$secret!",
        "$2y$04$secret!",
        "$2y$03$" + 53 * "a",
        "$2y$32$" + 53 * "a",
        "$2y$04$" + 54 * "a",
        "$2y$04$" + 53 * "a" + "\n",
    ],
)
def test_a_malformed_hash_is_rejected_and_not_shown(hashed: str) -> None:
    with pytest.raises(AnsibleFilterError, match="hash of the registry user alice is not a bcrypt hash") as error:
        made({"name": "alice", "hash": hashed})
    assert hashed.strip() not in str(error.value)


def test_a_user_with_both_a_password_and_a_hash_is_rejected() -> None:
    with pytest.raises(AnsibleFilterError, match="alice has both a password and a hash"):
        made({**ALICE, "hash": "$2y$04$" + 53 * "a"})


@pytest.mark.parametrize(
    ("user", "says"),
    [
        ({"name": "", "password": "secret!"}, "must not be empty or contain"),
        ({"name": "a:b", "password": "secret!"}, "must not be empty or contain"),
        ({"name": "a b", "password": "secret!"}, "must not be empty or contain"),
        ({"name": "a\n", "password": "secret!"}, "must not be empty or contain"),
        ({"password": "secret!"}, "must not be empty or contain"),
        ({"name": "a", "password": ""}, "0 bytes"),
        ({"name": "a"}, "0 bytes"),
        ({"name": "a", "password": "secret!" * 11}, "77 bytes"),
        ({"name": "a", "password": "ü" * 37}, "74 bytes"),
    ],
)
def test_invalid_users_are_rejected_without_showing_the_password(user: dict[str, str], says: str) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        made(user)
    assert says in str(error.value)
    assert "secret!" not in str(error.value)


def test_a_duplicate_user_is_rejected() -> None:
    with pytest.raises(AnsibleFilterError, match="alice is defined more than once"):
        made(ALICE, ALICE)
