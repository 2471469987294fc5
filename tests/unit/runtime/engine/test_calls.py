# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of each function of runtime/engine are those of the table, and nothing is missing from it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from scripted import Engine

from .call_table import table

ENGINE = Path(__file__).resolve().parents[4] / "plugins" / "module_utils" / "runtime" / "engine"


def raising(kind):
    """Expects an exception, or none."""
    return pytest.raises(kind) if kind else nullcontext()


def make(row, engine):
    """Make the calls of a row."""
    with engine as client, raising(row.raises):
        made = row.function(client, *row.args, **row.words)
        if isinstance(made, Iterator):
            list(made)


@pytest.mark.parametrize("row", table(), ids=lambda row: row.name)
def test_what_is_called(row):
    """Method, path and query, in this order, and what is sent where the row has it."""
    make(row, Engine(*row.calls, version=row.version))


class Watched(Engine):
    """Notes the lines of runtime/engine from which it is called, as (name of a file, number)."""

    def __init__(self, *calls, reached, **words):
        super().__init__(*calls, **words)
        self.reached = reached

    def request(self, *args, **words):
        """As Engine."""
        frame = sys._getframe(1)
        while frame:
            path = Path(frame.f_code.co_filename)
            if path.parent.name == "engine":
                self.reached.add((path.stem, frame.f_lineno))
            frame = frame.f_back
        return super().request(*args, **words)


def parsed():
    """The files of runtime/engine that use the client, by name."""
    return {path.stem: ast.parse(path.read_text()) for path in ENGINE.glob("*.py") if path.stem != "client"}


def test_each_place_that_calls_the_engine_is_reached():
    """By a row of the table."""
    reached = set()
    for one in table():
        make(one, Watched(*one.calls, version=one.version, reached=reached))
    missed = [
        "%s.py:%d" % (name, node.lineno)
        for name, tree in parsed().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _calls_the_engine(node.func)
        if not any((name, line) in reached for line in range(node.lineno, node.end_lineno + 1))
    ]
    assert missed == []


def _calls_the_engine(function):
    return (
        isinstance(function, ast.Attribute)
        and function.attr in ("call", "get", "request", "upgraded")
        and isinstance(function.value, ast.Name)
        and function.value.id in ("client", "beside")
    )


def test_each_function_that_takes_a_client_is_in_the_table():
    """Also those that call the engine only through others."""
    public = set()
    for name, tree in parsed().items():
        for node in tree.body:
            functions = node.body if isinstance(node, ast.ClassDef) else [node]
            prefix = "%s.%s." % (name, node.name) if isinstance(node, ast.ClassDef) else name + "."
            public |= {
                prefix + function.name
                for function in functions
                if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
                if "client" in [arg.arg for arg in function.args.args]
            }
    assert public == {one.name for one in table()}
