# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of an image in a registry."""

from __future__ import annotations

from ...state.field import Control
from ...state.table import Table
from ...values.reference import image_name, named

PRESENT, ABSENT, PRUNED = "present", "absent", "pruned"

SOURCE = Control(
    "source",
    type="dict",
    suboptions=(
        Control("name", grammar=named),
        Control("path", type="path"),
        Control("image"),
        Control("username"),
        Control("password", no_log=True),
        Control("ca_path", type="path"),
        Control("client_cert", type="path"),
        Control("client_key", type="path"),
        Control("validate_certs", type="bool"),
    ),
)
KEEP = Control(
    "keep",
    type="dict",
    suboptions=(
        Control("last", type="int"),
        Control("newer_than"),
        Control("tags", type="list", elements="str"),
        Control("in_use", type="list", elements="str", grammar=image_name),
    ),
)

TABLE = Table(
    noun="image",
    options=(
        Control("name", required=True, grammar=named),
        Control("state", choices=(ABSENT, PRESENT, PRUNED), default=PRESENT),
        SOURCE,
        Control("platforms", type="list", elements="str"),
        Control("referrers", type="bool", default=False),
        Control("force_tag", type="bool", default=False),
        KEEP,
        Control("tags", type="list", elements="str"),
    ),
    required_if=(("state", PRESENT, ("source",)), ("state", PRUNED, ("keep",))),
)
