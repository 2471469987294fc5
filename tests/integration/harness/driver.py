# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules as Ansible does, and checks what each module promises."""

from __future__ import annotations

import contextlib
import fnmatch
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping

from .engine import Engine
from .payload import payload, unpacked, with_arguments

Result = dict[str, Any]

# The interpreter of a target, without the packages of this test environment.
PYTHON = os.environ.get("SLIPWAY_TARGET_PYTHON", "/usr/bin/python3")
# Runs a program from standard input, then prints its peak memory in KiB.
MEASURE = """
import resource, subprocess, sys
code = subprocess.run([sys.argv[1], "-"]).returncode
print("\\n%d" % resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
# Runs an unpacked module like the program that Ansible sends, with arguments from standard input.
UNPACKED = """
import sys
place, name = sys.argv[1:]
sys.path = [place, *(path for path in sys.path if path)]
from ansible.module_utils._internal._ansiballz import _loader
name = "ansible_collections.slipway.docker.plugins.modules." + name
_loader.run_module(
    json_params=sys.stdin.buffer.read(), profile="legacy", module_fqn=name, modlib_path=place, extensions={}
)
"""
PROMISED = ("changed", "actions", "diff")


def run_module(
    name: str,
    params: Mapping[str, Any],
    *,
    check: bool = False,
    diff: bool = True,
    environ: Mapping[str, str] | None = None,
    inside: Engine | None = None,
    python: str = PYTHON,
) -> Result:
    """Run a module, with or without the prefix ``slipway.docker.``, and return its result with ``rc``.

    ``environ`` is added to an almost empty environment. With ``inside``, the module runs in the namespaces of that
    engine (its network and /etc/docker). Raises AssertionError if the module does not return a result.

    The files are those that Ansible sends, unpacked once for all runs. An interpreter that is not one of the
    two of these tests gets the very program that Ansible sends.
    """
    full = name if "." in name else "slipway.docker." + name
    arguments = {
        **params,
        "_ansible_check_mode": check,
        "_ansible_diff": diff,
        "_ansible_module_name": full,
        "_ansible_no_log": False,
        "_ansible_verbosity": 0,
        "_ansible_version": "2.19.14",
        "_ansible_remote_tmp": "/tmp",
        "_ansible_keep_remote_files": False,
    }
    home = str(inside.root / "client") if inside else "/nonexistent"
    sent = json.dumps({"ANSIBLE_MODULE_ARGS": arguments})
    if name != full and python in (PYTHON, sys.executable):
        program, given = ["-c", UNPACKED, str(unpacked(full)), name], sent
    else:
        program, given = ["-"], with_arguments(payload(full), sent)
    done = subprocess.run(
        [*(inside.enter() if inside else ()), python, *program],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath + ":/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": home, **(environ or {})},
    )
    try:
        result: Result = json.loads(done.stdout)
    except ValueError:
        raise AssertionError("%s gave no result:\n%s\n%s" % (full, done.stdout, done.stderr)) from None
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return {"rc": done.returncode, "failed": False, **result}


@contextmanager
def started(noun: str, /, environ: Mapping[str, str] | None = None, **params: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A running module process, which is killed at the end."""
    program = with_arguments(payload("slipway.docker." + noun), json.dumps({"ANSIBLE_MODULE_ARGS": params}))
    process = subprocess.Popen(
        [PYTHON, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.defpath + ":/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": "/nonexistent", **(environ or {})},
    )
    try:
        assert process.stdin
        process.stdin.write(program.encode())
        process.stdin.close()
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition holds. Raises AssertionError after a timeout."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.005)


def largest_file(place: Path, pattern: str = "*") -> int:
    """Return the size in bytes of the largest file in a directory where a process may be renaming files."""
    largest = 0
    for parent, _directories, names in os.walk(place):
        for name in fnmatch.filter(names, pattern):
            with contextlib.suppress(FileNotFoundError):
                largest = max(largest, (Path(parent) / name).stat().st_size)
    return largest


def run_measured(name: str, params: Mapping[str, Any], python: str = PYTHON) -> tuple[Result, int]:
    """Run a module. Returns its result and the maximum memory of its process in bytes."""
    done = subprocess.run(
        [python, "-c", MEASURE, python],
        input=with_arguments(payload("slipway.docker." + name), json.dumps({"ANSIBLE_MODULE_ARGS": dict(params)})),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": "/nonexistent"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result, _line, peak = done.stdout.strip().rpartition("\n")
    return json.loads(result), int(peak) * 1024


class Modules:
    """Runs modules in an environment against an engine, unless ``docker_host`` names another one."""

    def __init__(self, engine: Engine, **environ: str) -> None:
        self.engine = engine
        self.environ = environ

    def __call__(self, module: str, /, check: bool = False, diff: bool = True, **params: Any) -> Result:
        """Run a module with these options. Returns its result, which may be a failure."""
        options = {"docker_host": self.engine.host, **params}
        return run_module(module, options, check=check, diff=diff, environ=self.environ)

    def scenario(
        self,
        module: str,
        /,
        verify: Callable[[Result], object] | None = None,
        *,
        changed: bool = True,
        stable: bool = True,
        **params: Any,
    ) -> Result:
        """Check what each module promises, for one set of options. Returns the result of applying them.

        Check mode, apply, and apply again: check mode predicts the ``actions``, ``changed`` and ``diff`` of the run
        (so it changes nothing itself), and the second run has nothing to do. ``verify`` gets the result of applying
        and checks the engine; it is called again after the second run. ``changed=False`` means that the first run has
        nothing to do, and ``stable=False`` that the options request a change in each run.
        """
        predicted = succeeded(self(module, check=True, **params))
        applied = succeeded(self(module, **params))
        assert promised(predicted) == promised(applied), "check mode predicted something else"
        assert applied["changed"] is changed, applied
        assert bool(applied["actions"]) is changed, applied
        if verify:
            verify(applied)
        if stable:
            again = succeeded(self(module, **params))
            assert not again["changed"], "the second run: %s" % json.dumps(promised(again), indent=2)
            assert again["actions"] == []
            assert again["diff"]["before"] == again["diff"]["after"]
            if verify:
                verify(again)
        return applied


class Remote(Modules):
    """Runs modules for registries with the Python of this environment, which has requests."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    def __call__(self, module: str, /, check: bool = False, diff: bool = True, **params: Any) -> Result:
        """Run a module with these options. Returns its result, which may be a failure."""
        return run_module(module, {**self.options, **params}, check=check, diff=diff, python=sys.executable)


def succeeded(result: Result) -> Result:
    """The result, which must not be a failure."""
    assert not result["failed"], result.get("msg")
    return result


def failed(result: Result) -> str:
    """The message of a failed result, in one line and without a traceback."""
    assert result["failed"], result
    message: str = result["msg"]
    assert "\n" not in message, message
    assert result["changed"] is False, result
    return message


def promised(result: Result) -> Result:
    """The parts of a result that check mode must predict."""
    return {key: result.get(key) for key in PROMISED}
