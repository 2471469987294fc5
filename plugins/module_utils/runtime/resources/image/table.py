# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of an image."""

from __future__ import annotations

from ...state.field import Control
from ...state.table import Table
from ...values.reference import LATEST, image_name
from .recipe import CLASSIC

BUILD = Control(
    "build",
    type="dict",
    suboptions=(
        Control("path", type="path", required=True),
        Control("dockerfile"),
        Control("args", type="dict", secret=True),
        Control("labels", type="dict"),
        Control("target"),
        Control("platform"),
        Control("network"),
        Control("etc_hosts", type="dict"),
        Control("shm_size"),
        Control("cache_from", type="list", elements="str"),
        Control("secrets", type="list", elements="dict", no_log=True),
        Control(
            "container_limits",
            type="dict",
            suboptions=(
                Control("memory"),
                Control("memswap"),
                Control("cpushares", type="int"),
                Control("cpusetcpus"),
            ),
        ),
        Control("use_config_proxy", type="bool", default=False),
        Control("squash", type="bool", default=False),
        Control("nocache", type="bool", default=False),
        Control("pull", type="bool", default=False),
        Control("rm", type="bool", default=True),
        Control("http_timeout", type="int"),
        Control("builder", choices=("buildkit", CLASSIC), default="buildkit"),
    ),
)
PULL = Control(
    "pull",
    type="dict",
    suboptions=(
        Control("policy", choices=("always", "missing", "never"), default="missing"),
        Control("platform"),
    ),
)
IMPORT = Control(
    "import",
    type="dict",
    suboptions=(
        Control("path", type="path", required=True),
        Control("changes", type="list", elements="str"),
    ),
)

TABLE = Table(
    noun="image",
    options=(
        Control("name", required=True, grammar=image_name),
        Control("tag", default=LATEST),
        Control("source", choices=("build", "import", "load", "local", "pull")),
        BUILD,
        PULL,
        Control("load_path", type="path"),
        IMPORT,
        Control("force_source", type="bool", default=False),
        Control("repository", grammar=image_name),
        Control("force_tag", type="bool", default=True),
        Control("push", type="bool", default=False),
        Control("archive_path", type="path"),
        Control("archive_names", type="list", elements="str"),
        Control("archive_mode", type="raw"),
        Control("force_absent", type="bool", default=False),
        Control("prune", type="bool", default=True),
        Control("username"),
        Control("password", no_log=True),
        Control("config_path", type="path", aliases=("dockercfg_path",)),
        Control("state", choices=("absent", "present"), default="present"),
    ),
    required_together=(("username", "password"),),
    required_if=(
        ("source", "build", ("build",)),
        ("source", "load", ("load_path",)),
        ("source", "import", ("import",)),
    ),
)
