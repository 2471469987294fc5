# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the module project that runs on the controller: progress, plan files, and files for containers."""

from __future__ import annotations

import copy
import secrets
import shlex
from pathlib import Path
from typing import Any, Callable, Dict, Sequence

from ansible import constants as C  # noqa: N812
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.slipway.docker.plugins.plugin_utils.plan_file import PlanFile, PlanFileError
from ansible_collections.slipway.docker.plugins.plugin_utils.progress import Line, Lines, Watch
from ansible_collections.slipway.docker.plugins.plugin_utils.sources import SourceError, with_contents

MODULE = "slipway.docker.project"
# Connections of which a copy can run a command while another one runs, and the seconds between two reads. These are the
# classes of ansible-core: Mitogen, for example, has others with the same transport.
LIVE = {"ansible.plugins.connection.local": 0.3, "ansible.plugins.connection.ssh": 1.0}
LIMIT = 262144  # bytes of a read

display = Display()


class ActionModule(ActionBase):  # type: ignore[misc]
    """Runs the module, and shows its progress."""

    TRANSFERS_FILES = False
    _supports_async = True
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: Dict[str, Any] | None = None) -> Dict[str, Any]:
        """The result of the module."""
        result: Dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        args = {name: value for name, value in self._task.args.items() if name != "plan_file"}
        host = str(variables.get("inventory_hostname", ""))
        try:
            file = self._plan_file(host)
            if file and not self._task.check_mode:
                args["plan_digest"] = file.digest(args.get("plan_digest"))
            args = with_contents(args, self._content)
            executed = self._execute(args, variables, host)
            if file and self._task.check_mode and executed.get("plan_digest"):
                file.write(executed["plan"], executed["plan_digest"])
        except (PlanFileError, SourceError) as error:
            return {**result, "failed": True, "msg": str(error)}
        return {**result, **executed}

    def _plan_file(self, host: str) -> PlanFile | None:
        path = self._task.args.get("plan_file")
        if not path:
            return None
        return PlanFile(Path(self._loader.path_dwim(str(path))), host, str(self._task.args.get("name", "")))

    def _content(self, source: str) -> bytes:
        """The content of a file, which is found as ansible.builtin.copy finds it, and decrypted."""
        path = self._loader.get_real_file(self._find_needle("files", source))
        try:
            return Path(path).read_bytes()
        finally:
            self._loader.cleanup_tmp_file(path)

    def _execute(self, args: Dict[str, Any], variables: Dict[str, Any], host: str) -> Dict[str, Any]:
        """Run the module, with progress if there is anything to show and anybody who sees it."""
        wrap_async = bool(self._task.async_val and not self._connection.has_native_async)
        if self._task.async_val or self._task.check_mode or self._is_silent(args):
            return self._module(args, variables, wrap_async=wrap_async)
        lines = Lines(self._title(args, host))
        pause = LIVE.get(type(self._connection).__module__)
        if pause is None:
            executed = self._module(args, variables)
            for line in lines.rest(executed.get("timeline")):
                display.v(line.text)
            return executed
        path = args.get("progress_file") or self._temporary()
        return self._watched({**args, "progress_file": path}, variables, lines, pause)

    def _watched(self, args: Dict[str, Any], variables: Dict[str, Any], lines: Lines, pause: float) -> Dict[str, Any]:
        """Run the module, and show its progress meanwhile."""
        path = str(args["progress_file"])
        # The copy is made before the module is started, because a connection has state while it runs a command.
        beside = self._beside()
        watch = Watch(lines, beside.reader(path), _show, pause)
        try:
            executed = self._module(args, variables)
        except BaseException:  # the connection broke, or the task took too long
            watch.close()
            if lines.read:
                beside.remove(path)
            raise
        watch.close()
        if "module_stdout" in executed:  # the module was killed
            beside.remove(path)
        _show(lines.rest(executed.get("timeline")))
        return executed

    def _module(self, args: Dict[str, Any], variables: Dict[str, Any], wrap_async: bool = False) -> Dict[str, Any]:
        executed: Dict[str, Any] = self._execute_module(
            module_name=MODULE, module_args=args, task_vars=variables, wrap_async=wrap_async
        )
        return executed

    def _is_silent(self, args: Dict[str, Any]) -> bool:
        """Whether nothing is shown: it was asked for, may be secret, or would break the JSON that a program reads."""
        try:
            wanted = args.get("progress") is None or boolean(args["progress"])
        except TypeError:
            wanted = False  # the module will reject the value
        return not wanted or bool(self._task.no_log) or "json" in str(C.DEFAULT_STDOUT_CALLBACK)

    def _title(self, args: Dict[str, Any], host: str) -> str:
        delegate = self._task.delegate_to
        return "project %s (%s)" % (args.get("name"), "%s -> %s" % (host, delegate) if delegate else host)

    def _temporary(self) -> str:
        """The path of a new file, in a directory where each user can write."""
        directories = self.get_shell_option("system_tmpdirs") or ["/tmp"]
        directory = "/tmp" if "/tmp" in directories else directories[0]
        return "%s/slipway-project-%s" % (directory, secrets.token_hex(16))

    def _beside(self) -> ActionModule:
        """A copy that can run commands while this one runs the module."""
        beside = copy.copy(self)
        beside._connection = copy.copy(self._connection)
        beside._connection.become = copy.copy(self._connection.become)
        return beside

    def reader(self, path: str) -> Callable[[int], str]:
        """The function that reads the progress file from a line on."""
        command = "tail -n +%%d %s 2>/dev/null | head -c %d" % (shlex.quote(path).replace("%", "%%"), LIMIT)

        def by_command(number: int) -> str:
            return str(self._low_level_execute_command(command % (number + 1))["stdout"])

        def directly(number: int) -> str:
            try:
                with Path(path).open(encoding="utf-8", errors="replace") as file:
                    return "".join(file.readlines()[number:])
            except FileNotFoundError:
                return ""
            except PermissionError:  # of another user, with become
                return by_command(number)

        return directly if self._connection.transport == "local" else by_command

    def remove(self, path: str) -> None:
        """Remove the progress file that a killed module has left, if that is possible."""
        try:
            self._low_level_execute_command("rm -f " + shlex.quote(path))
        except Exception as error:
            display.vvv("The file %s was not removed: %s" % (path, error))


def _show(lines: Sequence[Line]) -> None:
    for line in lines:
        display.display(line.text, color=C.COLOR_ERROR if line.failed else C.COLOR_VERBOSE)
