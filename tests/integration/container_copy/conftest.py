# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container to copy into, and checks of its files."""

from __future__ import annotations

import pytest
from harness.image import BASE


@pytest.fixture
def web(engine):
    """A running container with a volume at /data."""
    engine.docker("run", "--detach", "--name", "web", "--volume", "data:/data", BASE, "sleep", "1000")
    return "web"


@pytest.fixture
def copy(scenario):
    """Runs scenarios that copy into the container ``web``."""
    return lambda verify=None, **params: scenario("container_copy", verify, **{"container": "web", **params})


@pytest.fixture
def there(engine):
    """Asserts what is at a path of the container ``web``: type, mode and owner, and the content of a file."""

    def look(path, facts, content=None):
        def verify(_result):
            found = engine.docker("exec", "web", "stat", "-c", "%F %a %u:%g", path)
            assert found.replace("regular empty file", "regular file").replace("regular file", "file") == facts
            if content is not None:
                assert engine.docker("exec", "web", "cat", path) == content

        return verify

    return look
