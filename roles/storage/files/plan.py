# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the changes that bring storage to its declared state. Changes nothing.

Reads the declared state as JSON in its argument and prints a plan as JSON. `problems` has a sentence for each error;
`missing` has a sentence for each thing that does not exist yet. In check mode these are no errors, because an earlier
task may only have predicted their creation.
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator, Mapping, NamedTuple

MARK = "# slipway.docker.storage"
UNITS = Path("/etc/systemd/system")
VENDOR_UNITS = (UNITS, Path("/usr/lib/systemd/system"), Path("/lib/systemd/system"))
EXPORTS, OUR_EXPORTS = Path("/etc/exports"), Path("/etc/exports.d/slipway.exports")
FSTAB, MOUNTINFO = Path("/etc/fstab"), Path("/proc/self/mountinfo")
SOCKET = "unix:///run/docker/plugins/%s.sock"
SPECS = "/etc/docker/plugins/%s.spec"

NAME = r"[a-zA-Z0-9][a-zA-Z0-9_.-]*"
PATH = r"/[^\s\"'\\#%(),]+"  # paths that need no quotes in systemd units and exports(5)
WORD = r"[^\s\"'\\#%()]+"
TAGS = {"UUID": "by-uuid", "LABEL": "by-label", "PARTUUID": "by-partuuid", "PARTLABEL": "by-partlabel"}
NETWORKED = ("ceph", "cifs", "glusterfs", "nfs", "nfs4")
NEEDED = {
    "btrfs": "btrfs-progs",
    "ext4": "e2fsprogs",
    "glusterfs": "glusterfs-client",
    "nfs": "nfs-common",
    "nfs4": "nfs-common",
    "xfs": "xfsprogs",
}
MADE = ("btrfs", "ext4", "xfs")  # file systems that can be created without overwriting a device that is not empty


class Mounted(NamedTuple):
    """A line of mountinfo."""

    device: str
    path: str
    fstype: str
    source: str


class Wrong(Exception):
    """An error in the declared state, described in a sentence."""


class Missing(Wrong):
    """Something that does not exist yet."""


# Reading the host


def mounted() -> list[Mounted]:
    """The mounted file systems, in the order of mounting."""
    found = []
    for line in MOUNTINFO.read_text(encoding="utf-8").splitlines():
        before, _dash, after = line.partition(" - ")
        fields, (fstype, source) = before.split(), after.split()[:2]
        found.append(Mounted(fields[2], plain(fields[4]), fstype, plain(source)))
    return found


def plain(text: str) -> str:
    """A text with octal escapes replaced."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), text)


def signature(device: str) -> Mapping[str, str]:
    """The content of a device as blkid reads it from the disk; empty if the device is empty. Raises Wrong."""
    done = subprocess.run(["blkid", "-p", "-o", "export", device], check=False, capture_output=True, text=True)
    if done.returncode not in (0, 2):
        reason = done.stderr.strip() or "the result of blkid is ambiguous"
        raise Wrong("Cannot determine the content of %s: %s" % (device, reason))
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line and "DEVNAME" not in line)


def used(device: str) -> bool:
    """Whether a device is mounted or part of another device."""
    try:
        os.close(os.open(device, os.O_RDONLY | os.O_EXCL))
    except OSError:
        return True
    return False


def unit_name(path: str) -> str:
    """The name of the systemd unit for a mount point."""
    escaped = re.sub(r"[^a-zA-Z0-9:_./]", lambda char: "".join("\\x%02x" % byte for byte in char[0].encode()), path[1:])
    return re.sub(r"^\.", r"\\x2e", escaped).replace("/", "-") + ".mount"


def ours(pattern: str) -> Iterator[tuple[Path, str]]:
    """Files of this role below systemd's directory, and their texts."""
    for path in sorted(UNITS.glob(pattern)):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if MARK in text:
            yield path, text


def value(text: str, key: str) -> str:
    """The value of a key in a unit."""
    found = re.search(r"^%s=(.*)$" % key, text, re.MULTILINE)
    return found[1] if found else ""


def is_masked(unit: str) -> bool:
    """Whether a unit is masked."""
    return any(os.path.realpath(home / unit) == os.devnull for home in (UNITS, Path("/run/systemd/system")))


def masked(unit: str, what: str) -> str:
    """A sentence about a masked unit."""
    return "%s is masked, so systemd cannot start it; run systemctl unmask %s" % (what, unit)


def mode_of(entry: Mapping[str, Any]) -> str | None:
    """A mode as text. YAML reads an unquoted 0755 as 493."""
    mode = entry.get("mode")
    return "%04o" % mode if isinstance(mode, int) else mode


def sensible(mode: str) -> bool:
    """Whether a mode is plausible: the owner has all permissions of the group, and the group all those of others."""
    if not re.fullmatch("[0-7]{3,4}", mode):
        return False
    owner, group, others = map(int, mode[-3:])
    return owner | group == owner and group | others == group


def odd_modes(entries: Any, what: str) -> list[str]:
    """A sentence for each mode that was misread: an unquoted 755 without a leading zero is 1363."""
    return [
        'storage_%s: mode of %s is the number %s, which is not an octal mode; quote it, such as "0755"'
        % (what, entry.get("path") or entry.get("name"), entry["mode"])
        for entry in entries
        if isinstance(entry.get("mode"), (bool, float))
        or isinstance(entry.get("mode"), int)
        and not sensible(mode_of(entry) or "")
    ]


def words_of(path: Path) -> Iterator[str]:
    """The first word of each line without comments; for fstab, the second."""
    column = 1 if path == FSTAB else 0
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        words = line.split("#")[0].split()
        if len(words) > column:
            yield plain(words[column])


# Checking


def check(pattern: str, text: Any, what: str, such: str) -> None:
    """Raise Wrong unless a text matches a pattern."""
    if not re.fullmatch(pattern, str(text)):
        raise Wrong("%s must be %s, not %r" % (what, such, text))


def check_path(path: str, what: str) -> None:
    """Raise Wrong unless this is a normalized absolute path that needs no quotes."""
    check(PATH, path, what, "an absolute path below / without blanks, quotes, commas, %, # or parentheses")
    if os.path.normpath(path) != path:
        raise Wrong("%s is %s; write it as %s" % (what, path, os.path.normpath(path)))


def export(entry: Mapping[str, Any]) -> str:
    """The line of an export. Raises Wrong."""
    path = entry["path"]
    check_path(path, "storage_exports: path")
    others = [EXPORTS, *(file for file in sorted(OUR_EXPORTS.parent.glob("*.exports")) if file != OUR_EXPORTS)]
    for file in others:
        if path in words_of(file):
            raise Wrong("storage_exports: %s is already exported in %s; remove one of the entries" % (path, file))
    if os.path.lexists(path) and not Path(path).is_dir():
        raise Wrong("storage_exports: %s is not a directory" % path)
    if not entry.get("clients"):
        raise Wrong("storage_exports: %s requires clients; to allow all hosts, use the host *" % path)
    clients = []
    for client in entry["clients"]:
        options = client.get("options") or "rw,sync,no_subtree_check"
        check(
            WORD, client["host"], "storage_exports: a host of %s" % path, "a name, an address, a network or a pattern"
        )
        check(WORD, options, "storage_exports: options of %s" % path, "options of exports(5), with commas between them")
        clients.append("%s(%s)" % (client["host"], options))
    return "%s %s" % (path, " ".join(clients))


def nfs_volume(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A volume on an NFS server. Raises Wrong."""
    name, options = entry["name"], entry.get("options") or "rw,nfsvers=4.2"
    check(NAME, name, "storage_nfs_volumes: name", "a name of letters, digits, '_', '.' and '-'")
    check(WORD, entry["server"], "storage_nfs_volumes: server of %s" % name, "a name or an address")
    check("/" + WORD + "|/", entry["path"], "storage_nfs_volumes: path of %s" % name, "an absolute path without blanks")
    check(WORD, options, "storage_nfs_volumes: options of %s" % name, "options of nfs(5), with commas between them")
    if re.search(r"(^|,)addr=", options):
        raise Wrong("storage_nfs_volumes: options of %s must not contain addr; set server instead" % name)
    return {
        "name": name,
        "driver_options": {
            "type": "nfs",
            "o": "addr=%s,%s" % (entry["server"], options),
            "device": ":" + entry["path"],
        },
        "labels": entry.get("labels"),
    }


def needs_common(options: str) -> bool:
    """Whether a mount requires user-space programs: for the locks of NFS 3, and for Kerberos."""
    versions = re.findall(r"(?:^|,)(?:nfsvers|vers)=([0-9])", options)
    return "sec=krb5" in options or versions[-1:] == ["3"] and "nolock" not in options.split(",")


def device_of(src: str) -> str:
    """The path of the device that a source names; empty if the source is not a device."""
    tag, _equals, name = src.partition("=")
    if tag in TAGS and name:
        return "/dev/disk/%s/%s" % (TAGS[tag], name)
    return src if src.startswith("/dev/") else ""


def mount(entry: Mapping[str, Any], now: list[Mounted]) -> dict[str, Any]:
    """The plan for a mount. Raises Wrong and Missing."""
    src, path, fstype = entry["src"], entry["path"], entry["fstype"]
    check_path(path, "storage_mounts: path")
    check(WORD, src, "storage_mounts: src of %s" % path, "a device, TAG=VALUE or another source without blanks")
    check(r"[a-z0-9.]+", fstype, "storage_mounts: fstype of %s" % path, "a type of file system")
    if fstype in ("none", "bind", "swap", "auto"):
        raise Wrong("storage_mounts: fstype of %s is %s, which is not a file system" % (path, fstype))
    options = entry.get("options") or "defaults"
    check(WORD, options, "storage_mounts: options of %s" % path, "options of mount(8), with commas between them")
    if fstype == "glusterfs":
        check(r"[^/]+:/?[^/:]+(/.*)?", src, "storage_mounts: src of %s" % path, "SERVER:/VOLUME")
    unit = unit_name(path)
    if os.path.realpath(path) != path:
        raise Wrong(
            "storage_mounts: %s is a symbolic link, or below one; systemd requires the real path, %s"
            % (path, os.path.realpath(path))
        )
    if path in words_of(FSTAB):
        raise Wrong("storage_mounts: %s is also in /etc/fstab; remove one of the entries" % path)
    if is_masked(unit):
        raise Wrong("storage_mounts: " + masked(unit, "%s of %s" % (unit, path)))
    file = UNITS / unit
    written = dict(ours(unit.replace("\\", "[\\]"))).get(file)
    if os.path.lexists(file) and written is None:
        raise Wrong("storage_mounts: %s exists and was not created by this role; remove it first" % file)
    there = [one for one in now if one.path == path][-1:]
    if not there and os.path.lexists(path):
        if not Path(path).is_dir():
            raise Wrong("storage_mounts: %s is not a directory" % path)
        if any(Path(path).iterdir()):
            raise Wrong("storage_mounts: %s is not empty, and a mount would hide its data; move it first" % path)
    extra = ["nofail"] + (["_netdev"] if fstype in NETWORKED else [])
    wanted = {
        "path": path,
        "unit": unit,
        "what": src,
        "fstype": fstype,
        "options": ",".join([options] + [word for word in extra if word not in options.split(",")]),
        "network": fstype in NETWORKED,
        "engine_requires": bool(entry.get("engine_requires")),
        "mounted": bool(there),
        "change": "reloaded",
        "make": False,
        "device": "",
        "owner": entry.get("owner"),
        "group": entry.get("group"),
        "mode": mode_of(entry),
        "directories": [directory(path, volume) for volume in entry.get("volumes") or ()],
    }
    if there and fstype == "glusterfs":
        wanted["change"] = again(wanted, value(written or "", "Options"), now)
    named = device_of(src)
    if named:
        wanted.update(on_device(entry, named, there))
    elif entry.get("make_filesystem"):
        raise Wrong("storage_mounts: make_filesystem requires a device, but src of %s is %s" % (path, src))
    elif there and (there[0].source != src or there[0].fstype not in (fstype, "fuse." + fstype)):
        raise Wrong(other(path, there[0].source, src))
    return wanted


def again(wanted: Mapping[str, Any], options: str, now: list[Mounted]) -> str:
    """The change to a GlusterFS mount, which must be mounted again to change its options. Raises Wrong."""
    if wanted["options"] == options:
        return "started"
    users = users_of(wanted["path"], now)
    if users:
        raise Wrong(
            "storage_mounts: %s must be unmounted to change its options, but is in use at %s; stop the containers that "
            "use it" % (wanted["path"], ", ".join(users))
        )
    return "restarted"


def users_of(path: str, now: list[Mounted]) -> list[str]:
    """The other mount points of the device that is mounted at a path."""
    devices = [one.device for one in now if one.path == path]
    return [one.path for one in now if one.device in devices and one.path != path]


def other(path: str, have: str, want: str) -> str:
    """A sentence about a path at which something else is mounted."""
    return "storage_mounts: %s is mounted at %s, not %s as declared; unmount it first" % (have, path, want)


def on_device(entry: Mapping[str, Any], named: str, there: list[Mounted]) -> dict[str, Any]:
    """What to mount, by a name that survives a reboot, and whether to create a file system. Raises Wrong."""
    path, fstype = entry["path"], entry["fstype"]
    device = os.path.realpath(named)
    if not Path(device).exists():
        raise Missing("storage_mounts: the device %s for %s does not exist" % (named, path))
    status = Path(device).stat()
    if not stat.S_ISBLK(status.st_mode):
        raise Wrong("storage_mounts: %s is not a block device" % named)
    if there and there[0].device != "%d:%d" % (os.major(status.st_rdev), os.minor(status.st_rdev)):
        raise Wrong(other(path, there[0].source, entry["src"]))
    found = signature(device)
    if found.get("TYPE") == fstype:
        tag = {"what": "/dev/disk/by-uuid/" + found["UUID"]} if "UUID" in found else {}
        return {**tag, "device": device}
    if found:
        on_it = found.get("TYPE") or "a partition table (%s)" % found.get("PTTYPE", "of unknown type")
        raise Wrong(
            "storage_mounts: %s contains %s, not %s as declared; it is not overwritten" % (named, on_it, fstype)
        )
    if not entry.get("make_filesystem"):
        raise Wrong("storage_mounts: %s has no file system; to create one, set make_filesystem: true" % named)
    if fstype not in MADE:
        raise Wrong("storage_mounts: make_filesystem supports only %s, not %s" % (", ".join(MADE), fstype))
    if used(device) or any(Path("/sys/class/block", Path(device).name).glob("*/partition")):
        raise Wrong("storage_mounts: %s is in use, or has partitions" % named)
    return {"device": device, "make": True}


def directory(path: str, volume: Mapping[str, Any]) -> dict[str, Any]:
    """The directory of a volume on a mount. Never the root, so that nothing can be written if it is not mounted."""
    name = volume["name"]
    check(NAME, name, "storage_mounts: name of a volume on %s" % path, "a name of letters, digits, '_', '.' and '-'")
    below = volume.get("directory") or name
    whole = os.path.normpath(str(Path(path, below)))
    if not whole.startswith(path + "/") or not re.fullmatch(PATH, whole):
        raise Wrong("storage_mounts: directory of the volume %s must be below %s, not %s" % (name, path, below))
    return {
        "path": whole,
        "name": name,
        "owner": volume.get("owner"),
        "group": volume.get("group"),
        "mode": mode_of(volume),
    }


def bind_volume(path: str, volume: Mapping[str, Any]) -> dict[str, Any]:
    """A volume in a directory of a mount. Raises Wrong."""
    device = directory(path, volume)["path"]
    options = {"type": "none", "o": "bind", "device": device}
    return {"name": volume["name"], "driver_options": options, "labels": volume.get("labels")}


def socket_plugin(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The plan for a socket plugin. Raises Wrong and Missing."""
    name, command, unit = entry["name"], entry.get("command") or [], entry.get("unit") or ""
    check(NAME, name, "storage_socket_plugins: name", "a name of letters, digits, '_', '.' and '-'")
    if bool(command) == bool(unit):
        raise Wrong("storage_socket_plugins: %s requires either command or unit" % name)
    address = entry.get("address") or SOCKET % name
    such = "unix:///PATH or tcp://HOST:PORT"
    check(r"unix://%s|tcp://[^\s/]+:[0-9]+" % PATH, address, "storage_socket_plugins: address of %s" % name, such)
    if command:
        check(
            PATH,
            command[0],
            "storage_socket_plugins: command of %s" % name,
            "the absolute path of a program, followed by its arguments",
        )
        if not os.access(command[0], os.X_OK):
            raise Missing("storage_socket_plugins: the program %s of %s is not an executable file" % (command[0], name))
        unit = "slipway-plugin-%s.service" % name
        file = UNITS / unit
    else:
        check(r"[\w@:.\\-]+\.service", unit, "storage_socket_plugins: unit of %s" % name, "the name of a service")
        if not any((home / unit).exists() for home in VENDOR_UNITS):
            raise Missing("storage_socket_plugins: the unit %s of %s does not exist" % (unit, name))
        file = UNITS / (unit + ".d") / "slipway-plugin.conf"
    if is_masked(unit):
        raise Wrong("storage_socket_plugins: " + masked(unit, "%s of %s" % (unit, name)))
    return {
        "name": name,
        "unit": unit,
        "file": str(file),
        "command": " ".join(map(quoted, command)),
        "address": address,
        "socket": address[len("unix://") :] if address.startswith("unix:") else "",
        "spec": "" if address == SOCKET % name else SPECS % name,
    }


def quoted(word: str) -> str:
    """A word of a command, quoted for systemd."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return '"%s"' % escaped


def stale(units: set[str], plugins: list[dict[str, Any]], now: list[Mounted]) -> dict[str, Any]:
    """Mounts and plugins of this role that are no longer declared. Raises Wrong if one is in use."""
    gone = []
    for file, text in ours("*.mount"):
        path = value(text, "Where")
        if file.name in units:
            continue
        users = users_of(path, now)
        if users:
            raise Wrong(
                "%s must be unmounted, but is in use at %s; stop the containers that use it" % (path, ", ".join(users))
            )
        gone.append({"unit": file.name, "file": str(file), "mounted": any(one.path == path for one in now)})
    left = []
    declared = {one["file"]: one for one in plugins}
    for pattern in ("slipway-plugin-*.service", "*.service.d/slipway-plugin.conf"):
        for file, text in ours(pattern):
            one, spec = declared.get(str(file)), value(text, "X-Spec")
            if one is None:
                dropped = file.parent != UNITS
                left.append(
                    {
                        "file": str(file),
                        "unit": file.parent.name[:-2] if dropped else file.name,
                        "own": not dropped,
                        "spec": spec,
                    }
                )
            elif spec and spec != one["spec"]:
                left.append({"file": "", "unit": "", "own": False, "spec": spec})
    return {"mounts": gone, "plugins": left}


def collect(made: Any, entries: Any, result: dict[str, Any]) -> list[Any]:
    """The plans of the entries. Errors are added to the result."""
    found = []
    for entry in entries:
        try:
            found.append(made(entry))
        except Missing as reason:
            result["missing"].append(str(reason))
        except Wrong as reason:
            result["problems"].append(str(reason))
    return found


def twice(names: list[str], what: str) -> list[str]:
    """A sentence for each duplicate name."""
    return ["%s: %s is declared twice" % (what, name) for name in sorted(set(names)) if names.count(name) > 1]


def plan(declared: Mapping[str, Any]) -> dict[str, Any]:
    """The complete plan."""
    result: dict[str, Any] = {"problems": [], "missing": [], "stale": {"mounts": [], "plugins": []}}
    now = mounted()
    if not declared["present"]:
        # All that this role has created is removed; the lists name the volumes.
        declared = {**declared, "exports": [], "mounts": [], "socket_plugins": [], "given_up": declared["mounts"]}
    exports, entries = declared["exports"], declared["mounts"]
    lines = collect(export, exports, result)
    volumes = collect(nfs_volume, declared["nfs_volumes"], result)
    mounts = collect(lambda entry: mount(entry, now), entries, result)
    plugins = collect(socket_plugin, declared["socket_plugins"], result)
    for one in [*entries, *declared.get("given_up", ())]:
        volumes += collect(lambda entry, path=one["path"]: bind_volume(path, entry), one.get("volumes") or (), result)
    result["problems"] += (
        twice([one["path"] for one in exports], "storage_exports")
        + twice([one["path"] for one in entries], "storage_mounts")
        + twice([one["name"] for one in declared["socket_plugins"]], "storage_socket_plugins")
        + twice([one["name"] for one in volumes], "volumes")
        + odd_modes(exports, "exports")
        + odd_modes(entries, "mounts")
        + odd_modes([volume for one in entries for volume in one.get("volumes") or ()], "mounts")
    )
    if not declared["systemd"]:
        result["problems"] += [
            "storage_%s requires systemd, which starts it before the engine" % name
            for name in ("exports", "mounts", "socket_plugins")
            if declared[name]
        ]
    if exports and is_masked("nfs-server.service"):
        result["problems"].append("storage_exports: " + masked("nfs-server.service", "nfs-server.service"))
    try:
        # Declared entries with an error are not removed.
        result["stale"] = stale({unit_name(one["path"]) for one in entries}, plugins, now)
    except Wrong as reason:
        result["problems"].append(str(reason))
    common = any(needs_common(one["driver_options"]["o"]) for one in volumes if one["driver_options"]["type"] == "nfs")
    packages = {NEEDED[one["fstype"]] for one in entries if one["fstype"] in NEEDED}
    packages |= ({"nfs-kernel-server"} if exports else set()) | ({"nfs-common"} if common else set())
    server = any((home / "nfs-server.service").exists() for home in VENDOR_UNITS)
    return {
        **result,
        "problems": list(dict.fromkeys(result["problems"])),
        "packages": sorted(packages),
        "exports": "".join(line + "\n" for line in lines),
        "exported": [{**one, "mode": mode_of(one)} for one in exports],
        "server": server,
        "mounts": mounts,
        "volumes": volumes,
        "plugins": plugins,
    }


if __name__ == "__main__":
    json.dump(plan(json.loads(sys.argv[1])), sys.stdout)
