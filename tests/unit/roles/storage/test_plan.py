# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the plan of the role storage."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLE = Path(__file__).parents[4] / "roles" / "storage"
SPEC = importlib.util.spec_from_file_location("storage_plan", ROLE / "files" / "plan.py")
assert SPEC and SPEC.loader
plan = importlib.util.module_from_spec(SPEC)
sys.modules["storage_plan"] = plan
SPEC.loader.exec_module(plan)

NOTHING: dict[str, Any] = {
    "present": True,
    "exports": [],
    "nfs_volumes": [],
    "mounts": [],
    "socket_plugins": [],
    "systemd": True,
}
EXPORT = {"path": "/srv/a", "clients": [{"host": "192.0.2.0/24"}]}
VOLUME = {"name": "a", "server": "nfs.example.com", "path": "/srv/a"}
MEMORY = {"src": "tmpfs", "fstype": "tmpfs"}
PLUGIN = {"name": "p", "command": ["/bin/sh", "-c", 'echo "$HOME" 5%']}


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replace the files of the host: systemd's directory, exports and mounts."""
    for name, path in {"UNITS": "units", "EXPORTS": "exports", "FSTAB": "fstab"}.items():
        monkeypatch.setattr(plan, name, tmp_path / path)
    monkeypatch.setattr(plan, "OUR_EXPORTS", tmp_path / "exports.d" / "slipway.exports")
    monkeypatch.setattr(plan, "VENDOR_UNITS", (tmp_path / "units",))
    monkeypatch.setattr(plan, "MOUNTINFO", tmp_path / "mountinfo")
    (tmp_path / "units").mkdir()
    (tmp_path / "exports.d").mkdir()
    (tmp_path / "mountinfo").write_text("22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw\n")
    return tmp_path


def planned(**declared: Any) -> dict[str, Any]:
    """The plan for NOTHING with these changes."""
    made: dict[str, Any] = plan.plan({**NOTHING, **declared})
    return made


def mounts(host: Path, **entry: Any) -> list[dict[str, Any]]:
    """One mount on this host."""
    return [{**MEMORY, "path": str(host / "data"), **entry}]


def test_defaults_are_the_documented_ones() -> None:
    options = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {name: option.get("default") for name, option in options.items()} == defaults


def test_nothing_declared_results_in_an_empty_plan() -> None:
    made = planned()
    assert not any(made[key] for key in made if key != "stale")
    assert made["stale"] == {"mounts": [], "plugins": []}


def test_each_export_is_a_line() -> None:
    more = {"path": "/srv/b", "clients": [{"host": "a", "options": "ro"}, {"host": "*"}]}
    made = planned(exports=[EXPORT, more])
    assert made["exports"] == (
        "/srv/a 192.0.2.0/24(rw,sync,no_subtree_check)\n/srv/b a(ro) *(rw,sync,no_subtree_check)\n"
    )
    assert made["packages"] == ["nfs-kernel-server"]


def test_volumes_have_driver_options(host: Path) -> None:
    below = [{"name": "b"}, {"name": "c", "directory": "x/y", "labels": {"k": "v"}}]
    made = planned(nfs_volumes=[VOLUME], mounts=mounts(host, volumes=below))
    assert made["volumes"] == [
        {
            "name": "a",
            "driver_options": {"type": "nfs", "o": "addr=nfs.example.com,rw,nfsvers=4.2", "device": ":/srv/a"},
            "labels": None,
        },
        {
            "name": "b",
            "driver_options": {"type": "none", "o": "bind", "device": str(host / "data/b")},
            "labels": None,
        },
        {
            "name": "c",
            "driver_options": {"type": "none", "o": "bind", "device": str(host / "data/x/y")},
            "labels": {"k": "v"},
        },
    ]
    assert made["packages"] == []


@pytest.mark.parametrize(
    ("options", "needs"),
    [
        ("rw,nfsvers=4.2", False),
        ("ro", False),
        ("vers=3", True),
        ("nfsvers=3,nolock", False),
        ("nfsvers=4.2,sec=krb5p", True),
    ],
)
def test_nfs_common_is_installed_only_if_required(options: str, needs: bool) -> None:
    assert ("nfs-common" in planned(nfs_volumes=[{**VOLUME, "options": options}])["packages"]) is needs


@pytest.mark.parametrize(
    "path", ["/srv/data", "/srv/my-data", "/.hidden/x", "/a/.b", "/srv/d\u00e4ta", "/srv/a_b:c", "/srv/a@b+c~d"]
)
def test_mount_units_have_the_names_that_systemd_requires(path: str) -> None:
    names = {
        "/srv/data": "srv-data.mount",
        "/srv/my-data": "srv-my\\x2ddata.mount",
        "/.hidden/x": "\\x2ehidden-x.mount",
        "/a/.b": "a-.b.mount",
        "/srv/d\u00e4ta": "srv-d\\xc3\\xa4ta.mount",
        "/srv/a_b:c": "srv-a_b:c.mount",
        "/srv/a@b+c~d": "srv-a\\x40b\\x2bc\\x7ed.mount",
    }
    assert plan.unit_name(path) == names[path]


def test_a_failed_mount_does_not_prevent_booting(host: Path) -> None:
    one = planned(mounts=mounts(host, src="n1:/v", fstype="glusterfs", options="ro"))
    assert one["mounts"][0]["options"] == "ro,nofail,_netdev"
    assert one["packages"] == ["glusterfs-client"]
    assert planned(mounts=mounts(host, options="nofail"))["mounts"][0]["options"] == "nofail"


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({"exports": [{**EXPORT, "path": "srv"}]}, "must be an absolute path"),
        ({"exports": [{**EXPORT, "path": "/srv/../etc"}]}, "write it as /etc"),
        ({"exports": [{**EXPORT, "clients": []}]}, "requires clients"),
        ({"exports": [{**EXPORT, "clients": [{"host": "a b"}]}]}, "a host of /srv/a"),
        ({"exports": [{**EXPORT, "clients": [{"host": "a", "options": "rw, sync"}]}]}, "options of /srv/a"),
        ({"exports": [EXPORT, EXPORT]}, "/srv/a is declared twice"),
        ({"exports": [{**EXPORT, "path": "/srv/old"}]}, "is already exported in"),
        ({"exports": [EXPORT], "systemd": False}, "storage_exports requires systemd"),
        ({"nfs_volumes": [{**VOLUME, "name": "a/b"}]}, "letters, digits"),
        ({"nfs_volumes": [{**VOLUME, "path": "srv"}]}, "an absolute path"),
        ({"nfs_volumes": [{**VOLUME, "options": "rw,addr=a"}]}, "set server instead"),
        ({"nfs_volumes": [VOLUME, VOLUME]}, "a is declared twice"),
        ({"socket_plugins": [{"name": "p"}]}, "either command or unit"),
        ({"socket_plugins": [{**PLUGIN, "unit": "p.service"}]}, "either command or unit"),
        ({"socket_plugins": [{**PLUGIN, "address": "http://a"}]}, "unix:///PATH or tcp://HOST:PORT"),
        ({"socket_plugins": [{**PLUGIN, "command": ["sh"]}]}, "command of p"),
        ({"socket_plugins": [PLUGIN, PLUGIN]}, "p is declared twice"),
        ({"socket_plugins": [PLUGIN], "systemd": False}, "storage_socket_plugins requires systemd"),
    ],
)
def test_problems_are_described(host: Path, declared: dict[str, Any], says: str) -> None:
    (host / "exports").write_text("# ours\n/srv/old *(ro)\n")
    assert [says in sentence for sentence in planned(**declared)["problems"]] == [True]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"fstype": "none"}, "is not a file system"),
        ({"src": "a b"}, "src of"),
        ({"src": "gv0", "fstype": "glusterfs"}, "must be SERVER:/VOLUME"),
        ({"src": "n1:/", "fstype": "glusterfs"}, "must be SERVER:/VOLUME"),
        ({"options": "a b"}, "options of"),
        ({"make_filesystem": True}, "requires a device"),
        ({"src": "/dev/null", "fstype": "ext4"}, "not a block device"),
        ({"volumes": [{"name": "v", "directory": "."}]}, "must be below"),
        ({"volumes": [{"name": "v", "directory": "../v"}]}, "must be below"),
        ({"volumes": [{"name": "v", "directory": "/v"}]}, "must be below"),
        ({"volumes": [{"name": "v"}, {"name": "v"}]}, "v is declared twice"),
    ],
)
def test_an_invalid_mount_is_rejected(host: Path, entry: dict[str, Any], says: str) -> None:
    found = planned(mounts=mounts(host, **entry))["problems"]
    assert [says in sentence for sentence in found] == [True]


def test_a_mount_over_data_is_rejected(host: Path) -> None:
    (host / "data").mkdir()
    assert planned(mounts=mounts(host))["problems"] == []
    (host / "data" / "file").touch()
    assert "would hide" in planned(mounts=mounts(host))["problems"][0]


def test_mounts_that_others_manage_are_rejected(host: Path) -> None:
    data = str(host / "data")
    (host / "fstab").write_text("LABEL=x %s ext4 defaults 0 2\n" % data)
    assert "/etc/fstab" in planned(mounts=mounts(host))["problems"][0]
    (host / "fstab").unlink()
    (host / "units" / plan.unit_name(data)).write_text("[Mount]\n")
    assert "was not created by this role" in planned(mounts=mounts(host))["problems"][0]


def test_a_different_mounted_source_is_rejected(host: Path) -> None:
    with (host / "mountinfo").open("a") as table:
        table.write("30 22 0:40 / %s rw - tmpfs other rw\n" % (host / "data"))
    assert "other is mounted at" in planned(mounts=mounts(host))["problems"][0]


def test_glusterfs_is_mounted_again_for_new_options_unless_in_use(host: Path) -> None:
    data = str(host / "data")
    declared = mounts(host, src="n1:/v", fstype="glusterfs")
    (host / "units" / plan.unit_name(data)).write_text(
        plan.MARK + "\n[Mount]\nWhere=%s\nOptions=defaults,nofail,_netdev\n" % data
    )
    with (host / "mountinfo").open("a") as table:
        table.write("30 22 0:40 / %s rw - fuse.glusterfs n1:/v rw\n" % data)
    assert planned(mounts=declared)["mounts"][0]["change"] == "started"
    declared[0]["options"] = "acl"
    assert planned(mounts=declared)["mounts"][0]["change"] == "restarted"
    with (host / "mountinfo").open("a") as table:
        table.write("31 22 0:40 /v /var/lib/docker/volumes/v/_data rw - fuse.glusterfs n1:/v rw\n")
    assert (
        "must be unmounted to change its options, but is in use at /var/lib/docker"
        in planned(mounts=declared)["problems"][0]
    )
    assert planned(mounts=mounts(host, src="n1:/v", fstype="glusterfs"))["problems"] == []


def test_missing_devices_and_programs_are_not_problems(host: Path) -> None:
    made = planned(
        mounts=mounts(host, src="UUID=12-34", fstype="ext4"),
        socket_plugins=[{"name": "a", "command": ["/nowhere"]}, {"name": "b", "unit": "nowhere.service"}],
    )
    assert made["problems"] == []
    assert len(made["missing"]) == 3
    assert "/dev/disk/by-uuid/12-34" in made["missing"][0]


def test_socket_plugins_have_units_and_spec_files_if_required(host: Path) -> None:
    (host / "units" / "b.service").touch()
    first, second, third = planned(
        socket_plugins=[
            PLUGIN,
            {"name": "b", "unit": "b.service", "address": "tcp://192.0.2.1:80"},
            {"name": "c", "command": ["/bin/sh"], "address": "unix:///run/c.sock"},
        ]
    )["plugins"]
    assert first["command"] == '"/bin/sh" "-c" "echo \\"$$HOME\\" 5%%"'
    assert (first["socket"], first["spec"]) == ("/run/docker/plugins/p.sock", "")
    assert second["file"].endswith("b.service.d/slipway-plugin.conf")
    assert (second["socket"], second["spec"]) == ("", "/etc/docker/plugins/b.spec")
    assert (third["socket"], third["spec"]) == ("/run/c.sock", "/etc/docker/plugins/c.spec")


def test_mounts_and_plugins_no_longer_declared_are_removed(host: Path) -> None:
    units = host / "units"
    (units / "srv-a.mount").write_text(plan.MARK + "\n[Mount]\nWhere=/srv/a\n")
    (units / "srv-b.mount").write_text("[Mount]\nWhere=/srv/b\n")
    (units / "slipway-plugin-p.service").write_text(plan.MARK + "\nX-Spec=/etc/docker/plugins/p.spec\n")
    (units / "q.service.d").mkdir()
    (units / "q.service.d" / "slipway-plugin.conf").write_text(plan.MARK + "\n")
    stale = planned(present=False, socket_plugins=[PLUGIN])["stale"]
    assert [one["unit"] for one in stale["mounts"]] == ["srv-a.mount"]
    assert [(one["unit"], one["own"], one["spec"]) for one in stale["plugins"]] == [
        ("slipway-plugin-p.service", True, "/etc/docker/plugins/p.spec"),
        ("q.service", False, ""),
    ]
    kept = planned(socket_plugins=[PLUGIN])["stale"]["plugins"]
    assert [one["spec"] for one in kept] == ["/etc/docker/plugins/p.spec", ""]


def test_a_mount_in_use_is_not_unmounted(host: Path) -> None:
    (host / "units" / "srv-a.mount").write_text(plan.MARK + "\n[Mount]\nWhere=/srv/a\n")
    with (host / "mountinfo").open("a") as table:
        table.write("30 22 7:6 / /srv/a rw - ext4 /dev/loop6 rw\n")
    assert planned()["stale"]["mounts"][0]["mounted"] is True
    with (host / "mountinfo").open("a") as table:
        table.write("31 22 7:6 /v /var/lib/docker/volumes/v/_data rw - ext4 /dev/loop6 rw\n")
    assert "in use at /var/lib/docker/volumes/v/_data" in planned()["problems"][0]


def test_volumes_are_in_the_plan_of_a_removal() -> None:
    given = [{**MEMORY, "path": "/srv/x", "volumes": [{"name": "x"}]}]
    made = planned(present=False, nfs_volumes=[VOLUME], mounts=given, exports=[EXPORT])
    assert [one["name"] for one in made["volumes"]] == ["a", "x"]
    assert (made["mounts"], made["exports"], made["packages"]) == ([], "", [])


@pytest.fixture
def image(host: Path) -> Path:
    """A file in place of an empty device."""
    path = host / "image"
    path.write_bytes(bytes(8 << 20))
    return path


def test_the_content_of_a_device_is_read_from_the_device(image: Path) -> None:
    assert plan.signature(str(image)) == {}
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    found = plan.signature(str(image))
    assert (found["TYPE"], found["USAGE"]) == ("ext4", "filesystem")


def test_an_unquoted_octal_mode_is_accepted(host: Path) -> None:
    """YAML reads an unquoted 0755 as 493."""
    found = planned(
        exports=[{**EXPORT, "path": str(host / "srv"), "mode": 0o750}],
        mounts=mounts(host, mode=0o755, volumes=[{"name": "a", "mode": 0o2770}, {"name": "b", "mode": "0700"}]),
    )
    assert found["problems"] == []
    assert [one["mode"] for one in found["exported"]] == ["0750"]
    assert [one["mode"] for one in found["mounts"]] == ["0755"]
    assert [one["mode"] for one in found["mounts"][0]["directories"]] == ["2770", "0700"]


@pytest.mark.parametrize("mode", [755, 0o1363, 750, 700, 644, 777, 1777, True, 0.755])
def test_an_unquoted_decimal_mode_is_rejected(host: Path, mode: Any) -> None:
    """An unquoted 755 would be the mode 1363, with which the owner could not read."""
    found = planned(
        exports=[{**EXPORT, "path": str(host / "srv"), "mode": mode}],
        mounts=mounts(host, mode=mode, volumes=[{"name": "a", "mode": mode}]),
    )
    assert [problem.split(":")[0] for problem in found["problems"]] == [
        "storage_exports",
        "storage_mounts",
        "storage_mounts",
    ]
    assert ['quote it, such as "0755"' in problem for problem in found["problems"]] == [True] * 3


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o770, 0o700, 0o1777, 0o2770, 0o500, "755", "u=rwx,g=rx", None])
def test_a_valid_mode_is_accepted(host: Path, mode: Any) -> None:
    assert planned(mounts=mounts(host, mode=mode))["problems"] == []


def test_a_masked_unit_is_rejected(host: Path) -> None:
    """Otherwise systemd would fail to start it after everything else has changed."""
    mount = plan.unit_name(str(host / "data"))
    for unit in ("nfs-server.service", "p.service", "slipway-plugin-q.service", mount):
        (host / "units" / unit).symlink_to("/dev/null")
    found = planned(
        exports=[{**EXPORT, "path": str(host / "srv")}],
        mounts=mounts(host),
        socket_plugins=[{"name": "p", "unit": "p.service"}, {**PLUGIN, "name": "q"}],
    )
    assert sorted(problem.split()[-1] for problem in found["problems"]) == sorted(
        ["nfs-server.service", "p.service", "slipway-plugin-q.service", mount]
    )
    assert ["systemctl unmask" in problem for problem in found["problems"]] == [True] * 4
