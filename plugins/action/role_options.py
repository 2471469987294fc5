# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action role_options."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Mapping

from ansible.plugins.action import ActionBase
from ansible_collections.slipway.docker.plugins.plugin_utils.role_options import OptionsError, role_options

FACTS = ("distribution", "os_family", "python", "service_mgr")


class ActionModule(ActionBase):  # type: ignore[misc]
    """Reads the options of the role whose task this is."""

    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset(("facts", "root"))

    def run(self, tmp: Any = None, task_vars: Dict[str, Any] | None = None) -> Dict[str, Any]:
        """The options, named without the role's prefix, or an error if the role cannot run."""
        result: Dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        role = Path(variables["role_path"]).name
        problem = self._lacks(role, variables)
        if problem:
            return {**result, "failed": True, "msg": problem}
        source = str(Path(variables["role_path"], "meta", "argument_specs.yml"))
        specs = self._loader.load_from_file(source)["argument_specs"]["main"]["options"]
        given = self._templar.template({name: variables[name] for name in specs if name in variables})
        try:
            options = role_options(role, specs, given)
        except OptionsError as error:
            return {**result, "failed": True, "msg": str(error)}
        # The options include passwords.
        return {**result, **options, "changed": False, "_ansible_no_log": True}

    def _lacks(self, role: str, variables: Mapping[str, Any]) -> str:
        """A sentence about missing facts or privileges; empty if there are none."""
        facts = variables.get("ansible_facts") or {}
        missing = [name for name in FACTS if name not in facts] if self._task.args.get("facts") else []
        if missing:
            return (
                "The role %s requires facts that have not been gathered (%s). "
                "Set gather_facts: true for the play, or run ansible.builtin.setup before the role."
            ) % (role, ", ".join(missing))
        if self._task.args.get("root"):
            answer = self._low_level_execute_command("id -u")
            user = str(answer.get("stdout", "")).split()[-1:]
            if answer.get("rc") == 0 and user != ["0"]:
                return (
                    "The role %s requires root privileges on the host, but its tasks run with the user ID %s. "
                    "Set become: true for the play or the role."
                ) % (role, " ".join(user))
        return ""
