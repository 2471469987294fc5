# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of roles, evaluated without a host."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.slipway.docker.plugins.plugin_utils.role_options import role_options

ROLES = Path(__file__).parents[2] / "roles"


@cache
def role_specs(role: str) -> dict[str, Any]:
    """The options in a role's argument_specs.yml."""
    source = DataLoader().load_from_file(str(ROLES / role / "meta" / "argument_specs.yml"))
    specs: dict[str, Any] = source["argument_specs"]["main"]["options"]
    return specs


def role_variables(role: str, part: str) -> dict[str, Any]:
    """The variables in a role's defaults or vars."""
    path = ROLES / role / part / "main.yml"
    return DataLoader().load_from_file(str(path), trusted_as_template=True) if path.exists() else {}


def role_variable(role: str, name: str, facts: dict[str, Any], **options: Any) -> Any:
    """A variable of a role on a host with these facts, in a play with these options."""
    given = {**role_variables(role, "defaults"), **role_variables(role, "vars"), "ansible_facts": facts, **options}
    specs = role_specs(role)
    values = Templar(DataLoader(), given).template({name: given[name] for name in specs if name in given})
    variables = {**given, role + "_options": role_options(role, specs, values)}
    return Templar(DataLoader(), variables).template(variables[name])
