# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine that a module connects to, and errors if there is none: each names the cause and a remedy."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time

import pytest
from harness.driver import failed, run_module, succeeded


@pytest.fixture(scope="session")
def tcp_engine(engine_factory):
    """An engine that also listens on TCP without TLS, with a volume that identifies it."""
    engine = engine_factory("tcp", "--host=tcp://0.0.0.0:2375", "--tls=false")
    engine.docker("volume", "create", "tcp-was-here")
    return engine


@pytest.fixture
def reaches_tcp(tcp_engine):
    """Asserts that these options and variables select the engine on TCP."""

    def check(environ=None, **params):
        result = run_module("volume_info", {"name": "tcp-was-here", **params}, environ=environ)
        assert succeeded(result)["exists"], "another engine answered"

    return check


def refusal(environ=None, python=None, **params):
    """The error of a module that cannot connect to its engine."""
    interpreter = {"python": python} if python else {}
    return failed(run_module("volume_info", {"name": "xy", **params}, environ=environ, **interpreter))


def test_the_engine_is_reached_over_a_socket_and_over_tcp(tcp_engine, reaches_tcp):
    """In several spellings."""
    for host in (
        tcp_engine.host,
        tcp_engine.socket,
        "tcp://%s" % tcp_engine.address,
        "tcp://%s:2375" % tcp_engine.address,
        "http://%s:2375/" % tcp_engine.address,
    ):
        reaches_tcp(docker_host=host)
    reaches_tcp(docker_url=tcp_engine.host, tls=False, validate_certs=False)


def test_the_precedence_of_addresses(tcp_engine, reaches_tcp, tmp_path, shared_engine):
    """Options, DOCKER_HOST, DOCKER_CONTEXT, then the current context of the docker command."""
    here, elsewhere = "tcp://" + tcp_engine.address, shared_engine.host
    config = {"DOCKER_CONFIG": str(tmp_path)}
    for name, host in (("here", here), ("elsewhere", elsewhere)):
        tcp_engine.docker("--config", str(tmp_path), "context", "create", name, "--docker", "host=" + host)
    reaches_tcp({"DOCKER_HOST": elsewhere, "DOCKER_CONTEXT": "elsewhere", **config}, docker_host=here)
    reaches_tcp({"DOCKER_HOST": elsewhere, "DOCKER_CONTEXT": "elsewhere", **config}, cli_context="here")
    reaches_tcp({"DOCKER_HOST": here, "DOCKER_CONTEXT": "elsewhere", **config})
    reaches_tcp({"DOCKER_HOST": here, "DOCKER_CONTEXT": "elsewhere", **config}, cli_context="default")
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": "elsewhere"}))
    reaches_tcp({"DOCKER_HOST": "", "DOCKER_CONTEXT": "here", **config})
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": "here"}))
    reaches_tcp({"DOCKER_CONTEXT": "", **config})


def test_a_missing_context(tmp_path):
    """The error has its name, and the directory."""
    message = refusal({"DOCKER_CONFIG": str(tmp_path)}, cli_context="nowhere")
    assert "cli_context: there is no context nowhere in %s" % tmp_path in message
    assert "docker context ls" in message


@pytest.mark.parametrize(
    "params, message",
    [
        ({"docker_host": "tcp://h", "cli_context": "c"}, "docker_host and cli_context are mutually exclusive"),
        (
            {"docker_host": "docker.example"},
            "docker_host: 'docker.example' is not an address of an engine. Use an address such as",
        ),
        (
            {"docker_host": "npipe:////./pipe/docker_engine"},
            "npipe:// is for Windows, and engines on Windows are not supported",
        ),
        (
            {"docker_host": "/s", "tls": True},
            (
                "tls: TLS is not used for the connection to unix:///s. Remove the option, or set docker_host "
                "to a tcp:// address"
            ),
        ),
        (
            {"docker_host": "http://h", "validate_certs": True},
            "docker_host: http:// does not use TLS, but TLS is requested",
        ),
        ({"docker_host": "tcp://h", "ca_path": "/ca"}, "ca_path: this has no effect, because TLS is off"),
        ({"timeout": 0}, "timeout: 0 is out of range"),
        (
            {"api_version": "latest"},
            "api_version: 'latest' is not a version of the Engine API. Use a version such as 1.41, or auto",
        ),
        ({"api_version": "1.24"}, "api_version: 1.24 is older than 1.41"),
    ],
)
def test_contradictory_options_are_rejected(params, message):
    """Before a call, with the option's name."""
    assert message in refusal(**params)


def test_an_unsupported_api_version(shared_engine):
    """The error has the supported versions. A supported version is used."""
    message = refusal(docker_host=shared_engine.host, api_version="1.99")
    assert "client version 1.99 is too new. Maximum supported API version is" in message
    assert "Remove api_version (auto), or set it to one that the engine supports" in message
    succeeded(run_module("volume_info", {"docker_host": shared_engine.host, "name": "xy", "api_version": "1.41"}))
    environ = {"DOCKER_API_VERSION": "v1.41", "DOCKER_TIMEOUT": ""}
    succeeded(run_module("volume_info", {"docker_host": shared_engine.host, "name": "xy"}, environ=environ))


def test_a_missing_socket(tmp_path):
    """Check mode assumes that an earlier task installs the engine. A run fails."""
    host = "unix://%s/no.sock" % tmp_path
    assert refusal(docker_host=host) == (
        "There is no engine at %s: the socket does not exist. Install and start the engine "
        "(role slipway.docker.engine), or set docker_host to where it listens." % host
    )
    assert refusal({"DOCKER_HOST": host}) == refusal(docker_host=host)
    foreseen = succeeded(run_module("volume", {"docker_host": host, "name": "xy"}, check=True))
    assert foreseen["changed"]
    assert "Check mode assumes an engine without any objects" in json.dumps(foreseen["warnings"])


def test_a_missing_socket_with_an_engine_elsewhere(shared_engine, tmp_path):
    """An error in check mode, too, which names the engine; for a common address only a warning."""
    (tmp_path / "docker.sock").symlink_to(shared_engine.socket)
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    task = {"docker_host": "unix://%s/wrong.sock" % tmp_path, "name": "xy"}
    for check in (True, False):
        message = failed(run_module("volume", task, check=check, environ=environ))
        assert "There is one at unix://%s/docker.sock; set docker_host to that" % tmp_path in message
    usual = {**task, "docker_host": "unix:///run/podman/podman.sock"}
    foreseen = succeeded(run_module("volume", usual, check=True, environ=environ))
    assert "There is one at unix://%s/docker.sock" % tmp_path in str(foreseen["warnings"])


def test_a_stopped_daemon(tcp_engine, tmp_path):
    """Nothing listens on TCP, or on the socket of a killed daemon. Check mode fails, too."""
    tcp_engine.stop()
    try:
        message = refusal(docker_host="tcp://" + tcp_engine.address)
    finally:
        tcp_engine.start()
    assert "Nothing listens at %s port 2375. Start the engine there" % tcp_engine.address in message
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(tmp_path / "stale.sock"))
    stale.close()
    for check in (False, True):
        params = {"docker_host": "unix://%s/stale.sock" % tmp_path, "name": "xy"}
        message = failed(run_module("volume", params, check=check))
        assert "does not run: its socket is there, but nobody listens. Start it" in message


def test_a_socket_without_permission(shared_engine, tmp_path):
    """For an unprivileged user."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups /usr/bin/python3 "$@"\n')
    python.chmod(0o755)
    message = refusal(docker_host=shared_engine.host, python=str(python))
    assert (
        "This user may not use the engine's socket %s. Run the task with 'become: true'" % shared_engine.socket
        in message
    )


def test_a_file_that_is_not_a_socket(tmp_path):
    """For example, the path of the configuration."""
    (tmp_path / "file").write_text("")
    assert "file is no socket. Set docker_host" in refusal(docker_host="unix://%s/file" % tmp_path)


def test_a_silent_engine(tmp_path):
    """The module waits until the timeout, on a socket and on TCP."""
    with socket.socket(socket.AF_UNIX) as silent, socket.create_server(("127.0.0.1", 0)) as listener:
        silent.bind(str(tmp_path / "silent.sock"))
        silent.listen()
        for host in ("unix://%s/silent.sock" % tmp_path, "tcp://127.0.0.1:%d" % listener.getsockname()[1]):
            began = time.monotonic()
            message = refusal({"DOCKER_TIMEOUT": "2"}, docker_host=host)
            assert 2 <= time.monotonic() - began < 10
            assert (
                "No data from %s for 2 s: nothing arrived. Check that it is a working engine. If it "
                "is only slow, increase timeout"
            ) % host in message
            assert "increase timeout" in message


def test_an_unknown_host_name():
    """One that is reserved for this purpose (RFC 6761)."""
    message = refusal(docker_host="tcp://engine.invalid:2375")
    assert "The name engine.invalid cannot be resolved" in message
    assert "Check docker_host and DNS" in message


def test_another_service_that_answers(tmp_path):
    """A web server is not an engine, for all modules."""
    words = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path, text=True) as server:
        try:
            host = "tcp://127.0.0.1:" + server.stdout.readline().partition("port ")[2].split()[0]
            for version in ("auto", "1.41"):
                params = {"docker_host": host, "api_version": version, "name": "xy", "state": "absent"}
                message = failed(run_module("volume", params))
                assert message.startswith("The server at %s is not an engine" % host)
                assert message.endswith("Check docker_host.")
        finally:
            server.terminate()
