# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating a container, and undoing it: POST /containers/create (Engine API 1.41)."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping

from ..errors import BadRequest, ConflictError, IrreversibleError, TransportError
from .client import Client
from .containers import inspect, name_of
from .lifecycle import WARNED, health_output, is_whole, last_output, name_taken, refuse_losses, remove
from .waiting import until

VISIBLE = 1.0  # seconds until a container exists if the creation was not answered

_CREATED = {"Id": str, **WARNED}


class Creation:
    """A container to create, which can be identified afterwards even if the Engine's answer was lost.

    So undoing the creation never removes a container that someone else created under the name. Nothing is created if
    the container to replace, ``instead_of`` (an id), is gone; if it is gone later, the new one is the only one left and
    stays, unless the old one ``comes_back``. ``options`` maps parts of the body to the user's options; ``learn`` adds
    to the body what is known only at the time of creation.
    """

    def __init__(
        self,
        name: str,
        body: Mapping[str, Any],
        platform: str | None = None,
        instead_of: str = "",
        options: Mapping[str, str] | None = None,
        learn: Callable[[Client, Mapping[str, Any]], Mapping[str, Any]] | None = None,
        comes_back: bool = False,
    ) -> None:
        self.name = name
        self.body = body
        self._platform = platform
        self._instead_of = instead_of
        self._comes_back = comes_back
        self._options = options or {}
        self._learn = learn or (lambda client, body: body)
        self._made = ""
        self._lost = False

    def make(self, client: Client, body: Mapping[str, Any]) -> str:
        """POST /containers/create; returns the id. Raises EngineError, also for a limit that the Engine discards."""
        query = {"name": self.name, "platform": self._platform}
        if self._instead_of and not is_whole(inspect(client, self._instead_of)):
            raise ConflictError(
                "the old container was removed or replaced by somebody else in the meantime", "Run the task again."
            )
        try:
            answer = client.call("POST", "/containers/create", query, self._learn(client, body), expect=_CREATED)
        except TransportError:
            self._lost = True
            raise
        except ConflictError as error:
            raise name_taken(error, self.name)
        except BadRequest as error:
            if "bind source path does not exist" in error.said:
                error.fix = "Create it on the engine's host first. An entry of volumes creates it by itself."
            raise
        self._made = str(answer["Id"])
        refuse_losses(client, self._made, body.get("HostConfig", {}), answer, self._options)
        return self._made

    def unmake(self, client: Client) -> Dict[str, str] | None:
        """Remove it by force, running or not, with its anonymous volumes.

        Returns its last output, or None if there is nothing to remove. Raises IrreversibleError.
        """
        made = self._there(client)
        if made is None:
            return None
        if self._instead_of and not self._comes_back and not is_whole(inspect(client, self._instead_of)):
            raise IrreversibleError(
                "The old container was removed, and the new one exists as %s" % name_of(made),
                "Run the task again to rename it.",
            )
        said = {"container_output": last_output(client, made["Id"]), "health_output": health_output(made)}
        remove(client, made["Id"], volumes=True, force=True)
        return said

    def _there(self, client: Client) -> Dict[str, Any] | None:
        if self._made or not self._lost:
            return inspect(client, self._made) if self._made else None
        # The Engine may still be creating it.
        found = until(lambda: inspect(client, self.name), VISIBLE)
        if found is None or found["State"]["Status"] != "created":
            return None
        labels = found["Config"].get("Labels") or {}
        return found if all(labels.get(key) == text for key, text in self.body["Labels"].items()) else None
