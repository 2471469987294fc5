# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing a container: /containers/{id} (Engine API 1.41)."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Mapping, Tuple

from ..errors import ConflictError, ConnectionBroken, EngineError, IrreversibleError, NotFound, SlipwayError
from .client import Client, segment
from .containers import inspect, list_all, name_of
from .shape import NOTHING, maybe
from .streams import frames, last
from .waiting import until

LOG_LINES = 20
OUTPUT_LIMIT = 64 * 1024  # bytes of these lines
STOP_LIMIT = 10  # default seconds for a container to stop
GONE_LIMIT = 60  # seconds for the Engine to stop or remove a container, on top of the container's own stop timeout
SETTLE_LIMIT = 5.0  # seconds to wait whether a container that is being removed disappears

ALREADY = 304  # the container is already in the requested state

WARNED = {"Warnings": maybe([str])}

# Error texts of the Engine (20.10 to 28) for a host port used by another container, or by another process.
_PORT_TAKEN = re.compile(
    r"(?:Bind for|listen \w+|bind host port(?: for)?) (\S*?):(\d+)(?=[:/ ]).* already (?:allocated|in use)"
)
# That for a network that is gone, by its ID, or by its name if the container has never run.
_NETWORK_GONE = re.compile(r"network (\S+) not found")
# Error texts for a missing container, Docker and Podman; a 404 may also be about one of its networks.
_NONE = ("no such container", "no container with")


def is_whole(container: Mapping[str, Any] | None) -> bool:
    """Whether a container exists and is not being removed."""
    return container is not None and container["State"].get("Status") not in ("dead", "removing")


def name_taken(error: ConflictError, name: str) -> ConflictError:
    """The error for a name that another container has taken since it was checked."""
    if "in use" in error.said:
        error.cause = "another container has got the name %s in the meantime" % name
        error.fix = "Run the task again when the other container is no longer needed."
    return error


def _post(
    client: Client,
    container: str,
    verb: str,
    query: Mapping[str, Any] | None = None,
    expect: Any = NOTHING,
    **words: Any,
) -> Any:
    """POST /containers/{id}/{verb}. Raises NotFound with an explanation if the container has disappeared."""
    try:
        return client.call("POST", "/containers/%s/%s" % (segment(container), verb), query, expect=expect, **words)
    except NotFound as error:
        if any(none in error.said.lower() for none in _NONE):
            error.cause, error.fix = (
                "it does not exist: somebody else has removed or replaced it",
                "Run the task again.",
            )
        raise


def start(client: Client, container: str) -> None:
    """POST /containers/{id}/start; does nothing if the container is running.

    Raises EngineError, with the cause for a port in use or a missing network, and with the container's last lines in
    ``container_output``.
    """
    try:
        _post(client, container, "start", also=(ALREADY,))
    except EngineError as error:
        taken = _PORT_TAKEN.search(error.said)
        if taken:
            error.cause = "port %s is in use (on address %s)%s" % (
                taken.group(2),
                taken.group(1),
                _holder(client, taken.group(2)),
            )
            error.fix = "Stop the program or container that uses the port, or publish another port."
        gone = _NETWORK_GONE.search(error.said)
        if gone:
            _explain(error, inspect(client, container) or {}, gone.group(1))
        error.details.setdefault("container_output", last_output(client, container))
        raise


def _explain(error: EngineError, container: Mapping[str, Any], network: str) -> None:
    """Name the missing network, and say what helps."""
    there = ((container.get("NetworkSettings") or {}).get("Networks") or {}).items()
    name = next((name for name, shown in there if (shown or {}).get("NetworkID") == network), network)
    error.cause = "its network %s was removed, or recreated with another ID" % name
    error.fix = "Create the network if it does not exist, and set recreate: true."


def start_again(client: Client, container: str, paused: bool = False) -> None:
    """Undo the stop of a container. Raises IrreversibleError if it is gone."""
    try:
        start(client, container)
    except NotFound:
        if inspect(client, container):
            raise
        raise IrreversibleError("The stopped container no longer exists", "Run the task again.")
    if paused:
        pause(client, container)


def pause(client: Client, container: str) -> None:
    """POST /containers/{id}/pause; does nothing if it is paused."""
    try:
        _post(client, container, "pause")
    except ConflictError as error:
        if "already paused" not in error.said:
            raise


def unpause(client: Client, container: str) -> None:
    """POST /containers/{id}/unpause; does nothing if it is not paused (an error of its own in the Engine)."""
    try:
        _post(client, container, "unpause")
    except EngineError as error:
        if "not paused" not in error.said:
            raise


def stop(client: Client, container: str, seconds: int = STOP_LIMIT) -> None:
    """POST /containers/{id}/stop: signal it to end, and kill it after ``seconds`` (-1: never)."""
    try:
        _post(client, container, "stop", {"t": seconds}, timeout=_silence(seconds), also=(ALREADY,))
    except NotFound:
        pass


def kill(client: Client, container: str, signal: str | None = None, seconds: int = STOP_LIMIT) -> None:
    """POST /containers/{id}/kill; does nothing if the container is not running.

    After a custom signal, it is killed after ``seconds`` (-1: never).
    """
    try:
        _post(client, container, "kill", {"signal": signal})
        if signal and not until(lambda: _is_over(client, container), seconds if seconds >= 0 else None):
            kill(client, container)
    except (NotFound, ConflictError):
        pass


def _is_over(client: Client, container: str) -> bool | None:
    """True if a container is not running, or gone."""
    found = inspect(client, container)
    return None if found and found["State"]["Running"] else True


def restart(client: Client, container: str, seconds: int = STOP_LIMIT) -> None:
    """POST /containers/{id}/restart, with ``seconds`` as above."""
    _post(client, container, "restart", {"t": seconds}, timeout=_silence(seconds))


def rename(client: Client, container: str, new: str) -> None:
    """POST /containers/{id}/rename. If the connection breaks, retries unless the rename was done."""
    try:
        try:
            _post(client, container, "rename", {"name": new})
        except ConnectionBroken:
            found = inspect(client, container)
            if found is None or name_of(found) != new:
                _post(client, container, "rename", {"name": new})
    except ConflictError as error:
        raise name_taken(error, new)


def update(client: Client, container: str, options: Mapping[str, str], body: Mapping[str, Any]) -> None:
    """POST /containers/{id}/update: limits and the restart policy. The Engine ignores zero and empty values.

    ``options`` maps dotted paths in the body to the user's options. Raises EngineError for a limit that it discards.
    """
    answer = _post(client, container, "update", body=body, expect=WARNED)
    refuse_losses(client, container, body, answer, options)


def revert(client: Client, name: str, options: Mapping[str, str], body: Mapping[str, Any]) -> None:
    """Undo an update. Raises EngineError for limits that were not set before: an update cannot remove one."""
    update(client, name, {}, body)
    shown = (inspect(client, name) or {}).get("HostConfig", {})
    stuck = sorted(options.get("HostConfig." + key, key) for key in body if not body[key] and shown.get(key))
    if stuck:
        raise EngineError(
            "the Engine cannot remove %s from an existing container" % ", ".join(stuck),
            "Set recreate: true to remove it.",
        )


def refuse_losses(
    client: Client, container: str, asked: Mapping[str, Any], answer: Mapping[str, Any], options: Mapping[str, str]
) -> None:
    """If the Engine warns, check that it has kept what was ``asked``: it discards what the kernel does not support."""
    if not (answer or {}).get("Warnings"):
        return
    kept = (inspect(client, container) or {}).get("HostConfig", {})
    nothing: Tuple[Any, ...] = (None, 0, -1, "", [], {})
    lost = [key for key in asked if asked[key] not in nothing and kept.get(key) in nothing]
    if lost:
        names = ", ".join(sorted(options.get("HostConfig." + key, key) for key in lost))
        raise EngineError(
            "this engine does not support %s: %s" % (names, " ".join(answer["Warnings"]).rstrip(".")), "Remove it."
        )


def remove(
    client: Client, container: str, volumes: bool = False, force: bool = False, patience: float | None = None
) -> None:
    """DELETE /containers/{id}, with its anonymous volumes if requested; does nothing if it is gone.

    Retries if the connection breaks. Raises SlipwayError if it still exists after ``patience`` seconds (default:
    GONE_LIMIT).
    """
    query, silence = {"v": volumes, "force": force}, max(patience or 0, GONE_LIMIT)
    try:
        _delete(client, container, query, silence)
    except ConnectionBroken:
        _delete(client, container, query, silence)
    await_gone(client, container, patience)


def discard(client: Client, container: str, beside: str, volumes: bool) -> None:
    """Remove by force what an interrupted replacement left ``beside`` a container, if one is given.

    Raises ConflictError if that is gone: then another run is replacing it right now.
    """
    if beside and not is_whole(inspect(client, beside)):
        raise ConflictError("another run is replacing the container at the same time", "Run the task again.")
    remove(client, container, volumes, force=True)


def _delete(client: Client, container: str, query: Mapping[str, Any], silence: float) -> None:
    try:
        client.call("DELETE", "/containers/%s" % segment(container), query, timeout=silence, expect=NOTHING)
    except NotFound:
        pass
    except ConflictError as error:
        if "already in progress" not in error.said:
            raise


def await_gone(client: Client, container: str, patience: float | None = None) -> None:
    """Wait until a container is removed: the Engine may answer earlier, while the name is still in use."""
    limit = GONE_LIMIT if patience is None else patience
    if not until(lambda: None if inspect(client, container) else True, limit):
        raise SlipwayError(
            "it still exists after %g s" % limit, "Look at the engine's log, or increase removal_wait_timeout."
        )


def inspect_settled(client: Client, container: Mapping[str, Any]) -> Dict[str, Any] | None:
    """Inspect again a container that is being removed: once it is gone or, if it stays, after SETTLE_LIMIT."""
    try:
        await_gone(client, container["Id"], SETTLE_LIMIT)
    except SlipwayError:
        pass
    return inspect(client, container["Id"])


def look_at(**outputs: str) -> str:
    """The advice to look at these parts of the result, without those that are empty."""
    names = [name for name, output in outputs.items() if output.strip()]
    return "Look at %s." % " and ".join(names) if names else "There is no output."


def last_words(output: str) -> str:
    """The last line of an output, as part of a sentence; empty if there is none."""
    words = output.strip().rpartition("\n")[2].strip()
    return ': "%s"' % words[:200] if words else ""


def health_output(container: Mapping[str, Any]) -> str:
    """The output of a container's last health checks."""
    log = (container["State"].get("Health") or {}).get("Log") or ()
    return "".join(entry.get("Output", "") for entry in log)[-4000:]


def logged(client: Client, container: str, tty: bool, **query: str) -> Iterator[Tuple[int, bytes]]:
    """GET /containers/{id}/logs: its output, as from ``frames``. Raises EngineError if the log cannot be read."""
    which = {"stdout": True, "stderr": True, **query}
    return frames(client.request("GET", "/containers/%s/logs" % segment(container), which).chunks(), tty)


def last_output(client: Client, container: str) -> str:
    """The last lines of a container's output, empty if they cannot be read."""
    try:
        tty = (inspect(client, container) or {}).get("Config", {}).get("Tty", False)
        pieces = logged(client, container, tty, tail=str(LOG_LINES))
        return last((piece for _stream, piece in pieces), OUTPUT_LIMIT)[0].decode("utf-8", "replace")
    except SlipwayError:
        return ""


def _holder(client: Client, port: str) -> str:
    """The other container that publishes a port, in words."""
    try:
        found = list_all(client, publish=[port], status=["running"])
    except SlipwayError:
        return ""
    names = ", ".join(sorted(name_of(entry) for entry in found))
    return " by the container %s" % names if names else ""


def _silence(seconds: int) -> float:
    """How long the Engine may be silent while a container stops."""
    return seconds + GONE_LIMIT if seconds >= 0 else 10**6
