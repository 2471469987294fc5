# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command in a running container. There is no state to compare, so every task runs it."""

from __future__ import annotations

import shlex
from typing import Any, Dict, Mapping

from ..engine import containers, execs
from ..engine.client import Client
from ..errors import InputError
from ..state import grammar
from ..state.field import IGNORE, Control, Field
from ..state.plan import Plan, Step
from ..state.resource import Params, Resource
from ..state.table import Table
from ..values import environment

TABLE = Table(
    noun="container",
    options=(
        Control("container", required=True, grammar=grammar.container),
        Field("argv", type="list", elements="str", api="Cmd", on_change=IGNORE),
        Field("command", api="Cmd", canonical=shlex.split, on_change=IGNORE),
        Field("chdir", api="WorkingDir", on_change=IGNORE),
        Control("command_timeout", type="float", default=0.0),
        Control("detach", type="bool", default=False),
        Field(
            "env",
            type="dict",
            secret=True,
            canonical=environment.canonical,
            check=environment.check,
            encode=lambda value: {"Env": environment.encode(value)},
            on_change=IGNORE,
        ),
        Field("privileged", type="bool", api="Privileged", on_change=IGNORE),
        Control("stdin", secret=True, binary=True),
        Control("stdin_add_newline", type="bool", default=True),
        Control("strip_empty_ends", type="bool", default=True),
        Field("tty", type="bool", api="Tty", on_change=IGNORE),
        Field("user", api="User", on_change=IGNORE),
    ),
    mutually_exclusive=(("argv", "command"),),
    required_one_of=(("argv", "command"),),
)


def plan(params: Params, container: Mapping[str, Any] | None) -> Plan:
    """Run the command. Raises InputError for an empty command and for contradictory options."""
    name = params["container"]
    body = TABLE.body(TABLE.want(params))
    argv, chdir = body["Cmd"], params["chdir"]
    if not argv or not argv[0]:
        option = "command" if params["argv"] is None else "argv"
        raise InputError(
            "%s: there is no program to run in %r" % (option, params[option]), "Give its name or path first."
        )
    if chdir and not chdir.startswith("/"):
        raise InputError("chdir: %r is not an absolute path" % chdir, "Use a path that begins with a slash.")
    if params["detach"] and (params["stdin"] is not None or params["command_timeout"] > 0):
        raise InputError("stdin and command_timeout cannot be used with detach: true")
    reason = "in the container %s" % name
    verb = "start" if params["detach"] else "run"
    if container is None:
        step = Step(verb, "command", argv[0], reason, containers.refuse, (name,))
    elif params["detach"]:
        step = Step(verb, "command", argv[0], reason, execs.start, (containers.ref(container), body))
    else:
        step = Step(verb, "command", argv[0], reason, _run, (containers.ref(container), body, params))
    return Plan((step,), warnings=_warnings(name, container))


def _warnings(name: str, container: Mapping[str, Any] | None) -> tuple[str, ...]:
    if container is None:
        return ("There is no container %s to run the command in." % name,)
    state = container["State"]
    if not state["Running"] or state.get("Paused"):
        return ("The container %s is %s, so it cannot run the command." % (name, state["Status"]),)
    return ()


def _run(client: Client, container: containers.Ref, body: Mapping[str, Any], params: Params) -> Dict[str, Any]:
    stdin = params["stdin"]
    if stdin is not None:
        stdin = (stdin + ("\n" if params["stdin_add_newline"] else "")).encode("utf-8", "surrogateescape")
    result = execs.run(client, container, body, stdin, params["command_timeout"])
    for stream in ("stdout", "stderr"):
        text = result[stream].decode("utf-8", "replace")
        result[stream] = text.rstrip("\r\n") if params["strip_empty_ends"] else text
    return result


CONTAINER_EXEC = Resource(
    TABLE,
    observe=lambda client, params: containers.inspect(client, params["container"]),
    report=lambda params, container: {},
    plan=plan,
    # Ansible treats any other exit code than zero as a failure, unless told otherwise.
    outcome=lambda params, results: {"failed": False, **results[0]},
)
