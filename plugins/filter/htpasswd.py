# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter htpasswd."""

from __future__ import annotations

DOCUMENTATION = r"""
name: htpasswd
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Create the text of an htpasswd file with bcrypt hashes
description:
  - Creates the text of an C(htpasswd) file from names and passwords, one line per user, in their order.
  - A hash in O(existing) that matches the password is kept, so the same users result in the same text.
  - It runs on the controller. Only the hashes are sent to the host.
options:
  _input:
    description: The users, each with C(name) and either C(password) or C(hash), a bcrypt hash that is used unchanged.
    type: list
    elements: dict
    required: true
  existing:
    description: The current text of the file.
    type: str
    default: ''
  rounds:
    description: The cost of a new hash, as a power of two. A registry checks the hash in each request.
    type: int
    default: 10
requirements: bcrypt on the controller
"""

EXAMPLES = r"""
- name: Write the users of a registry
  ansible.builtin.copy:
    dest: /etc/docker/registry/htpasswd
    content: "{{ [{'name': 'alice', 'password': alice_password}] | slipway.docker.htpasswd(existing) }}"
    mode: "0600"
  no_log: true
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

import re
from typing import Any, Callable, Dict, List, Mapping, Sequence

from ansible.errors import AnsibleFilterError

try:
    import bcrypt
except ImportError:
    bcrypt = None  # type: ignore[assignment]

LONGEST = 72  # the number of bytes of a password that bcrypt uses
HASH = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")


def htpasswd(users: Sequence[Mapping[str, Any]], existing: str = "", rounds: int = 10) -> str:
    """The text of an htpasswd file for `users`. Raises AnsibleFilterError, never with a secret in its message."""
    if bcrypt is None:
        raise AnsibleFilterError("The filter htpasswd needs bcrypt on the controller: pip install bcrypt")
    hashes = dict(line.split(":", 1) for line in existing.splitlines() if ":" in line)
    lines: List[str] = []
    seen = set()
    for user in users:
        name = str(user.get("name") or "")
        if not name or ":" in name or any(character.isspace() for character in name):
            raise AnsibleFilterError(
                "The name of a registry user must not be empty or contain colons or spaces: %r" % name
            )
        if name in seen:
            raise AnsibleFilterError("The registry user %s is defined more than once" % name)
        seen.add(name)
        if user.get("hash"):
            lines.append("%s:%s\n" % (name, _given(name, user)))
            continue
        password = str(user.get("password") or "").encode()
        if not 0 < len(password) <= LONGEST:
            raise AnsibleFilterError(
                "The password of the registry user %s has %d bytes; bcrypt supports 1 to %d"
                % (name, len(password), LONGEST)
            )
        lines.append("%s:%s\n" % (name, _fitting(password, hashes.get(name, ""), rounds)))
    return "".join(lines)


def _given(name: str, user: Mapping[str, Any]) -> str:
    """The given hash of a user. With a single malformed line, the registry would reject all users."""
    if user.get("password"):
        raise AnsibleFilterError("The registry user %s has both a password and a hash; remove one of them" % name)
    hashed = str(user["hash"])
    if not HASH.fullmatch(hashed):
        raise AnsibleFilterError(
            "The hash of the registry user %s is not a bcrypt hash, the only kind that the registry supports; "
            "create one with htpasswd -nB" % name
        )
    return hashed


def _fitting(password: bytes, have: str, rounds: int) -> str:
    """The hash `have` if it matches the password, otherwise a new one."""
    try:
        if bcrypt.checkpw(password, have.encode()):
            return have
    except ValueError:  # not a bcrypt hash
        pass
    hashed: str = bcrypt.hashpw(password, bcrypt.gensalt(rounds)).decode()
    return hashed


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"htpasswd": htpasswd}
