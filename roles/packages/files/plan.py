# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the installation of packages with apt, dnf or zypper. Changes nothing except the cache of package lists.

Reads the wanted packages as JSON in its argument and prints the plan as JSON. If there is no plan, `problem` has the
reason in a sentence. The future sources of the host are staged, so the answers of apt are those of the actual run.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import gzip
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, NamedTuple

APT = Path("/etc/apt")
# Marks a file that run.py has written.
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_MARK = "# By slipway.docker.packages."
# Earlier versions of this role wrote the file without a mark. apt's history has the command that followed.
POLICY_UNMARKED = "#!/bin/sh\nexit 101\n"
POLICY_COMMAND = re.compile(
    r"apt-get --quiet --yes --no-install-recommends --allow-downgrades --allow-change-held-packages"
    r" --option=DPkg::Lock::Timeout=120 (?:\S+ )*install "
)
POLICY_SECONDS = 10
HISTORY = Path("/var/log/apt")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}


class Problem(Exception):
    """The reason why there is no plan, in a sentence for the user."""


# Keys

# The packets of a public key (RFC 9580, 10.1): signature, key, subkey, user ID, user attribute.
SIGNATURE, KEY, SUBKEY = 2, 6, 14
OF_A_KEY = {SIGNATURE, KEY, SUBKEY, 13, 17}
SECRET_KEY = 5
# Packets without a meaning here: marker, trust, padding.
MEANINGLESS = {10, 12, 21}


class Packet(NamedTuple):
    """An OpenPGP packet: its tag, its body, and all of its bytes."""

    tag: int
    body: bytes
    whole: bytes


def key_blocks(text: bytes) -> Iterator[bytes]:
    """The binary keyring in each armored block, or a binary keyring. Raises ValueError.

    Blocks of any name are read, because package managers do so, too.
    """
    if text[:1] >= b"\x80":
        yield text
        return
    blocks = re.findall(rb"-----BEGIN ([^\n]*?)-----(.*?)-----END \1-----", text, re.DOTALL)
    if len(blocks) != text.count(b"-----BEGIN"):
        raise ValueError("an incomplete block")
    for _name, block in blocks:
        _headers, _blank, body = re.sub(rb"[ \t\r]+(?=\n)", b"", block).partition(b"\n\n")
        lines = [line.strip() for line in body.splitlines()]
        yield base64.b64decode(b"".join(line for line in lines if not line.startswith(b"=")), validate=True)


def packets(keyring: bytes) -> Iterator[Packet]:
    """Each OpenPGP packet (RFC 9580, 4.2). Raises ValueError and IndexError if there is anything else."""
    start = 0
    while start < len(keyring):
        head, first, at = keyring[start], keyring[start + 1], start + 2
        tag = head & 0x3F if head & 0x40 else (head & 0x3C) >> 2
        if not head & 0x80 or (224 <= first < 255 if head & 0x40 else head & 3 == 3):
            raise ValueError("not a packet, or a packet of unknown length")
        if not head & 0x40:
            at = start + 1 + (1 << (head & 3))
            size = int.from_bytes(keyring[start + 1 : at], "big")
        elif first < 192:
            size = first
        elif first < 224:
            size, at = ((first - 192) << 8) + keyring[at] + 192, at + 1
        else:
            size, at = int.from_bytes(keyring[at : at + 4], "big"), at + 4
        if at + size > len(keyring):
            raise ValueError("an incomplete packet")
        yield Packet(tag, keyring[at : at + size], keyring[start : at + size])
        start = at + size


def fingerprint_of(body: bytes) -> str:
    """The fingerprint of the key or subkey in a packet. For other versions than 4, the version instead."""
    if body[0] != 4:
        return "of version %d" % body[0]
    return hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body).hexdigest().upper()


def fingerprints(text: bytes) -> list[str]:
    """The fingerprints of the primary keys; an empty list if the text does not consist of keys."""
    try:
        found = [packet for block in key_blocks(text) for packet in packets(block)]
        return [fingerprint_of(packet.body) for packet in found if packet.tag in (KEY, SECRET_KEY)]
    except (ValueError, IndexError):
        return []


def binds(signature: bytes, fingerprint: str) -> bool:
    """Whether a signature claims to bind a subkey to the key with this fingerprint, or to revoke it.

    The package manager verifies the signature.
    """
    if signature[:2] not in (b"\x04\x18", b"\x04\x28"):
        return False
    hashed = int.from_bytes(signature[4:6], "big")
    unhashed = int.from_bytes(signature[6 + hashed : 8 + hashed], "big")
    try:
        said = [*subpackets(signature[6 : 6 + hashed]), *subpackets(signature[8 + hashed : 8 + hashed + unhashed])]
    except IndexError:
        return False
    issuers = [value.hex().upper() for kind, value in said if kind == 16]
    issuers += [value[1:].hex().upper() for kind, value in said if kind == 33]
    return bool(issuers) and all(fingerprint.endswith(issuer) for issuer in issuers)


def subpackets(area: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and value of each subpacket of a signature (RFC 9580, 5.2.3.7)."""
    at = 0
    while at < len(area):
        size, at = area[at], at + 1
        if size == 255:
            size, at = int.from_bytes(area[at : at + 4], "big"), at + 4
        elif size >= 192:
            size, at = ((size - 192) << 8) + area[at] + 192, at + 1
        yield area[at] & 0x7F, area[at + 1 : at + size]
        at += size


def pinned_key(text: bytes, fingerprint: str) -> str:
    """The public key with this fingerprint, as an armored block. Raises Problem if the text contains anything else."""
    found = fingerprints(text)
    if not found:
        raise Problem("The key of the repository is not an OpenPGP public key, neither armored nor binary.")
    if found != [fingerprint]:
        raise Problem("The key of the repository has the fingerprint %s, not %s." % (" and ".join(found), fingerprint))
    blocks = list(key_blocks(text))
    parts = [packet for block in blocks for packet in packets(block) if packet.tag not in MEANINGLESS]
    if len(blocks) > 1 or parts[0].tag != KEY or not {packet.tag for packet in parts} <= OF_A_KEY:
        raise Problem(
            "The key of the repository contains more than the public key %s. Use a file with only that key."
            % fingerprint
        )
    for packet, following in itertools.zip_longest(parts, parts[1:]):
        bound = following and following.tag == SIGNATURE and binds(following.body, fingerprint)
        if packet.tag == SUBKEY and not bound:
            raise Problem(
                "The key of the repository has the subkey %s, which does not belong to it."
                % fingerprint_of(packet.body)
            )
    return armored(b"".join(packet.whole for packet in parts))


def armored(keyring: bytes) -> str:
    """A keyring as an armored block (RFC 9580, 6.2), with the checksum that older versions of rpm require."""
    checksum = 0xB704CE
    for byte in keyring:
        checksum ^= byte << 16
        for _bit in range(8):
            checksum = checksum << 1 ^ (0x1864CFB if checksum & 0x800000 else 0)
    body = base64.b64encode(keyring).decode()
    return "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n%s\n=%s\n-----END PGP PUBLIC KEY BLOCK-----\n" % (
        "\n".join(body[at : at + 64] for at in range(0, len(body), 64)),
        base64.b64encode(checksum.to_bytes(3, "big")).decode(),
    )


def is_pinned(path: Path, fingerprint: str) -> bool:
    """Whether a file contains exactly this key."""
    try:
        return path.is_file() and bool(pinned_key(path.read_bytes(), fingerprint))
    except Problem:
        return False


def key_of(repository: dict[str, Any], here: Path) -> str:
    """The given key; otherwise the one at `here` if it has the right fingerprint; otherwise the repository's."""
    return pinned_key(offered(repository, here), repository["fingerprint"])


def offered(repository: dict[str, Any], here: Path) -> bytes:
    """The same key, not checked. Raises Problem."""
    if repository.get("key"):
        # Ansible reads a binary file of the controller as text, too.
        return str(repository["key"]).encode("utf-8", "surrogateescape")
    if is_pinned(here, repository["fingerprint"]):
        return here.read_bytes()
    url = repository["url"].rstrip("/") + "/gpg"
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read(1 << 20))
    except (OSError, ValueError) as error:
        raise Problem("Cannot download the key of the repository from %s: %s." % (url, error))


def key_path(repository: dict[str, Any]) -> Path:
    """The path of the key."""
    return APT / "keyrings" / "{name}.asc".format(**repository)


# Sources


def address(url: str) -> str:
    """An address for comparison: http and https are the same repository."""
    return re.sub(r"^https?://", "", url.rstrip("/")).lower()


def one_line(line: str) -> tuple[list[str], list[str]]:
    """The address and the keys of a line of a .list file."""
    found = re.match(r"\s*deb(?:-src)?\s+(?:\[([^]]*)\]\s+)?(\S+)", line)
    if not found:
        return [], []
    keys = re.findall(r"signed-by=(\S+)", found.group(1) or "", re.IGNORECASE)
    return [found.group(2)], [key for part in keys for key in part.split(",")]


def stanza(text: str) -> tuple[list[str], list[str]]:
    """The addresses and the keys of a stanza of a .sources file."""
    fields: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in " \t":
            fields[name] = fields.get(name, "") + " " + line.strip()
        else:
            name, _colon, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    signed = fields.get("signed-by", "")
    return fields.get("uris", "").split(), [] if "BEGIN PGP" in signed else signed.replace(",", " ").split()


def without(path: Path, text: str, addresses: set[str]) -> tuple[str, list[str], list[str]]:
    """The text of a file of sources without these repositories, the keys of these, and the keys of the others."""
    list_file = path.suffix != ".sources"
    parts = text.splitlines(keepends=True) if list_file else re.split(r"(?<=\n)(?:[ \t]*\n)+", text)
    kept: list[str] = []
    gone_keys: list[str] = []
    kept_keys: list[str] = []
    for part in parts:
        urls, keys = one_line(part) if list_file else stanza(part)
        if addresses.intersection(map(address, urls)):
            gone_keys += keys
        else:
            kept.append(part)
            kept_keys += keys
    if len(kept) == len(parts):
        return text, [], kept_keys
    return ("" if list_file else "\n").join(kept), gone_keys, kept_keys


def settled(text: str) -> bool:
    """Whether a file contains only comments."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())


class Sources:
    """The current and future sources of the host."""

    def __init__(self, owner: str, repository: dict[str, Any] | None) -> None:
        self.mark = "# By slipway.docker.packages for %s.\n" % owner
        self.repository = repository
        self.before = {
            path: path.read_text(errors="surrogateescape")
            for path in [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]
            if path.suffix in (".list", ".sources") and path.is_file()
        }
        self.after = dict(self.before)
        self.old_keys: list[str] = []
        self.source = self.key = Path()
        for path, text in self.before.items():
            if text.startswith(self.mark):
                self.take(path, {address(url) for part in text.split("\n\n") for url in stanza(part)[0]})
        if repository:
            self.source = APT / "sources.list.d" / (repository["name"] + ".sources")
            self.key = key_path(repository)
            addresses = {address(url) for url in [repository["url"], *repository.get("aliases", [])]}
            for path in self.before:
                self.take(path, addresses)
            self.after[self.source] = self.text(self.key)
            self.old_keys += map(str, self.strays(repository["fingerprint"]))
        still = {key for path, text in self.after.items() for key in without(path, text, set())[2]}
        self.old_keys = [
            key
            for key in dict.fromkeys(self.old_keys)
            if key not in still and key.startswith("/") and Path(key).exists()
        ]

    def take(self, path: Path, addresses: set[str]) -> None:
        """Remove these repositories from a file, and the file if it is empty afterwards."""
        text, keys, _others = without(path, self.after[path], addresses)
        if keys or text != self.after[path]:
            self.old_keys += keys
            self.after[path] = "" if settled(text) and path.name != "sources.list" else text

    def text(self, key: Path) -> str:
        """The repository as a deb822 source with this key."""
        repository = self.repository or {}
        suite, components = repository["suite"], " ".join(repository["components"])
        return self.mark + "Types: deb\nURIs: %s\nSuites: %s\n%sSigned-By: %s\n" % (
            repository["url"],
            suite,
            "" if suite.endswith("/") else "Components: %s\n" % components,
            key,
        )

    def strays(self, fingerprint: str) -> Iterator[Path]:
        """Files with only the repository's key, which apt would trust for all repositories."""
        for path in sorted((APT / "trusted.gpg.d").glob("*")):
            if path.suffix in (".asc", ".gpg") and is_pinned(path, fingerprint):
                yield path

    def legacy(self) -> bool:
        """Whether apt-key has the repository's key in its keyring."""
        keyring = APT / "trusted.gpg"
        return bool(
            self.repository
            and keyring.exists()
            and Path("/usr/bin/apt-key").exists()
            and self.repository["fingerprint"] in fingerprints(keyring.read_bytes())
        )

    def changes(self) -> list[dict[str, str]]:
        """The changed files. Removed sources come first, so apt never sees both the old and the new one."""
        files = [
            {"path": str(path), "text": text} for path, text in self.after.items() if text != self.before.get(path, "")
        ]
        return sorted(files, key=lambda file: file["path"] == str(self.source))

    def key_differs(self) -> bool:
        """Whether the key must be written."""
        if not self.repository or not self.repository.get("key"):
            return False
        return not self.key.exists() or self.key.read_text(errors="replace") != self.repository["key"]

    def stage(self, place: Path) -> list[str]:
        """Write the future sources. Returns the options with which apt reads them."""
        (place / "parts").mkdir()
        for path, text in self.after.items():
            if path == self.source:
                (place / "key.asc").write_text((self.repository or {})["key"])
                text = self.text(place / "key.asc")
            (place / "parts" / path.name).write_text(text, errors="surrogateescape")
        return sources_options(place / "parts", place)


def sources_options(parts: Path, cache: Path | None = None) -> list[str]:
    """Options with which apt reads only these sources. Its cache of them is in a directory, or disabled."""
    return [
        "--option=Dir::Etc::SourceList=/dev/null",
        "--option=Dir::Etc::SourceParts=%s" % parts,
        "--option=Dir::Cache::pkgcache=%s" % (cache / "pkgcache.bin" if cache else ""),
        "--option=Dir::Cache::srcpkgcache=%s" % (cache / "srcpkgcache.bin" if cache else ""),
    ]


# Packages


def ask(*argv: str, patience: float = 120.0) -> str:
    """The output of a program. Raises Problem with its error messages.

    Waits for the lock of the package lists, because apt does not: a timer of Debian takes it each day.
    """
    deadline = time.monotonic() + patience
    done = subprocess.run(argv, check=False, capture_output=True, text=True, env=ENVIRONMENT)
    while "Could not get lock" in done.stderr and time.monotonic() < deadline:
        time.sleep(min(2.0, patience))
        done = subprocess.run(argv, check=False, capture_output=True, text=True, env=ENVIRONMENT)
    if done.returncode != 0:
        words = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        said = [line for line in words if line.startswith(("E:", "W:"))] or words[-5:]
        if any("unmet dependencies" in line for line in words):
            said = [line.strip() for line in words if re.match(r"^ \S+ : | {3,}\S", line)] + said
        raise Problem("%s failed: %s" % (Path(argv[0]).name, " ".join(said)))
    return done.stdout


def installed() -> dict[str, str]:
    """The version of each installed package, also of those that are on hold or will be removed."""
    shown = ask("dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Package} ${Version}\\n")
    return dict(re.findall(r"^.i. (\S+) (\S+)$", shown, re.MULTILINE))


def lasting(names: list[str]) -> list[str]:
    """The packages that apt does not remove unless forced: essential ones and those that they depend on."""
    fields = "${Package}|${Essential} ${Protected} ${Important}|${Pre-Depends}, ${Depends}\\n"
    shown = ask("dpkg-query", "--show", "--showformat=" + fields, *names) if names else ""
    needs, more = {}, set()
    for name, marks, needed in (line.split("|", 2) for line in shown.splitlines()):
        needs[name] = set(re.findall(r"(?:^|[,|])\s*([^\s,|:(]+)", needed))
        if "yes" in marks:
            more.add(name)
    found: set[str] = set()
    while more:
        found |= more
        more = {needed for name in more for needed in needs[name] & set(needs)} - found
    return sorted(found)


def held() -> set[str]:
    """The packages that are on hold."""
    return set(re.findall(r"^(\S+?)(?::\S+)?\s+hold$", ask("dpkg", "--get-selections"), re.MULTILINE))


def fits(version: str, wanted: str) -> bool:
    """Whether a version is the wanted one or begins with it: 26.1 matches 5:26.1.4-1, but not 26.10."""
    return any(
        re.match(re.escape(wanted) + r"(?![0-9])", spelling)
        for spelling in (version, version.partition(":")[2])
        if spelling
    )


def newer(one: str, other: str) -> int:
    """Compare two versions with dpkg, for a list with the newest first."""
    if one == other:
        return 0
    return -1 if subprocess.run(["dpkg", "--compare-versions", one, "gt", other], check=False).returncode == 0 else 1


def pick(
    name: str, wanted: str, available: Iterable[str], source: str, order: Callable[[str, str], int] = newer
) -> str:
    """The newest matching version. Raises Problem."""
    versions = sorted(set(available), key=functools.cmp_to_key(order))
    if not versions:
        raise Problem("There is no package %s in %s." % (name, source))
    for version in versions:
        if wanted == "latest" or fits(version, wanted):
            return version
    raise Problem("There is no version %s of %s in %s, which has %s." % (wanted, name, source, ", ".join(versions[:8])))


def available(names: Iterable[str], options: list[str]) -> dict[str, list[str]]:
    """The versions of packages in the sources of apt."""
    shown = ask("apt-cache", *options, "madison", *names)
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^\s*(\S+) \|\s*(\S+) \|.* Packages$", shown, re.MULTILINE):
        found.setdefault(name, []).append(version)
    return found


def files_of(directory: str) -> dict[tuple[str, str], Path]:
    """The packages in a directory, by name and version."""
    found = {}
    for path in sorted(Path(directory).glob("*.deb")):
        name, version = ask("dpkg-deb", "--show", "--showformat=${Package} ${Version}", str(path)).split()
        found[name, version] = path
    if not found:
        raise Problem("There is no *.deb file in the directory %s of this host." % directory)
    return found


def simulated(text: str) -> tuple[list[dict[str, str]], list[str]]:
    """The packages that apt would install, with old and new versions, and those that it would remove."""
    install = [
        {"name": name, "from": before, "to": after}
        for name, before, after in re.findall(r"^Inst (\S+) (?:\[(\S+)\] )?\((\S+)", text, re.MULTILINE)
    ]
    return install, re.findall(r"^Remv (\S+)", text, re.MULTILINE)


def check_space(space: dict[str, Any]) -> None:
    """Raise Problem if a file system has less free space than wanted, in MB."""
    for wanted, given in space.items():
        try:
            least = int(given)
        except (TypeError, ValueError):
            raise Problem("packages_space must have a number of megabytes for %s, not %s." % (wanted, given))
        path = Path(wanted)
        while not path.exists():
            path = path.parent
        system = os.statvfs(path)
        free = system.f_bavail * system.f_frsize // 10**6
        if free < least:
            raise Problem("Not enough disk space for %s: %d MB are free, %d MB are required." % (wanted, free, least))


def left_policy() -> dict[str, str]:
    """A file that prevents services from starting: left behind by a killed run, or possibly so.

    A file with the mark of run.py prevents nothing if that run has ended. A file without the mark is from this role if
    it was written right before this role installed packages.
    """
    found = {"stale_policy": "", "doubtful_policy": ""}
    text = POLICY.read_text(errors="replace") if POLICY.is_file() else ""
    if POLICY_MARK in text.splitlines():
        if subprocess.run([str(POLICY)], check=False).returncode == 0:
            found["stale_policy"] = str(POLICY)
    elif text == POLICY_UNMARKED:
        written = int(POLICY.stat().st_mtime)
        following = [(start, command) for start, command in history() if start >= written]
        start, command = min(following, default=(0.0, ""))
        ours = start - written <= POLICY_SECONDS and POLICY_COMMAND.match(command)
        found["stale_policy" if ours else "doubtful_policy"] = str(POLICY)
    return found


def history() -> Iterator[tuple[float, str]]:
    """The times (in seconds since the epoch) and commands of changes by apt, from its logs."""
    for path in sorted(HISTORY.glob("history.log*")):
        with contextlib.suppress(OSError, ValueError, EOFError):
            raw = path.read_bytes()
            text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode(errors="replace")
            for start, command in re.findall(r"^Start-Date: (.+)\nCommandline: (.*)$", text, re.MULTILINE):
                yield time.mktime(time.strptime(start, "%Y-%m-%d  %H:%M:%S")), command


def update(options: list[str]) -> None:
    """Download the package lists of the future sources. Keeps those of other sources."""
    ask(
        "apt-get",
        *options,
        "--option=APT::Get::List-Cleanup=false",
        "--option=APT::Update::Error-Mode=any",
        "--option=Acquire::Retries=3",
        "--option=DPkg::Lock::Timeout=120",
        "--quiet=2",
        "update",
    )


def made(wanted: dict[str, Any], place: Path) -> dict[str, Any]:
    """The plan."""
    repository = wanted["repository"]
    trusts = not repository or not repository["url"].startswith("https:") or CERTIFICATES.exists()
    if repository and (trusts or repository.get("key")):
        repository["key"] = key_of(repository, key_path(repository))
    sources = Sources(wanted["owner"], repository)
    here, versions = installed(), wanted["versions"]
    unwanted = sorted(set(wanted["conflicts"]) & set(here))
    lacking = [
        name
        for name in wanted["names"]
        if name not in here or name in versions and versions[name] != "latest" and not fits(here[name], versions[name])
    ]
    moving = [name for name in versions if versions[name] == "latest" and name in here]
    plan: dict[str, Any] = {
        "problem": "",
        "here": here,
        "install": [],
        "remove": [],
        # Relevant only for a removal, which has no wanted packages.
        "lasting": [] if wanted["names"] else lasting([name for name in wanted["came"] if name in here]),
        "held": [],
        "arguments": [],
        "options": [],
        "files": sources.changes(),
        "key": {"path": str(sources.key), "text": repository["key"]} if sources.key_differs() else None,
        "old_keys": sources.old_keys,
        "legacy": sources.legacy(),
    }
    if not trusts:
        # Only in check mode: otherwise the certificates were installed before.
        plan["install"] = [{"name": name, "from": here.get(name, ""), "to": ""} for name in lacking]
        plan["remove"] = unwanted
        return plan
    if lacking or unwanted or moving or repository and (plan["files"] or plan["key"]):
        if wanted["directory"]:
            files = files_of(wanted["directory"])
            options = sources_options(Path("/dev/null"))
            options += ["--option=APT::Sources::With::=%s" % path for path in files.values()]
            plan["options"] = options
            have: dict[str, list[str]] = {}
            for name, version in files:
                have.setdefault(name, []).append(version)
            source = "the directory %s" % wanted["directory"]
        else:
            # For unchanged sources, apt uses its existing cache, which takes long to create.
            options = sources.stage(place) if plan["files"] or plan["key"] else []
            update(options)
            have = available(list(versions), options) if versions else {}
            source = repository["url"] if repository else "the sources of this host"
        picked = {name: pick(name, versions[name], have.get(name, []), source) for name in versions}
        lacking += [name for name in moving if picked[name] != here[name]]
    if lacking or unwanted:
        check_space(wanted["space"])
        plan["arguments"] = [name + ("=" + picked[name] if name in picked else "") for name in lacking]
        plan["arguments"] += [name + "-" for name in unwanted]
        on_hold = held()
        ours = set(wanted["names"]) | set(wanted["conflicts"])
        shown = ask(
            "apt-get",
            *options,
            "--simulate",
            "--yes",
            "--no-install-recommends",
            "--allow-downgrades",
            "--allow-change-held-packages",
            "install",
            *plan["arguments"],
        )
        plan["install"], plan["remove"] = simulated(shown)
        foreign = sorted(set(plan["remove"]) - ours - set(wanted["came"]))
        if foreign:
            raise Problem(
                "apt would also remove %s, because of dependencies on the replaced packages. Remove them first."
                % ", ".join(foreign)
            )
        touched = {package["name"] for package in plan["install"]} | set(plan["remove"])
        plan["held"] = sorted(on_hold & touched - set(plan["remove"]))
        if touched & on_hold - ours:
            raise Problem(
                "apt would also change packages on hold: %s. Release them with apt-mark unhold."
                % ", ".join(sorted(touched & on_hold - ours))
            )
    return plan


# The same with rpm. Dependencies are not predicted.


class Places(NamedTuple):
    """The directory of a package manager's sources, and how it is queried."""

    sources: Path
    staged: str
    query: list[str]
    answer: str
    exactly: str


PLACES = {
    "dnf": Places(
        Path("/etc/yum.repos.d"),
        "--setopt=reposdir=%s",
        ["repoquery", "--quiet", "--available", "--showduplicates", "--queryformat=%{name} %{evr}\\n"],
        r"^(\S+) (\S+)$",
        "%s-%s",
    ),
    "zypper": Places(
        Path("/etc/zypp/repos.d"),
        "--reposd-dir=%s",
        ["--quiet", "--xmlout", "search", "--details", "--match-exact", "--type=package"],
        r'<solvable\b[^>]*\bname="([^"]+)"[^>]*\bedition="([^"]+)"',
        "%s=%s",
    ),
}
RPM_KEYS = Path("/etc/pki/rpm-gpg")
EVR = "%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}"


def rpm(*argv: str) -> dict[str, str]:
    """The version of each package that rpm lists."""
    return dict(
        re.findall(r"^(\S+) (\S+)$", ask("rpm", "--query", "--queryformat=%{NAME} " + EVR + "\\n", *argv), re.M)
    )


def rpm_key_path(repository: dict[str, Any]) -> Path:
    """The path of the key."""
    return RPM_KEYS / "RPM-GPG-KEY-{name}".format(**repository)


class Repositories:
    """The current and future repositories of the host."""

    def __init__(self, owner: str, repository: dict[str, Any] | None, place: Path) -> None:
        self.mark = "# By slipway.docker.packages for %s.\n" % owner
        self.repository = repository
        self.before = {path: path.read_text(errors="surrogateescape") for path in sorted(place.glob("*.repo"))}
        self.after = {path: "" if text.startswith(self.mark) else text for path, text in self.before.items()}
        self.key = self.source = Path()
        if repository:
            self.key = rpm_key_path(repository)
            self.source = place / (repository["name"] + ".repo")
            addresses = [address(url) for url in [repository["url"], *repository.get("aliases", [])]]
            for path, text in self.after.items():
                self.after[path] = without_sections(text, addresses)
            self.after[self.source] = self.text(self.key)

    def text(self, key: Path) -> str:
        """The repository with this key."""
        repository = self.repository or {}
        return self.mark + "[%s]\nname=%s\nbaseurl=%s/%s\nenabled=1\ngpgcheck=1\ngpgkey=file://%s\n" % (
            repository["name"],
            repository["name"],
            repository["url"].rstrip("/"),
            repository["suite"],
            key,
        )

    def changes(self) -> list[dict[str, str]]:
        """The changed files."""
        return [
            {"path": str(path), "text": text} for path, text in self.after.items() if text != self.before.get(path, "")
        ]

    def key_differs(self) -> bool:
        """Whether the key must be written."""
        key = (self.repository or {}).get("key")
        return bool(key) and (not self.key.exists() or self.key.read_text(errors="replace") != key)

    def stage(self, place: Path) -> None:
        """Write the future repositories."""
        for path, text in self.after.items():
            if path == self.source:
                (place / "key.asc").write_text((self.repository or {})["key"])
                text = self.text(place / "key.asc")
            (place / path.name).write_text(text, errors="surrogateescape")


def without_sections(text: str, addresses: list[str]) -> str:
    """A .repo file without these repositories; empty if no others are left."""
    parts = re.split(r"(?m)^(?=\[)", text)
    kept = [
        part
        for part in parts
        if not any(address(url).startswith(tuple(addresses)) for url in re.findall(r"(?m)^baseurl\s*=\s*(\S+)", part))
    ]
    return "".join(kept) if len(kept) > 1 or kept == parts else ""


def made_rpm(wanted: dict[str, Any], place: Path) -> dict[str, Any]:
    """The plan."""
    places, repository, versions = PLACES[wanted["manager"]], wanted["repository"], wanted["versions"]
    if repository:
        repository["key"] = key_of(repository, rpm_key_path(repository))
    sources = Repositories(wanted["owner"], repository, places.sources)
    here = rpm("--all")
    unwanted = sorted(set(wanted["conflicts"]) & set(here))
    lacking = [
        name
        for name in wanted["names"]
        if name not in here or name in versions and (versions[name] == "latest" or not fits(here[name], versions[name]))
    ]
    plan: dict[str, Any] = {
        "problem": "",
        "here": here,
        "install": [],
        "remove": unwanted,
        "lasting": [],
        "held": [],
        "arguments": [],
        "options": [],
        "files": sources.changes(),
        "key": {"path": str(sources.key), "text": repository["key"]} if sources.key_differs() else None,
        "old_keys": [],
        "legacy": False,
    }
    if lacking:
        if wanted["directory"]:
            files: dict[tuple[str, str], str] = {}
            for path in sorted(Path(wanted["directory"]).glob("*.rpm")):
                files.update({found: str(path) for found in rpm("--package", str(path)).items()})
            source, shown = "the directory %s" % wanted["directory"], list(files)
        else:
            sources.stage(place)
            argv = [wanted["manager"], places.staged % place, *places.query, *lacking]
            source = repository["url"] if repository else "the repositories of this host"
            shown = re.findall(places.answer, ask(*argv), re.MULTILINE)
        have: dict[str, list[str]] = {}
        for name, version in shown:
            have.setdefault(name, []).append(version)
        picked = {
            name: pick(name, versions.get(name, "latest"), have.get(name, []), source, newer_rpm) for name in lacking
        }
        picked = {name: version for name, version in picked.items() if here.get(name) != version}
        plan["install"] = [{"name": name, "from": here.get(name, ""), "to": picked[name]} for name in picked]
        plan["arguments"] = [places.exactly % item for item in picked.items()]
        if wanted["directory"]:
            beside = [path for (name, _version), path in files.items() if name not in here and name not in picked]
            plan["arguments"] = [files[item] for item in picked.items()] + beside
    if plan["arguments"] or unwanted:
        check_space(wanted["space"])
    if unwanted:
        ask("rpm", "--erase", "--test", *unwanted)
    return plan


def newer_rpm(one: str, other: str) -> int:
    """Compare two versions as rpm does, for a list with the newest first: digits as numbers, a tilde before all."""
    parts = [
        re.findall(r"\d+|[a-z]+|~", re.sub(r"^(?=[^:]*$)", "0:", version), re.IGNORECASE) for version in (one, other)
    ]
    for mine, theirs in itertools.zip_longest(*parts, fillvalue=""):
        if mine != theirs:
            ranks = [(0,) if part == "~" else (1,) if not part else weight(part) for part in (mine, theirs)]
            return -1 if ranks[0] > ranks[1] else 1
    return 0


def weight(part: str) -> tuple[int, int, str]:
    """The rank of a part of a version: numbers rank above letters."""
    return (3, int(part), "") if part.isdigit() else (2, 0, part)


def texts(versions: dict[str, Any]) -> dict[str, str]:
    """The wanted versions as text. Raises Problem for a number, which may have lost digits in YAML."""
    for name, version in versions.items():
        if isinstance(version, (bool, float)):
            raise Problem(
                'The version of %s is the number %s. Quote it, such as "20.10": YAML reads an unquoted 20.10 as 20.1.'
                % (name, version)
            )
    return {name: str(version) for name, version in versions.items()}


def main() -> None:
    """Print the plan as JSON."""
    os.umask(0o022)
    wanted = json.loads(sys.argv[1])
    note = Path(wanted["note"])
    wanted["came"] = note.read_text().split() if note.exists() else []
    # apt downloads as a separate user, who must be able to read the staged files.
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        try:
            if wanted["repository"]:
                said = wanted["repository"]["fingerprint"]
                wanted["repository"]["fingerprint"] = re.sub(r"\s|^0x", "", said).upper()
            wanted["versions"] = texts(wanted["versions"])
            plan = (made if wanted["manager"] == "apt" else made_rpm)(wanted, Path(place))
        except Problem as problem:
            plan = {"problem": str(problem)}
    sys.stdout.write(json.dumps({**plan, "came": wanted["came"], **left_policy()}) + "\n")


if __name__ == "__main__":
    main()
