# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the harness."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from harness.driver import PYTHON, run_module
from harness.image import BASE
from harness.lab import PLACE


def test_a_container_runs_and_serves_a_page(engine):
    """From the base image. The published port is reachable from the host and from inside."""
    page = "echo it works > /tmp/index.html; exec httpd -f -p 80 -h /tmp"
    engine.docker("run", "-d", "--name", "web", "-p", "8080:80", "--stop-signal", "KILL", BASE, "sh", "-c", page)
    engine.await_server("web")
    url = "http://%s:8080/index.html" % engine.address
    assert urllib.request.urlopen(url, timeout=10).read() == b"it works\n"
    assert engine.exec_in_ns(["busybox", "wget", "-qO-", url]) == "it works"
    assert engine.names("container") == ["web"]
    assert engine.inspect("container", "web")["State"]["Running"]


def test_a_macvlan_network_has_a_parent(engine):
    """The interface of the engine's network."""
    engine.docker("network", "create", "-d", "macvlan", "-o", "parent=eth0", "--subnet", "192.0.2.0/24", "lan")
    assert engine.docker("run", "--rm", "--network", "lan", BASE, "ip", "-o", "-4", "address").count("192.0.2.") >= 1


def test_each_test_starts_with_an_empty_engine(engine):
    """Objects of earlier tests are removed; the base image exists."""
    assert engine.names("container") == []
    assert engine.names("network") == ["bridge", "host", "none"]
    assert engine.names("volume") == []
    assert engine.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", BASE) == BASE


def test_an_engine_is_isolated(engine):
    """Its configuration, plugins and containerd are private, and the host does not see its mounts."""
    assert str(engine.root) not in Path("/proc/self/mountinfo").read_text()
    assert json.loads(engine.configuration.read_text()) == {}
    assert engine.inspect("image", BASE)["Config"]["Cmd"] == ["sh"]


def test_an_engine_restarts_with_its_objects(engine):
    """Stop and start, for tests that change daemon.json or take the engine away."""
    engine.docker("volume", "create", "kept")
    engine.restart()
    assert engine.names("volume") == ["kept"]


def test_tls_lets_in_only_clients_with_a_certificate(tls_engine, authority):
    """The CLI over TCP with and without one."""
    mine, url = authority.issue("harness-client"), "tcp://%s:2376" % tls_engine.address
    trusted = ["docker", "--host", url, "--tlsverify", "--tlscacert", str(mine / "ca.pem")]
    both = ["--tlscert", str(mine / "cert.pem"), "--tlskey", str(mine / "key.pem")]
    assert subprocess.run([*trusted, *both, "version"], capture_output=True, check=False).returncode == 0
    assert subprocess.run([*trusted, "version"], capture_output=True, check=False).returncode != 0


def test_images_are_pushed_to_and_pulled_from_the_registry(engine, registry):
    """By digest. Unknown users are rejected."""
    assert registry.get("/v2/_catalog", authorized=False) == 401
    registry.admit(engine)
    remote = registry.host + "/team/base:1"
    engine.docker("tag", BASE, remote)
    engine.docker("push", remote)
    assert registry.get("/v2/team/base/tags/list") == 200
    digest = engine.docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", remote)
    engine.docker("rmi", remote)
    engine.docker("pull", digest)


def test_module_results_are_those_of_ansible(engine):
    """From the archive and unpacked."""
    params = {"name": "data", "docker_host": engine.host}
    ours = run_module("volume_info", params)
    packed = str(Path(PYTHON).resolve())
    assert packed != PYTHON
    assert ours == run_module("volume_info", params, python=packed)
    words = [str(Path(sys.executable).with_name("ansible")), "localhost", "-m", "slipway.docker.volume_info"]
    done = subprocess.run(
        [*words, "-a", json.dumps(params), "-e", "ansible_python_interpreter=/usr/bin/python3"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(Path(__file__).parents[2] / ".cache/collections")},
    )
    theirs = json.loads(done.stdout[done.stdout.index("{") :])
    for key in ("changed", "exists", "volume"):
        assert ours[key] == theirs[key]


def processes(word):
    """The command lines of the processes that contain a word."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(entry.read_text())
        except OSError:
            continue  # it has ended
    return [line for line in lines if word in line]


def test_the_next_run_cleans_up_after_a_killed_run(tmp_path):
    """A terminated run cleans up itself."""
    program = tmp_path / "run.py"
    program.write_text(
        "import sys, time\n"
        "from harness.engine import Engine\n"
        "from harness.lab import Lab\n"
        "engine = Engine(Lab(), 'left')\n"
        "engine.docker('run', '-d', '%s', 'sleep', '1000')\n"
        "print('ready', flush=True)\n"
        "time.sleep(1000)\n" % BASE
    )
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    victim = subprocess.Popen([sys.executable, str(program)], env=environ, stdout=subprocess.PIPE, text=True)
    assert victim.stdout
    assert victim.stdout.readline() == "ready\n"
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    time.sleep(0.2)
    assert list(PLACE.glob("slipway-test-%d-*" % victim.pid))
    sweep = "from harness.lab import sweep; sweep()"
    subprocess.run([sys.executable, "-c", sweep], env=environ, check=True)
    assert not list(PLACE.glob("slipway-test-%d-*" % victim.pid))
    assert not list(Path("/run/netns").glob("slw%d-*" % victim.pid))
    assert not processes("slipway-test-%d-" % victim.pid)


def test_simultaneous_runs_do_not_remove_each_other():
    """None takes another, which is just starting, for the remains of a killed one."""
    program = (
        "import time; from harness.lab import Lab; lab = Lab(); time.sleep(1); assert (lab.root / 'owner').exists()"
    )
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    runs = [
        subprocess.Popen([sys.executable, "-c", program], env=environ, stderr=subprocess.PIPE, text=True)
        for _run in range(6)
    ]
    assert [run.communicate()[1] for run in runs] == [""] * len(runs)


def test_a_scenario_checks_the_promises_of_a_module(engine, scenario, name):
    """Check, apply, apply again, verified with the docker command."""

    def verify(result):
        assert engine.inspect("volume", name)["Labels"] == {"tier": "web"}
        assert result["volume"]["Name"] == name

    scenario("volume", verify, name=name, labels={"tier": "web"})
    scenario("volume", lambda result: engine.names("volume") == [], name=name, state="absent")
