# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller become contents."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.slipway.docker.plugins.plugin_utils.sources import SourceError, with_contents

FILES = {"a.conf": b"a\n", "key": b"\xff\x00"}
A, KEY = "YQo=", "/wA="


def test_contents_replace_sources():
    """In lists, dictionaries and defaults. Other values and the given options stay."""
    files = [{"path": "/a", "src": "a.conf", "mode": "0400"}, {"path": "/b", "content": "b"}]
    args = {
        "name": "shop",
        "defaults": {"containers": {"files": [{"path": "/k", "src": "key"}]}, "images": {"pull": "always"}},
        "containers": {"web": {"image": "x", "files": files}, "db": None},
    }
    before = copy.deepcopy(args)
    found = with_contents(args, FILES.__getitem__)
    assert args == before
    read = [{"path": "/a", "content": A, "encoding": "base64", "mode": "0400"}, files[1]]
    assert found == {
        "name": "shop",
        "defaults": {
            "containers": {"files": [{"path": "/k", "content": KEY, "encoding": "base64"}]},
            "images": {"pull": "always"},
        },
        "containers": {"web": {"image": "x", "files": read}, "db": None},
    }
    assert with_contents({"containers": [{"name": "web", "files": files}]}, FILES.__getitem__) == {
        "containers": [{"name": "web", "files": read}]
    }


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"containers": None},
        {"containers": "x"},
        {"containers": ["web", 3]},
        {"containers": {"web": {"files": {"src": "a.conf"}}}},
        {"containers": {"web": {"files": ["a.conf", {"src": None}]}}},
        {"defaults": "x"},
        {"defaults": {"containers": []}},
    ],
)
def test_wrong_types_are_left_to_the_module(args):
    """It names them."""
    assert with_contents(args, FILES.__getitem__) == args


@pytest.mark.parametrize(
    ("args", "title"),
    [
        ({"containers": [{"name": "a"}, {"name": "web", "files": [{"src": "b"}]}]}, r"containers\[1\] \(web\)"),
        ({"containers": [{"files": [{"src": "b"}]}]}, r"containers\[0\]"),
        ({"containers": {"web": {"files": [{"src": "b"}]}}}, r"containers\.web"),
        ({"defaults": {"containers": {"files": [{"src": "b"}]}}}, r"defaults\.containers"),
    ],
)
def test_an_error_names_the_entry(args, title):
    """And the file."""
    with pytest.raises(SourceError, match=r"^%s\.files\[0\]: src: 'b'$" % title):
        with_contents(args, FILES.__getitem__)
    with pytest.raises(SourceError, match=r"^containers\.web\.files\[0\]: src and content are mutually exclusive\.$"):
        with_contents({"containers": {"web": {"files": [{"src": "a.conf", "content": "x"}]}}}, FILES.__getitem__)
