# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that only looks: each GET request is made once, and its answer is shared by all who ask again."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Iterable, List, Tuple

from ..engine.client import Client
from ..errors import EngineError
from .workers import workers

Answers = Dict[Tuple[str, str], Any]


class Reading:
    """Has the interface of a client. An error answer of the engine is shared as well; other errors are not."""

    def __init__(self, client: Any, answers: Answers | None = None) -> None:
        self._client = client
        self._answers: Answers = {} if answers is None else answers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def call(self, method: str, path: str, query: Any = None, *args: Any, expect: Any, **kwargs: Any) -> Any:
        """As ``Client.call``."""
        if method != "GET":
            return self._client.call(method, path, query, *args, expect=expect, **kwargs)
        key = (path, json.dumps(query, sort_keys=True))
        if key not in self._answers:
            try:
                self._answers[key] = self._client.call(method, path, query, *args, expect=expect, **kwargs)
            except EngineError as error:
                self._answers[key] = error
        answer = self._answers[key]
        if isinstance(answer, EngineError):
            raise answer
        return answer

    def get(self, path: str, *, expect: Any, **query: Any) -> Any:
        """As ``Client.get``."""
        return self.call("GET", path, query, expect=expect)

    def at_once(self, looks: Iterable[Callable[[Any], Any]], width: int) -> None:
        """Make the requests of these functions, up to ``width`` at a time, so that later ones find the answers.

        Errors are left to those who ask later.
        """
        waiting: List[Callable[[Any], Any]] = list(looks)
        extra = min(width, len(waiting)) - 1 if isinstance(self._client, Client) else 0

        def work(client: Any) -> None:
            reading = Reading(client, self._answers)
            while waiting:
                try:
                    waiting.pop(0)(reading)
                except Exception:
                    continue

        with workers(self._client, extra, work):
            work(self._client)
