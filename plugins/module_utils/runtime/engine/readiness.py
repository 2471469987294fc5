# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a container stays up after its start, and whether it becomes healthy."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Tuple

from ..errors import SlipwayError
from .client import Client
from .containers import inspect
from .lifecycle import health_output, last_output, last_words, look_at, start
from .waiting import until

SETTLE = 1.0  # seconds that a container must stay up before it replaces another one
BEGIN = 0.5  # seconds that it must stay up if it replaces none
RETRIES = 3  # the Engine's default of failed checks


def start_up(client: Client, container: str, may_end: bool = False) -> None:
    """Start a container, and check briefly that it stays up, or has exited with 0 if it ``may_end``.

    One that the Engine restarts, or removes at its end, may exit with any code. Raises SlipwayError with its last
    output.
    """
    start(client, container)
    stay_up(client, container, may_end)


def stay_up(client: Client, container: str, may_end: bool = False) -> None:
    """The same for a container that was just started."""

    def ended() -> Dict[str, Any] | None:
        """The container once it has ended, empty if it may exit with any code."""
        found = inspect(client, container)
        if found is None or found["HostConfig"].get("AutoRemove"):
            return {}
        return None if found["State"]["Running"] or found["RestartCount"] else found

    found = until(ended, BEGIN)
    if found:
        _refuse_end(client, found, may_end)


def await_running(client: Client, container: str, timeout: float, may_end: bool = False) -> None:
    """Wait until a container stays up, and until it is healthy if it has a health check.

    It may also exit with 0 if it ``may_end``. ``timeout`` is in seconds, zero or less for no limit. Raises SlipwayError
    with the container's last output.
    """

    def known() -> Dict[str, Any] | None:
        """The container once it has ended, or has a health check to wait for."""
        found = _there(client, container)
        runs = found["State"]["Running"] and not found["RestartCount"]
        return None if runs and not found["State"].get("Health") else found

    found = until(known, SETTLE)
    if found and found["State"].get("Health"):
        await_healthy(client, container, timeout)
    elif found:
        _refuse_end(client, found, may_end)


def await_healthy(client: Client, container: str, timeout: float) -> None:
    """Wait until a container is healthy; ``timeout`` as above.

    Raises SlipwayError at once if it has no health check, is unhealthy or has ended.
    """

    def judged() -> Tuple[str, Mapping[str, Any]] | None:
        """The container and why it will not be healthy; empty if it is healthy."""
        found = _there(client, container)
        cause = _why_unhealthy(found)
        return None if cause is None else (cause, found["State"])

    found = until(judged, timeout if timeout > 0 else None)
    cause, state = found or ("it did not become healthy within %g s" % timeout, _there(client, container)["State"])
    if not cause:
        return
    checks, said = health_output({"State": state}), last_output(client, container)
    raise SlipwayError(
        cause + last_words(checks if state.get("Health") and state["Running"] else said),
        look_at(health_output=checks, container_output=said),
        health_output=checks,
        container_output=said,
    )


def _why_unhealthy(container: Mapping[str, Any]) -> str | None:
    """Why a container will not be healthy; empty if it is, None if not yet known."""
    state, check = container["State"], container["Config"].get("Healthcheck") or {}
    health = state.get("Health") or {}
    status = health.get("Status", "none")
    if status == "healthy":
        return ""
    if status == "none":
        return "it has no health check"
    if not state["Running"] or state.get("Restarting"):
        return "it exited with exit code %s before it was healthy" % state["ExitCode"]
    # After a stop or a pause the Engine reports this before any check, until one succeeds.
    if status == "unhealthy" and health.get("FailingStreak", RETRIES) >= (check.get("Retries") or RETRIES):
        return "it is unhealthy"
    return None


def _refuse_end(client: Client, container: Mapping[str, Any], may_end: bool) -> None:
    if may_end and not container["State"]["ExitCode"] and not container["RestartCount"]:
        return
    output, code = last_output(client, container["Id"]), container["State"]["ExitCode"]
    told = " with exit code %d" % code if code or not container["RestartCount"] else ""
    fix = "" if code else "For a container that does its work and exits, set detach: false."
    raise SlipwayError(
        "it exited%s right after its start%s" % (told, last_words(output)),
        fix or look_at(container_output=output),
        container_output=output,
    )


def _there(client: Client, container: str) -> Dict[str, Any]:
    found = inspect(client, container)
    if found is None:
        raise SlipwayError("it is gone", "It was removed by somebody else, or it has exited and has auto_remove.")
    return found
