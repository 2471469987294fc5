# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts, in the notations of users and engines."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values import mounts

WRITTEN = [
    {"target": "/data/", "source": "data", "labels": {"a": 1}, "read_only": None},
    {"target": "/srv", "type": "bind", "source": "/srv//app/", "propagation": "rslave"},
    {"target": "/image", "type": "image", "source": "app:1", "subpath": "etc"},
    {"target": "/run", "type": "tmpfs", "tmpfs_size": "1m", "tmpfs_mode": "700", "tmpfs_options": [{"uid": 1}]},
    {"target": "/cluster", "type": "cluster", "source": "group:data"},
]
VALUE = {
    "/data": {"type": "volume", "source": "data", "labels": {"a": "1"}},
    "/srv": {"type": "bind", "source": "/srv/app", "propagation": "rslave"},
    "/image": {"type": "image", "source": "app:1", "subpath": "etc"},
    "/run": {"type": "tmpfs", "tmpfs_size": 1024**2, "tmpfs_mode": 0o700, "tmpfs_options": [["uid", "1"]]},
    "/cluster": {"type": "cluster", "source": "group:data"},
}
RAW = [
    {"Type": "cluster", "Target": "/cluster", "Source": "group:data"},
    {"Type": "volume", "Target": "/data", "Source": "data", "VolumeOptions": {"Labels": {"a": "1"}}},
    {"Type": "image", "Target": "/image", "Source": "app:1", "ImageOptions": {"Subpath": "etc"}},
    {
        "Type": "tmpfs",
        "Target": "/run",
        "TmpfsOptions": {"SizeBytes": 1024**2, "Mode": 0o700, "Options": [["uid", "1"]]},
    },
    {"Type": "bind", "Target": "/srv", "Source": "/srv/app", "BindOptions": {"Propagation": "rslave"}},
]


def test_mounts_have_one_canonical_form():
    """By target, with the declared values."""
    assert mounts.canonical(WRITTEN) == VALUE


def test_observed_mounts_equal_the_requested_ones():
    """With the Engine's defaults for undeclared values."""
    assert mounts.encode(VALUE) == RAW
    shown = mounts.decode(RAW)
    assert {target: mounts.chosen(mount) for target, mount in shown.items()} == VALUE
    assert {**mounts.LEFT_OUT, **VALUE["/data"]} == shown["/data"]
    assert mounts.decode(None) == {}


def test_diffs_have_the_notation_of_users():
    """For sizes and permissions."""
    assert mounts.show({"/run": VALUE["/run"]})["/run"] == {**VALUE["/run"], "tmpfs_size": "1m", "tmpfs_mode": "700"}


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"target": "data"}, "the target 'data' is not an absolute path"),
        ({"target": "//"}, "the target cannot be the root directory"),
        ({"target": "/a", "no_copy": True, "type": "bind"}, "no_copy of /a cannot be used with mounts of type bind"),
        ({"target": "/a", "type": "image"}, "the image at /a needs a source"),
        ({"target": "/a", "type": "bind", "source": "data"}, "the source 'data' of the bind mount at /a is not a path"),
        ({"target": "/a", "type": "tmpfs", "source": "data"}, "the tmpfs at /a cannot have a source"),
        ({"target": "/a", "type": "tmpfs", "tmpfs_mode": 700}, "tmpfs_mode must be in quotes"),
        ({"target": "/a", "type": "tmpfs", "tmpfs_mode": "789"}, "tmpfs_mode '789' must consist of octal digits"),
        ({"target": "/a", "type": "tmpfs", "tmpfs_options": [{"a": 1, "b": 2}]}, "must have exactly one name"),
    ],
)
def test_values_that_engines_reject_are_rejected(entry, why):
    """With the target in the message."""
    with pytest.raises(ValueError, match=why):
        mounts.canonical([entry])


def test_duplicate_targets_are_rejected():
    """In any spelling."""
    with pytest.raises(ValueError, match="two mounts have the target /a"):
        mounts.canonical([{"target": "/a"}, {"target": "/b/../a/"}])


def test_the_source_has_the_grammar_of_its_type():
    """That of volumes or images. Paths have none."""
    for kind in ("volume", None):
        with pytest.raises(ValueError, match="is not the name of a volume"):
            mounts.read({"target": "/a", "type": kind, "source": "a b"})
    with pytest.raises(InputError, match="is not an image name"):
        mounts.read({"target": "/a", "type": "image", "source": "a b"})
    assert mounts.read({"target": "/a", "type": "bind", "source": "/a b"})["source"] == "/a b"
