# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of approved plans: a run in check mode writes them, and a later run reads them."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, NamedTuple


class PlanFileError(Exception):
    """A plan file that cannot be used, as a sentence."""


class PlanFile(NamedTuple):
    """The file for the plan of a project on a host."""

    path: Path
    host: str
    project: str

    def write(self, plan: Any, digest: str) -> None:
        """Write the plan atomically, readable by the owner only.

        Raises PlanFileError if the file has the plan of another host or project, which would be lost.
        """
        content = {"host": self.host, "project": self.project, "plan_digest": digest, "plan": plan}
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone(self.path.parent):
                if os.path.lexists(self.path):
                    self._read()
                _replace(self.path, json.dumps(content, indent=2) + "\n")
        except OSError as error:
            raise PlanFileError("plan_file: %s cannot be written: %s." % (self.path, error.strerror))

    def digest(self, explicit: Any = None) -> str:
        """The digest of the plan in the file. Raises PlanFileError, also if it is not the ``explicit`` one."""
        try:
            digest = str(self._read()["plan_digest"])
        except FileNotFoundError:
            raise PlanFileError(
                "plan_file: %s does not exist. Run the task in check mode first, which writes it." % self.path
            )
        except OSError as error:
            raise PlanFileError("plan_file: %s cannot be read: %s." % (self.path, error.strerror))
        if explicit and explicit != digest:
            raise PlanFileError(
                "plan_file: the plan in %s does not have the digest that plan_digest requires. "
                "Remove one of the two options, or run the task in check mode again." % self.path
            )
        return digest

    def _read(self) -> Mapping[str, Any]:
        """The content. Raises PlanFileError if it is no plan, or not that of this project on this host."""
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except ValueError:
            content = None
        if not isinstance(content, dict) or not all(name in content for name in ("host", "project", "plan_digest")):
            raise PlanFileError("plan_file: %s does not contain a plan. Choose another file." % self.path)
        other: Dict[str, str] = {"host": self.host, "project": self.project}
        if any(content[name] != value for name, value in other.items()):
            raise PlanFileError(
                "plan_file: %s contains the plan of the project %s on %s, not of %s on %s. "
                "Use a file for each, such as plans/{{ inventory_hostname }}-%s.json."
                % (self.path, content["project"], content["host"], self.project, self.host, self.project)
            )
        return content


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Excludes other hosts of the play, which have a process each. Some file systems have no locks."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".%s." % path.name, dir=path.parent)  # with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise
