# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the plan of the role packages: the commands for the package manager, and the parsing of their output."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[4] / "roles" / "packages" / "files" / "plan.py"
SPEC = importlib.util.spec_from_file_location("plan", PROGRAM)
assert SPEC and SPEC.loader
plan = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(plan)

KEY = """-----BEGIN PGP PUBLIC KEY BLOCK-----
Comment: for tests

mDMEawc6RRYJKwYBBAHaRw8BAQdAT7OuRiwVrczFSnbPvZj7z8iBX4kB1Ej+PBtL
PAZWDNW0EHRlc3RAZXhhbXBsZS5jb22IkAQTFggAOBYhBPNJHbhCK2J/VnWAGEAx
uKONUeogBQJrBzpFAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEEAxuKON
Ueogl7sA/0AA+2EXeZpsmeZhofoVvYqgXL7ja0vVPkLDUmynRUVdAP9YwXwOz34m
Q2e3smbVEYvRZvHjQEXWn+RQC4BltcezBA==
=nLV0
-----END PGP PUBLIC KEY BLOCK-----
"""
FINGERPRINT = "F3491DB8422B627F567580184031B8A38D51EA20"
DOCKER = {"download.docker.com/linux/debian", "download.docker.com/linux/ubuntu"}


def test_the_fingerprint_of_a_key() -> None:
    assert plan.fingerprints(KEY.encode()) == [FINGERPRINT]
    assert plan.fingerprints(next(plan.key_blocks(KEY.encode()))) == [FINGERPRINT]
    assert FINGERPRINT in plan.fingerprints(plan.pinned_key(KEY.encode(), FINGERPRINT).encode())


@pytest.mark.parametrize("text", ["", "no key", "-----BEGIN PGP PUBLIC KEY BLOCK-----", KEY.replace("mDME", "mDM")])
def test_a_text_without_a_key_is_rejected(text: str) -> None:
    with pytest.raises(plan.Problem, match="is not an OpenPGP public key"):
        plan.pinned_key(text.encode(), FINGERPRINT)


def test_a_key_with_another_fingerprint_is_rejected() -> None:
    with pytest.raises(plan.Problem, match="has the fingerprint F3491.*, not 00"):
        plan.pinned_key(KEY.encode(), "0" * 40)
    with pytest.raises(plan.Problem, match=f"{FINGERPRINT} and {FINGERPRINT}"):
        plan.pinned_key((KEY + KEY).encode(), FINGERPRINT)


def test_essential_packages_and_their_dependencies_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as e2fsprogs in Debian 13, which a minimal system does not have, but which apt does not remove."""
    shown = (
        "e2fsprogs|no no yes|libblkid1 (>= 2.36), libss2 (>= 1.38), libuuid1, libc6 | libc6.1\n"
        "glusterfs-client|no no |python3:any, libxml2\n"
        "libext2fs2t64|no no |libc6\n"
        "libss2|no no |libext2fs2t64:amd64 (= 1.47)\n"
        "libxml2|no no |, \n"
    )
    monkeypatch.setattr(plan, "ask", lambda *_argv: shown)
    assert plan.lasting(["named"]) == ["e2fsprogs", "libext2fs2t64", "libss2"]
    assert plan.lasting([]) == []


@pytest.mark.parametrize(
    ("version", "wanted", "expected"),
    [
        ("5:26.1.4-1~debian.12~bookworm", "26.1", True),
        ("5:26.1.4-1~debian.12~bookworm", "5:26.1", True),
        ("5:26.1.4-1~debian.12~bookworm", "5:26.1.4-1~debian.12~bookworm", True),
        ("5:26.10.1-1", "26.1", False),
        ("5:26.1.4-1", "6.1", False),
        ("20.10.24+dfsg1-1", "20.10.24", True),
        ("20.10.24+dfsg1-1", "5:20.10.24", False),
    ],
)
def test_a_version_matches_by_its_beginning(version: str, wanted: str, expected: bool) -> None:
    assert plan.fits(version, wanted) is expected


def test_a_version_that_is_a_number_is_rejected() -> None:
    assert plan.texts({"one": "20.10", "two": 26}) == {"one": "20.10", "two": "26"}
    with pytest.raises(plan.Problem, match="The version of docker.io is the number 20.1. Quote it"):
        plan.texts({"docker.io": 20.10})


def test_the_newest_matching_version_is_selected() -> None:
    versions = ["5:24.0.9-1", "5:24.0.10-1", "5:25.0.1-1"]
    assert plan.pick("docker-ce", "24", versions, "here") == "5:24.0.10-1"
    assert plan.pick("docker-ce", "latest", versions, "here") == "5:25.0.1-1"
    with pytest.raises(plan.Problem, match="no version 99 of docker-ce in here, which has 5:25.0.1-1, 5:24.0.10-1"):
        plan.pick("docker-ce", "99", versions, "here")
    with pytest.raises(plan.Problem, match="no package docker-ce in here"):
        plan.pick("docker-ce", "24", [], "here")


def test_lines_of_a_repository_are_removed_with_their_keys() -> None:
    text = (
        "deb http://deb.example.org/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/usr/share/docker.gpg] http://download.docker.com/linux/debian/ bookworm stable\n"
        "# deb https://download.docker.com/linux/debian bookworm test\n"
        "deb [signed-by=/etc/apt/keyrings/mine.gpg] https://example.com/debian bookworm main\n"
    )
    after, gone, kept = plan.without(Path("all.list"), text, DOCKER)
    assert after == "".join(text.splitlines(keepends=True)[i] for i in (0, 2, 3))
    assert gone == ["/usr/share/docker.gpg"]
    assert kept == ["/etc/apt/keyrings/mine.gpg"]


def test_stanzas_of_a_repository_are_removed_with_their_keys() -> None:
    mine = "# Mine\nTypes: deb\nURIs: https://example.com/debian\nSuites: ./\nSigned-By:\n -----BEGIN PGP\n .\n abc\n"
    docker = (
        "Types: deb\nURIs:\n https://download.docker.com/linux/ubuntu\nSuites: noble\nComponents: stable\n"
        "Signed-By: /etc/apt/keyrings/docker.gpg\n"
    )
    assert plan.without(Path("all.sources"), mine + "\n" + docker, DOCKER) == (
        mine,
        ["/etc/apt/keyrings/docker.gpg"],
        [],
    )
    assert plan.without(Path("all.sources"), mine, DOCKER) == (mine, [], [])


def test_the_old_layout_is_replaced_by_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sources.list.d", "keyrings", "trusted.gpg.d"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(plan, "APT", tmp_path)
    old_key = tmp_path / "keyrings" / "docker.gpg"
    shared_key = tmp_path / "keyrings" / "shared.gpg"
    loose_key = tmp_path / "trusted.gpg.d" / "docker.asc"
    for key in (old_key, shared_key, loose_key):
        key.write_text(KEY)
    sources = tmp_path / "sources.list.d"
    line = "deb [signed-by=%s] https://download.docker.com/linux/debian bookworm stable\n"
    (sources / "docker.list").write_text(line % old_key)
    rest = "deb [signed-by=%s] https://example.com bookworm stable\n" % shared_key
    (sources / "mixed.list").write_text(line % shared_key + rest)
    repository = {
        "name": "docker",
        "url": "https://download.docker.com/linux/debian",
        "suite": "bookworm",
        "components": ["stable"],
        "fingerprint": FINGERPRINT,
        "key": KEY,
    }
    found = plan.Sources("engine", repository)
    changes = {Path(file["path"]).name: file["text"] for file in found.changes()}
    assert changes["docker.list"] == ""
    assert changes["mixed.list"] == rest
    assert "Signed-By: %s\n" % (tmp_path / "keyrings" / "docker.asc") in changes["docker.sources"]
    assert list(changes)[-1] == "docker.sources"
    assert found.old_keys == [str(old_key), str(loose_key)]

    # A second run changes nothing. Without a repository, the source is removed.
    for file in found.changes():
        Path(file["path"]).write_text(file["text"])
    (tmp_path / "keyrings" / "docker.asc").write_text(KEY)
    for name in found.old_keys:
        Path(name).unlink()
    again = plan.Sources("engine", repository)
    assert (again.changes(), again.old_keys, again.key_differs()) == ([], [], False)
    gone = plan.Sources("engine", None)
    assert gone.changes() == [{"path": str(sources / "docker.sources"), "text": ""}]
    assert gone.old_keys == [str(tmp_path / "keyrings" / "docker.asc")]
    assert plan.Sources("registry", None).changes() == []


def test_the_output_of_a_simulation_is_parsed() -> None:
    text = (
        "Remv docker.io [20.10.24+dfsg1-1]\n"
        "Inst containerd.io (1.6.1-1 localhost [amd64])\n"
        "Inst docker-ce [5:24.0.1-1] (5:25.0.1-1 Docker:stable [amd64])\n"
        "Conf docker-ce (5:25.0.1-1 Docker:stable [amd64])\n"
    )
    assert plan.simulated(text) == (
        [
            {"name": "containerd.io", "from": "", "to": "1.6.1-1"},
            {"name": "docker-ce", "from": "5:24.0.1-1", "to": "5:25.0.1-1"},
        ],
        ["docker.io"],
    )


def test_required_space_can_be_a_string() -> None:
    """Values from surveys and -e are strings."""
    plan.check_space({"/": "0"})
    with pytest.raises(plan.Problem, match="900000000000 MB are required"):
        plan.check_space({"/": "900000000000"})
    with pytest.raises(plan.Problem, match="packages_space must have a number of megabytes for /, not much"):
        plan.check_space({"/": "much"})


def test_too_little_space_is_an_error(tmp_path: Path) -> None:
    plan.check_space({str(tmp_path / "not" / "there"): 0})
    with pytest.raises(plan.Problem, match="MB are free, 1000000000 MB are required"):
        plan.check_space({str(tmp_path / "not" / "there"): 10**9})


def test_nothing_is_planned_if_all_packages_are_installed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_text("one\ntwo\n")
    wanted = {
        "manager": "apt",
        "owner": "tests",
        "names": ["dpkg"],
        "versions": {},
        "conflicts": ["not-here"],
        "repository": None,
        "directory": "",
        "space": {},
        "note": str(note),
    }
    argv = [sys.executable, str(PROGRAM), json.dumps(wanted)]
    made = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
    assert made["problem"] == ""
    assert "dpkg" in made["here"]
    assert made["came"] == ["one", "two"]
    assert not made["arguments"] and not made["files"] and not made["install"]


def test_without_ca_certificates_no_repository_is_queried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "APT", tmp_path)
    monkeypatch.setattr(plan, "CERTIFICATES", tmp_path / "not-there")
    monkeypatch.setattr(plan, "installed", lambda: {"docker.io": "20.10.24+dfsg1-1"})
    (tmp_path / "trusted.gpg.d").mkdir()
    repository = {
        "name": "docker",
        "url": "https://download.docker.com/linux/debian",
        "suite": "bookworm",
        "components": ["stable"],
        "fingerprint": FINGERPRINT,
        "key": "",
    }
    wanted = {
        "owner": "engine",
        "names": ["docker-ce"],
        "versions": {"docker-ce": "26.1"},
        "conflicts": ["docker.io"],
        "repository": repository,
        "directory": "",
        "space": {},
        "came": [],
    }
    made = plan.made(wanted, tmp_path)
    assert made["install"] == [{"name": "docker-ce", "from": "", "to": ""}]
    assert made["remove"] == ["docker.io"]
    assert [Path(file["path"]).name for file in made["files"]] == ["docker.sources"]


# With rpm, whose output is taken from its manuals: no test runs a system with rpm.

REPO = """[docker-ce-stable]
name=Docker CE Stable
baseurl=https://download.docker.com/linux/centos/$releasever/$basearch/stable
gpgkey=https://download.docker.com/linux/centos/gpg
"""
MINE = "[mine]\nname=mine\nbaseurl=https://example.org/\n"
HERE = "bash 5.1.8-9.el9\ndocker-ce 3:25.0.1-1.el9\npodman-docker 5.2-1.el9\n"
OFFERED = "docker-ce 3:26.1.4-1.el9\ndocker-ce 3:26.1.10-1.el9\ndocker-ce 3:27.0.1-1.el9\n"
SOLVABLES = """<solvable status="not-installed" name="docker" kind="package" edition="26.1.5_ce-1.2" arch="x86_64"/>
<solvable status="not-installed" name="docker" kind="package" edition="28.3.3_ce-1.1" arch="x86_64"/>
"""


@pytest.fixture(name="answered")
def _answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Replaces the commands of a host with rpm. Returns the list of commands."""
    asked: list[tuple[str, ...]] = []

    def ask(*argv: str) -> str:
        asked.append(argv)
        return {"rpm": HERE, "dnf": OFFERED, "zypper": SOLVABLES}[argv[0]] if "--erase" not in argv else ""

    monkeypatch.setattr(plan, "ask", ask)
    monkeypatch.setattr(plan, "RPM_KEYS", tmp_path / "keys")
    (tmp_path / "repos").mkdir()
    (tmp_path / "staged").mkdir()
    for manager, places in list(plan.PLACES.items()):
        monkeypatch.setitem(plan.PLACES, manager, places._replace(sources=tmp_path / "repos"))
    return asked


def wish(manager: str, **more: Any) -> dict[str, Any]:
    """The wanted packages."""
    usual = {"owner": "engine", "versions": {}, "conflicts": [], "repository": None, "directory": "", "space": {}}
    return {"manager": manager, "came": [], **usual, **more}


def test_dnf_is_queried_with_the_future_repository(
    tmp_path: Path, answered: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repos" / "docker-ce.repo").write_text(REPO)
    (tmp_path / "repos" / "mixed.repo").write_text(MINE + REPO)
    repository = {
        "name": "docker",
        "url": "https://download.docker.com/linux/centos",
        "suite": "9/$basearch/stable",
        "fingerprint": FINGERPRINT,
        "key": KEY,
    }
    wanted = wish(
        "dnf",
        names=["docker-ce", "bash"],
        versions={"docker-ce": "26.1"},
        conflicts=["podman-docker"],
        repository=repository,
    )
    made = plan.made_rpm(wanted, tmp_path / "staged")
    assert made["arguments"] == ["docker-ce-3:26.1.10-1.el9"]
    assert made["install"] == [{"name": "docker-ce", "from": "3:25.0.1-1.el9", "to": "3:26.1.10-1.el9"}]
    assert made["remove"] == ["podman-docker"]
    assert ("rpm", "--erase", "--test", "podman-docker") in answered
    files = {Path(file["path"]).name: file["text"] for file in made["files"]}
    assert files["docker-ce.repo"] == ""
    assert files["mixed.repo"] == MINE
    assert "baseurl=https://download.docker.com/linux/centos/9/$basearch/stable\n" in files["docker.repo"]
    assert "gpgkey=file://%s\n" % (tmp_path / "keys" / "RPM-GPG-KEY-docker") in files["docker.repo"]
    assert made["key"]["text"] == plan.pinned_key(KEY.encode(), FINGERPRINT)
    # dnf reads the staged key, because the key is not in its final place yet.
    assert "gpgkey=file://%s\n" % (tmp_path / "staged" / "key.asc") in (tmp_path / "staged" / "docker.repo").read_text()
    assert next(argv for argv in answered if argv[0] == "dnf")[1] == "--setopt=reposdir=%s" % (tmp_path / "staged")

    # A second run changes nothing. Without a repository, the file is removed.
    for file in made["files"]:
        Path(file["path"]).write_text(file["text"])
    (tmp_path / "keys").mkdir()
    Path(made["key"]["path"]).write_text(made["key"]["text"])
    again = plan.made_rpm({**wanted, "versions": {}, "conflicts": []}, tmp_path / "staged")
    assert (again["arguments"], again["remove"], again["files"], again["key"]) == ([], [], [], None)
    # A key that is not given is not downloaded again either.
    monkeypatch.setattr(plan.urllib.request, "urlopen", lambda url, timeout: pytest.fail("it asks %s" % url))
    again = plan.made_rpm({**wanted, "repository": {**repository, "key": ""}}, tmp_path / "staged")
    assert again["key"] is None
    gone = plan.made_rpm(wish("dnf", names=["bash"]), tmp_path / "staged")
    assert gone["files"] == [{"path": str(tmp_path / "repos" / "docker.repo"), "text": ""}]


def test_a_version_that_dnf_does_not_offer_is_an_error(tmp_path: Path, answered: list[tuple[str, ...]]) -> None:
    with pytest.raises(
        plan.Problem, match="no version 99 of docker-ce in the repositories of this host, which has 3:27"
    ):
        plan.made_rpm(wish("dnf", names=["docker-ce"], versions={"docker-ce": "99"}), tmp_path / "staged")
    assert answered


def test_the_output_of_zypper_is_parsed(tmp_path: Path, answered: list[tuple[str, ...]]) -> None:
    wanted = wish("zypper", names=["docker"], versions={"docker": "26"})
    assert plan.made_rpm(wanted, tmp_path / "staged")["arguments"] == ["docker=26.1.5_ce-1.2"]
    assert plan.made_rpm({**wanted, "versions": {}}, tmp_path / "staged")["arguments"] == ["docker=28.3.3_ce-1.1"]
    assert answered


@pytest.mark.parametrize(
    "versions",
    [["1:1-1", "2-1"], ["1.10-1", "1.9-1"], ["1.9-1", "1.9~rc1-1"], ["1.9.1-1", "1.9-1"], ["3-1.el9", "3-1"]],
)
def test_rpm_versions_are_compared(versions: list[str]) -> None:
    assert [plan.newer_rpm(*versions), plan.newer_rpm(*versions[::-1])] == [-1, 1]
    assert plan.newer_rpm(versions[0], versions[0]) == 0
