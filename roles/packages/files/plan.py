# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What apt, dnf or zypper has to do so that the wanted packages are here; changes nothing but its cache of lists.

Reads what is wanted as JSON in its argument and prints the plan as JSON. Its `problem` is a sentence if there is none.
The host's sources are staged as they will be, so that apt's own answers are those of the real run.
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
# By the mark the file is known as one that run.py wrote.
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_MARK = "# By slipway.docker.packages."
# What earlier versions of this role wrote has no mark. apt's history has the command that followed it.
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
    """Why there is no plan, in a sentence for the user."""


# Keys

# What belongs to a public key (RFC 9580, 10.1): signature, key, subkey, user ID, user attribute.
SIGNATURE, KEY, SUBKEY = 2, 6, 14
OF_A_KEY = {SIGNATURE, KEY, SUBKEY, 13, 17}
SECRET_KEY = 5
# What stands for nothing: marker, trust, padding.
MEANINGLESS = {10, 12, 21}


class Packet(NamedTuple):
    """An OpenPGP packet: its tag, its body, and all of it."""

    tag: int
    body: bytes
    whole: bytes


def key_blocks(text: bytes) -> Iterator[bytes]:
    """The binary keyring of each armored block, whatever it calls itself, or a binary one. Raises ValueError.

    Package managers read keys out of a block of any name.
    """
    if text[:1] >= b"\x80":
        yield text
        return
    blocks = re.findall(rb"-----BEGIN ([^\n]*?)-----(.*?)-----END \1-----", text, re.DOTALL)
    if len(blocks) != text.count(b"-----BEGIN"):
        raise ValueError("a block that does not end")
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
            raise ValueError("no packet, or one of unknown length")
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
            raise ValueError("a packet that does not end")
        yield Packet(tag, keyring[at : at + size], keyring[start : at + size])
        start = at + size


def fingerprint_of(body: bytes) -> str:
    """The fingerprint of the key or subkey in a packet, or of which version it is."""
    if body[0] != 4:
        return "of version %d" % body[0]
    return hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body).hexdigest().upper()


def fingerprints(text: bytes) -> list[str]:
    """The fingerprints of the primary keys, or none if these are no keys."""
    try:
        found = [packet for block in key_blocks(text) for packet in packets(block)]
        return [fingerprint_of(packet.body) for packet in found if packet.tag in (KEY, SECRET_KEY)]
    except (ValueError, IndexError):
        return []


def binds(signature: bytes, fingerprint: str) -> bool:
    """Whether a signature says that it binds a subkey to, or revokes it for, the key with this fingerprint.

    Whether it is true what it says, the package manager checks.
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
    """Kind and value of each part of a signature (RFC 9580, 5.2.3.7)."""
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
    """Exactly the public key with this fingerprint, as one armored block. Raises Problem if there is anything else."""
    found = fingerprints(text)
    if not found:
        raise Problem("The key of the repository is no armored OpenPGP public key, nor a binary one.")
    if found != [fingerprint]:
        raise Problem("The key of the repository has the fingerprint %s, not %s." % (" and ".join(found), fingerprint))
    blocks = list(key_blocks(text))
    parts = [packet for block in blocks for packet in packets(block) if packet.tag not in MEANINGLESS]
    if len(blocks) > 1 or parts[0].tag != KEY or not {packet.tag for packet in parts} <= OF_A_KEY:
        raise Problem(
            "The key of the repository comes with more than the one public key %s. Take a file with that key alone."
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
    """Whether a file has exactly this key."""
    try:
        return path.is_file() and bool(pinned_key(path.read_bytes(), fingerprint))
    except Problem:
        return False


def key_of(repository: dict[str, Any], here: Path) -> str:
    """The key that was given, or the one that is here if it is the right one, or what the repository offers."""
    return pinned_key(offered(repository, here), repository["fingerprint"])


def offered(repository: dict[str, Any], here: Path) -> bytes:
    """Such a key, whatever it is."""
    if repository.get("key"):
        # A binary file of the controller comes as text all the same.
        return str(repository["key"]).encode("utf-8", "surrogateescape")
    if is_pinned(here, repository["fingerprint"]):
        return here.read_bytes()
    url = repository["url"].rstrip("/") + "/gpg"
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read(1 << 20))
    except (OSError, ValueError) as error:
        raise Problem("Cannot get the key of the repository from %s: %s." % (url, error))


def key_path(repository: dict[str, Any]) -> Path:
    """Where the key is kept."""
    return APT / "keyrings" / "{name}.asc".format(**repository)


# Sources


def address(url: str) -> str:
    """An address as it is compared: http and https are the same repository."""
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
    """The text of a file of sources without these repositories, their keys, and the keys of what stays."""
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
    """Whether there is nothing in a file but comments."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())


class Sources:
    """The host's sources as they are, and as they will be."""

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
        """Take these repositories out of a file, and the file away if nothing is left in it."""
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
        """Files with nothing but the repository's key, which apt would trust for every repository."""
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
        """The files that differ, what goes before what comes, so that apt never sees both."""
        files = [
            {"path": str(path), "text": text} for path, text in self.after.items() if text != self.before.get(path, "")
        ]
        return sorted(files, key=lambda file: file["path"] == str(self.source))

    def key_differs(self) -> bool:
        """Whether the key has to be written."""
        if not self.repository or not self.repository.get("key"):
            return False
        return not self.key.exists() or self.key.read_text(errors="replace") != self.repository["key"]

    def stage(self, place: Path) -> list[str]:
        """Write the sources as they will be; the options with which apt reads these."""
        (place / "parts").mkdir()
        for path, text in self.after.items():
            if path == self.source:
                (place / "key.asc").write_text((self.repository or {})["key"])
                text = self.text(place / "key.asc")
            (place / "parts" / path.name).write_text(text, errors="surrogateescape")
        return sources_options(place / "parts", place)


def sources_options(parts: Path, cache: Path | None = None) -> list[str]:
    """Options with which apt reads only these sources, and keeps its cache of them in this directory, or nowhere."""
    return [
        "--option=Dir::Etc::SourceList=/dev/null",
        "--option=Dir::Etc::SourceParts=%s" % parts,
        "--option=Dir::Cache::pkgcache=%s" % (cache / "pkgcache.bin" if cache else ""),
        "--option=Dir::Cache::srcpkgcache=%s" % (cache / "srcpkgcache.bin" if cache else ""),
    ]


# Packages


def ask(*argv: str, patience: float = 120.0) -> str:
    """What a program prints. Raises Problem with its own words.

    Waits for the lock of apt's lists, for which apt does not wait itself: a timer of Debian takes it each day.
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
        raise Problem("%s says: %s" % (Path(argv[0]).name, " ".join(said)))
    return done.stdout


def installed() -> dict[str, str]:
    """The version of each package that is installed, whatever else is wanted of it."""
    shown = ask("dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Package} ${Version}\\n")
    return dict(re.findall(r"^.i. (\S+) (\S+)$", shown, re.MULTILINE))


def lasting(names: list[str]) -> list[str]:
    """Which of these packages apt removes only when forced to: what it calls important, and what that needs."""
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
    """Whether a version is the wanted one, or begins with it: 26.1 is 5:26.1.4-1, and not 26.10."""
    return any(
        re.match(re.escape(wanted) + r"(?![0-9])", spelling)
        for spelling in (version, version.partition(":")[2])
        if spelling
    )


def newer(one: str, other: str) -> int:
    """How dpkg compares two versions, the newer first."""
    if one == other:
        return 0
    return -1 if subprocess.run(["dpkg", "--compare-versions", one, "gt", other], check=False).returncode == 0 else 1


def pick(
    name: str, wanted: str, available: Iterable[str], source: str, order: Callable[[str, str], int] = newer
) -> str:
    """The newest version that is wanted."""
    versions = sorted(set(available), key=functools.cmp_to_key(order))
    if not versions:
        raise Problem("There is no package %s in %s." % (name, source))
    for version in versions:
        if wanted == "latest" or fits(version, wanted):
            return version
    raise Problem("There is no version %s of %s in %s, which has %s." % (wanted, name, source, ", ".join(versions[:8])))


def available(names: Iterable[str], options: list[str]) -> dict[str, list[str]]:
    """The versions of packages that apt's sources have."""
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
    """What apt would install, from which version to which, and what it would remove."""
    install = [
        {"name": name, "from": before, "to": after}
        for name, before, after in re.findall(r"^Inst (\S+) (?:\[(\S+)\] )?\((\S+)", text, re.MULTILINE)
    ]
    return install, re.findall(r"^Remv (\S+)", text, re.MULTILINE)


def check_space(space: dict[str, Any]) -> None:
    """Refuse where a file system has less free space than wanted, in MB."""
    for wanted, given in space.items():
        try:
            least = int(given)
        except (TypeError, ValueError):
            raise Problem("packages_space has %s for %s, and needs a number of MB." % (given, wanted))
        path = Path(wanted)
        while not path.exists():
            path = path.parent
        system = os.statvfs(path)
        free = system.f_bavail * system.f_frsize // 10**6
        if free < least:
            raise Problem("There are %d MB free for %s, and %d are needed." % (free, wanted, least))


def left_policy() -> dict[str, str]:
    """What keeps services from being started: a file that a killed run has left, or one that may be such a file.

    A file with the mark of run.py says itself whether it is in force. One without it is known by the time when it was
    written: right before this role installed packages.
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
    """When apt changed packages, in seconds since the epoch, and by which command; nothing without its logs."""
    for path in sorted(HISTORY.glob("history.log*")):
        with contextlib.suppress(OSError, ValueError, EOFError):
            raw = path.read_bytes()
            text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode(errors="replace")
            for start, command in re.findall(r"^Start-Date: (.+)\nCommandline: (.*)$", text, re.MULTILINE):
                yield time.mktime(time.strptime(start, "%Y-%m-%d  %H:%M:%S")), command


def update(options: list[str]) -> None:
    """Bring the package lists, as apt's sources will be. Nothing of other sources is forgotten."""
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
        # It matters to a removal only, which wants no packages.
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
        # Only in check mode: otherwise the certificates came before.
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
            # As they are, apt has a cache of them that all its commands share; it takes long to make.
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
            raise Problem("apt would also remove %s. Remove what needs the old packages first." % ", ".join(foreign))
        touched = {package["name"] for package in plan["install"]} | set(plan["remove"])
        plan["held"] = sorted(on_hold & touched - set(plan["remove"]))
        if touched & on_hold - ours:
            raise Problem("apt would also change %s, which is on hold." % ", ".join(sorted(touched & on_hold - ours)))
    return plan


# The same with rpm, where what else comes with a package is not asked beforehand.


class Places(NamedTuple):
    """Where a package manager has its sources, and how it is asked."""

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
    """Where the key is kept."""
    return RPM_KEYS / "RPM-GPG-KEY-{name}".format(**repository)


class Repositories:
    """The host's repositories as they are, and as they will be."""

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
        """The files that differ."""
        return [
            {"path": str(path), "text": text} for path, text in self.after.items() if text != self.before.get(path, "")
        ]

    def key_differs(self) -> bool:
        """Whether the key has to be written."""
        key = (self.repository or {}).get("key")
        return bool(key) and (not self.key.exists() or self.key.read_text(errors="replace") != key)

    def stage(self, place: Path) -> None:
        """Write the repositories as they will be."""
        for path, text in self.after.items():
            if path == self.source:
                (place / "key.asc").write_text((self.repository or {})["key"])
                text = self.text(place / "key.asc")
            (place / path.name).write_text(text, errors="surrogateescape")


def without_sections(text: str, addresses: list[str]) -> str:
    """A .repo file without these repositories; nothing if no other is left."""
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
    """How rpm compares two versions, the newer first: numbers as numbers, and a tilde before everything."""
    parts = [
        re.findall(r"\d+|[a-z]+|~", re.sub(r"^(?=[^:]*$)", "0:", version), re.IGNORECASE) for version in (one, other)
    ]
    for mine, theirs in itertools.zip_longest(*parts, fillvalue=""):
        if mine != theirs:
            ranks = [(0,) if part == "~" else (1,) if not part else weight(part) for part in (mine, theirs)]
            return -1 if ranks[0] > ranks[1] else 1
    return 0


def weight(part: str) -> tuple[int, int, str]:
    """How much a part of a version counts: a number more than letters."""
    return (3, int(part), "") if part.isdigit() else (2, 0, part)


def texts(versions: dict[str, Any]) -> dict[str, str]:
    """The wanted versions, refused where YAML may have taken digits from one."""
    for name, version in versions.items():
        if isinstance(version, (bool, float)):
            raise Problem(
                'The version of %s is the number %s. Put it in quotes, such as "20.10", which is 20.1 without them.'
                % (name, version)
            )
    return {name: str(version) for name, version in versions.items()}


def main() -> None:
    """Print the plan as JSON."""
    os.umask(0o022)
    wanted = json.loads(sys.argv[1])
    note = Path(wanted["note"])
    wanted["came"] = note.read_text().split() if note.exists() else []
    # apt's downloads run as a user of their own, who has to read what is staged.
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
