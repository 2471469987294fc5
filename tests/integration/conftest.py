# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration tests: real engines, a real registry, and modules packaged by Ansible."""

from __future__ import annotations

import itertools
import os
import re
import signal
from typing import Any, Iterator, Protocol

import pytest
from harness import payload, report
from harness.certificates import Authority
from harness.driver import Modules, Remote
from harness.engine import Engine
from harness.faults import Proxy
from harness.lab import Lab
from harness.registry import Mirror, Registry
from harness.tokens import TokenServer

COUNTER = itertools.count(1)


class EngineFactory(Protocol):
    """Starts engines that run until the end of the test run."""

    def __call__(self, name: str, *arguments: str, daemon_json: dict[str, Any] | None = None) -> Engine: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--image-store=containerd`` selects the image store of the shared engine (requires Docker Engine 25.0)."""
    parser.addoption("--image-store", choices=("graphdriver", "containerd"))


def pytest_configure(config: pytest.Config) -> None:
    """Make a SIGTERM end the run like Ctrl-C, with cleanup."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the tables that tests have filled through ``report_table``."""
    reports = [entry for entries in terminalreporter.stats.values() for entry in entries]
    for title, rows in report.tables(reports).items():
        terminalreporter.section(title)
        for line in report.lines(rows):
            terminalreporter.line(line)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="session", autouse=True)
def unpacked_modules() -> Iterator[None]:
    """Remove unpacked modules at the end of each worker."""
    yield
    payload.clean()


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The directory and the network of the engines."""
    if os.geteuid() != 0:
        pytest.fail("The integration tests start engines of their own, which needs root: sudo bin/test integration")
    lab = Lab()
    yield lab
    lab.close()


@pytest.fixture(scope="session")
def engine_factory(lab: Lab) -> EngineFactory:
    """Starts more engines: engine_factory(name, *dockerd_arguments, daemon_json={})."""

    def make(name: str, *arguments: str, daemon_json: dict[str, Any] | None = None) -> Engine:
        return Engine(lab, name, *arguments, daemon_json=daemon_json)

    return make


@pytest.fixture(scope="session")
def shared_engine(engine_factory: EngineFactory, pytestconfig: pytest.Config) -> Engine:
    """The engine that most tests share."""
    store = pytestconfig.getoption("image_store")
    return engine_factory(
        "engine", daemon_json=store and {"features": {"containerd-snapshotter": store == "containerd"}}
    )


@pytest.fixture(scope="session")
def containerd_engine(shared_engine: Engine, engine_factory: EngineFactory) -> Engine:
    """An engine with the containerd image store."""
    if shared_engine.major < 25:
        pytest.skip("Docker %s has one image store only" % shared_engine.version)
    return engine_factory("containerd", daemon_json={"features": {"containerd-snapshotter": True}})


@pytest.fixture
def classic_store(shared_engine: Engine) -> None:
    """Skips tests whose result differs with the containerd image store because of the engine."""
    if shared_engine.containerd_store:
        pytest.skip("what is tested is about the other image store")


@pytest.fixture
def engine(shared_engine: Engine) -> Iterator[Engine]:
    """The shared engine. Containers, networks and volumes are removed after each test."""
    yield shared_engine
    shared_engine.clean()


@pytest.fixture(scope="session")
def authority(lab: Lab) -> Authority:
    """The certificate authority of this run."""
    return Authority(lab.root / "authority")


@pytest.fixture(scope="session")
def tls_engine(lab: Lab, authority: Authority) -> Engine:
    """An engine that also listens on TCP port 2376 of its address, for clients with a certificate of the authority."""
    # The address is known when the engine's network namespace exists, and the engine needs the certificate to start.
    place = authority.issue("tls", *("%s.%d" % (lab.subnet, last) for last in range(2, 255)))
    return Engine(
        lab,
        "tls",
        "--tlsverify",
        "--tlscacert=%s" % (place / "ca.pem"),
        "--tlscert=%s" % (place / "cert.pem"),
        "--tlskey=%s" % (place / "key.pem"),
        "--host=tcp://0.0.0.0:2376",
    )


@pytest.fixture(scope="session")
def registry(lab: Lab, authority: Authority) -> Registry:
    """A private registry with TLS and a user; ``registry.admit(engine)`` makes an engine trust it."""
    return Registry(lab, authority)


@pytest.fixture(scope="session")
def other_registry(lab: Lab, authority: Authority) -> Registry:
    """Another private registry, with the same user."""
    return Registry(lab, authority, "other")


@pytest.fixture(scope="session")
def token_server(lab: Lab, authority: Authority) -> Iterator[TokenServer]:
    """A server that issues tokens for ``token_registry``."""
    server = TokenServer(lab, authority)
    yield server
    server.close()


@pytest.fixture(scope="session")
def token_registry(lab: Lab, authority: Authority, token_server: TokenServer) -> Registry:
    """A registry that requires tokens."""
    return Registry(lab, authority, "tokens", settings=token_server.settings())


@pytest.fixture(scope="session")
def mirror(lab: Lab, authority: Authority) -> Mirror:
    """A registry without authentication, and a pull-through mirror of it."""
    return Mirror(lab, authority)


@pytest.fixture
def proxy(registry: Registry) -> Iterator[Proxy]:
    """A proxy in front of the registry that can cause faults."""
    proxy = Proxy(registry)
    yield proxy
    proxy.close()


@pytest.fixture
def remote(registry: Registry, authority: Authority) -> Remote:
    """Runs the modules for registries, with the user of ``registry``."""
    return Remote(username=registry.username, password=registry.password, ca_path=str(authority.certificate))


@pytest.fixture
def module(engine: Engine) -> Modules:
    """Runs modules against the shared engine: module("volume", check=True, name="data")."""
    return Modules(engine)


@pytest.fixture
def scenario(module: Modules) -> Any:
    """Check, apply, apply again, verify; see Modules.scenario."""
    return module.scenario


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A unique name."""
    return "%s-%d" % (re.sub("[^a-z0-9]+", "-", request.node.name.lower())[:40].strip("-"), next(COUNTER))


class TableRow(Protocol):
    """Adds a row to a table that is printed at the end of the run."""

    def __call__(self, title: str, /, **columns: Any) -> None: ...


@pytest.fixture
def report_table(request: pytest.FixtureRequest) -> TableRow:
    """Adds a row: report_table("Faults of a replacement", call="03 create", fault="cut", outcome="old one runs").

    Rows are sorted by their columns, the first one first, and come from failed tests too.
    """

    def add(title: str, /, **columns: Any) -> None:
        request.node.user_properties.append(report.entry(title, columns))

    return add
