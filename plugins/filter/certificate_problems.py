# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter certificate_problems."""

from __future__ import annotations

DOCUMENTATION = r"""
name: certificate_problems
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Find reasons why a server cannot use a certificate
description:
  - Checks whether a certificate is valid now, belongs to a key, and has the names that clients use for the server.
  - The issuer is checked by name only, and only if O(authorities) is set.
options:
  _input:
    description: The certificate (PEM), followed by intermediate certificates.
    type: str
    required: true
  key:
    description: The private key (PEM), not encrypted.
    type: str
    required: true
  names:
    description: The names and addresses that the certificate must have.
    type: list
    elements: str
    required: true
  authorities:
    description: The CA certificates (PEM) that clients trust. Empty for the CAs of the system.
    type: str
    default: ''
requirements: cryptography on the controller (ansible-core requires it, too)
"""

EXAMPLES = r"""
- name: Check the certificate
  ansible.builtin.assert:
    that: found | length == 0
    fail_msg: "{{ found | join('; ') }}"
  vars:
    found: "{{ certificate | slipway.docker.certificate_problems(key, ['registry.example.com']) }}"
"""

RETURN = r"""
_value:
  description: One sentence for each problem. The list is empty if there are no problems.
  type: list
  elements: str
"""

import ipaddress
from calendar import timegm
from time import time
from typing import Any, Callable, Dict, List, Sequence, Set

from ansible.errors import AnsibleFilterError

try:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
except ImportError:
    x509 = None


def certificate_problems(certificate: str, key: str, names: Sequence[str], authorities: str = "") -> List[str]:
    """A sentence for each reason why a server cannot use the certificate. Raises AnsibleFilterError."""
    if x509 is None:
        raise AnsibleFilterError("The filter certificate_problems needs cryptography on the controller")
    try:
        chain = read(certificate)
    except ValueError:
        return ["the certificate is not valid PEM"]
    try:
        trusted = read(authorities) if authorities else []
    except ValueError:
        return ["the CA certificates are not valid PEM"]
    found = validity(chain[0]) + mismatch(chain[0], key) + missing(chain[0], names)
    return found + (unknown_issuer(chain, trusted) if trusted else [])


def read(pem: str) -> List[Any]:
    """The certificates in a text. Raises ValueError for a malformed certificate, or a text without certificates."""
    end = "-----END CERTIFICATE-----"
    parts = pem.split(end)[:-1]
    if not parts:
        raise ValueError(pem)
    return [x509.load_pem_x509_certificate((part.strip() + "\n" + end + "\n").encode()) for part in parts]


def validity(certificate: Any) -> List[str]:
    """Problems with the validity period. Before version 42, cryptography has times without a zone only."""
    begin, end = (
        getattr(certificate, name + "_utc", None) or getattr(certificate, name)
        for name in ("not_valid_before", "not_valid_after")
    )
    if timegm(end.timetuple()) <= time():
        return ["the certificate has expired (valid until %s)" % end.isoformat()]
    if timegm(begin.timetuple()) > time():
        return ["the certificate is not valid yet (valid from %s)" % begin.isoformat()]
    return []


def mismatch(certificate: Any, key: str) -> List[str]:
    """Problems with the private key."""
    try:
        private = load_pem_private_key(key.encode(), None)
    except TypeError:
        return ["the private key is encrypted; provide an unencrypted one"]
    except ValueError:
        return ["the private key is not valid PEM"]
    if public(private.public_key()) != public(certificate.public_key()):
        return ["the private key does not match the certificate"]
    return []


def public(key: Any) -> bytes:
    """The encoding of a public key, for comparison."""
    made: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return made


def missing(certificate: Any, names: Sequence[str]) -> List[str]:
    """Problems with the subject alternative names. Clients ignore the common name."""
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ["the certificate has no subject alternative names; clients ignore the common name"]
    addresses = {str(address) for address in alternatives.get_values_for_type(x509.IPAddress)}
    hosts = {str(name).lower() for name in alternatives.get_values_for_type(x509.DNSName)}
    absent = [name for name in dict.fromkeys(names) if not covered(name, hosts, addresses)]
    return [
        "the certificate is not valid for %s, only for %s" % (name, ", ".join(sorted(hosts | addresses)))
        for name in absent
    ]


def covered(name: str, hosts: Set[str], addresses: Set[str]) -> bool:
    """Whether one of the hosts or addresses matches a name. A wildcard matches the first label."""
    try:
        return str(ipaddress.ip_address(name)) in addresses
    except ValueError:
        name = name.lower()
        return name in hosts or "*." + name.partition(".")[2] in hosts


def unknown_issuer(chain: Sequence[Any], trusted: Sequence[Any]) -> List[str]:
    """Problems with the chain from the certificate to a trusted one."""
    known = {one.subject.rfc4514_string() for one in trusted}
    current = chain[0]
    for following in [*chain[1:], None]:
        issuer = current.issuer.rfc4514_string()
        if issuer in known:
            return []
        if following is None or following.subject.rfc4514_string() != issuer:
            return ["the issuer %s is neither the next certificate of the chain nor a trusted CA" % issuer]
        current = following
    return []


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"certificate_problems": certificate_problems}
