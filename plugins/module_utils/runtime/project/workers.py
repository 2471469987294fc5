# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads, each with a connection of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Any, Callable, Iterator


@contextmanager
def workers(client: Any, number: int, work: Callable[[Any], None]) -> Iterator[None]:
    """Run ``work`` on this many threads, each with a client beside this one; they have ended when the context ends."""

    def beside() -> None:
        other = client.beside()
        try:
            work(other)
        finally:
            other.close()

    threads = [threading.Thread(target=beside) for _number in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()
