# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CA certificates, passwords, client certificates and mirrors change while an engine pulls, without a restart."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time

import bcrypt
import pytest
from harness.certificates import Authority
from harness.driver import failed, succeeded
from harness.front import Front
from harness.image import BASE
from harness.registry import Registry


class Pulls:
    """Pulls an image repeatedly. Records the error of each pull, empty for success."""

    def __init__(self, host, image):
        self.record = []
        self._host, self._image = host, image
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._ended.set()
        self._thread.join()

    def _run(self):
        while not self._ended.is_set():
            self.record.append(self._host.docker("pull", self._image))

    def more(self, count=3):
        """Wait for more pulls that start after this call."""
        enough, deadline = len(self.record) + 1 + count, time.monotonic() + 60
        while len(self.record) < enough:
            assert time.monotonic() < deadline, "there are no pulls any more"
            time.sleep(0.05)


@pytest.fixture
def labelled(engine):
    """Creates an image with a label and a name, and pushes it. The engine does not keep it."""

    def make(name, label):
        container = engine.docker("create", BASE)
        engine.docker("commit", "--change", "LABEL from=" + label, container, name)
        engine.docker("rm", container)
        engine.docker("push", name)
        engine.docker("rmi", name)

    return make


def test_a_ca_is_replaced_without_a_failed_pull(module, host, engine, lab, registry, params, name):
    """Hosts first trust both, then the registry changes its certificate, then hosts remove the old CA."""
    address = lab.subnet + ".1"
    old, new = Authority(lab.root / "old-authority"), Authority(lab.root / "new-authority")
    shown = [authority.issue("front", address) for authority in (old, new)]
    both = old.certificate.read_text() + new.certificate.read_text()
    succeeded(module("registry", **params))
    assert host.push(registry, name)
    front = Front(registry, address, shown[0])
    image, process = "%s/%s" % (front.host, name), engine.pid
    login = {**params, "registry": front.host}
    succeeded(module("registry", **{**login, "registry_ca": old.certificate.read_text()}))
    with Pulls(host, image) as pulls:
        pulls.more()
        module.scenario("registry", **{**login, "registry_ca": both})
        pulls.more()
        front.show(shown[1])
        pulls.more()
        module.scenario("registry", **{**login, "registry_ca": new.certificate.read_text()})
        pulls.more()
    assert len(pulls.record) >= 12
    assert not [why for why in pulls.record if why]
    assert engine.pid == process
    front.show(shown[0])
    assert "unknown authority" in host.docker("pull", image)
    front.close()


def test_a_password_is_changed(module, host, lab, authority, params):
    """It is stored after the registry has it. Before that the task fails, and the old one is kept."""
    registry = Registry(lab, authority, "passwords")
    login = {**params, "registry": registry.host}
    succeeded(module("registry", **login))
    before = host.config.read_text()
    changed = {**login, "password": "another: one"}
    assert "rejects the user or the password" in failed(module("registry", **changed))
    assert host.config.read_text() == before
    hashed = bcrypt.hashpw(b"another: one", bcrypt.gensalt(4)).decode()
    (registry.root / "htpasswd").write_text("%s:%s\n" % (registry.username, hashed))
    made = module.scenario("registry", **changed)
    assert made["actions"] == [
        "log in to registry %s: the stored password differs" % registry.host,
    ]
    assert host.config.read_text() != before


def test_client_certificates(module, host, lab, authority, params, name):
    """They can be replaced. A certificate that the registry rejects, or with the key of another, is rolled back."""
    registry = Registry(lab, authority, "wanting", certified=True)
    directory = host.certificates(registry.host)
    login = {**params, "registry": registry.host}
    assert module("registry", **login)["failed"]
    assert not directory.exists()

    def client(place, key=None):
        return {
            "registry_client_certificate": (place / "cert.pem").read_text(),
            "registry_client_key": ((key or place) / "key.pem").read_text(),
        }

    first, second = authority.issue("first"), authority.issue("second")
    made = module.scenario("registry", **login, **client(first))
    assert "PRIVATE KEY" not in str(made)
    modes = {path.name: host.mode(path) for path in directory.iterdir()}
    assert modes == {"ca.crt": 0o644, "client.cert": 0o644, "client.key": 0o600}
    assert host.push(registry, name)

    stranger = Authority(lab.root / "unknown-authority").issue("stranger")
    for wrong in (client(stranger), client(second, key=first)):
        assert "The steps before it have been rolled back" in failed(module("registry", **login, **wrong))
        assert (directory / "client.cert").read_text() == (first / "cert.pem").read_text()
        assert (directory / "client.key").read_text() == (first / "key.pem").read_text()

    module.scenario("registry", **login, **client(second))
    assert host.push(registry, name)
    (directory / "client.key").chmod(0o640)
    module.scenario("registry", **login, **client(second))
    assert host.mode(directory / "client.key") == 0o600
    module.scenario("registry", registry=registry.host, state="absent")
    assert not directory.exists()


def reads_hosts_toml(engine):
    """Whether this engine supports mirrors of any registry: since 28.0, with the containerd image store."""
    return engine.containerd_store and engine.major >= 28


def digest(registry, name):
    """The digest of a name in a registry."""
    types = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"
    types += ", application/vnd.oci.image.index.v1+json"
    return registry.call("GET", "/v2/%s/manifests/latest" % name, headers={"Accept": types})[1]["Docker-Content-Digest"]


def fetched(engine, registry, image):
    """The digest that containerd resolves, which engines that read hosts.toml use."""
    socket = next(engine.root.glob("exec/**/containerd.sock"))
    ctr = [*engine.enter(), "ctr", "--address", str(socket), "--namespace", "test"]
    fetch = ["content", "fetch", "--hosts-dir", "/etc/docker/certs.d"]
    fetch += ["--user", "%s:%s" % (registry.username, registry.password), image + ":latest"]
    subprocess.run([*ctr, *fetch], check=True, capture_output=True)
    listed = subprocess.run([*ctr, "image", "list"], check=True, capture_output=True, text=True).stdout
    return re.search(r"sha256:\w+", listed)[0]


def test_mirrors(module, host, engine, registry, mirror, params, name, labelled):
    """Engines that support them use the mirror first and then the registry; others use the registry."""
    image, open_mirror = "%s/%s" % (registry.host, name), mirror.origin
    registry.admit(engine)
    open_trust = {"registry": open_mirror.host, "registry_ca": params["registry_ca"]}
    succeeded(module("registry", **open_trust))
    labelled(image, "registry")
    labelled("%s/%s" % (open_mirror.host, name), "mirror")
    labelled(image + "-only-there", "registry")

    def pulled(what):
        assert not host.docker("pull", what)
        label = engine.docker("image", "inspect", "--format", "{{.Config.Labels.from}}", what)
        engine.docker("rmi", what)
        return label

    succeeded(module("registry", **params))
    assert pulled(image) == "registry"
    process = engine.pid
    mirrors = [{"url": "https://" + open_mirror.host, "ca_path": "/etc/docker/certs.d/%s/ca.crt" % open_mirror.host}]
    made = module.scenario("registry", **params, mirrors=mirrors)
    assert made["registry"]["hosts_path"] == "/etc/docker/certs.d/%s/hosts.toml" % registry.host
    assert host.mode(host.trusted.parent / "hosts.toml") == 0o644
    assert pulled(image) == ("mirror" if reads_hosts_toml(engine) else "registry")
    assert pulled(image + "-only-there") == "registry"
    assert host.push(registry, name + "-pushed")

    if shutil.which("ctr"):
        assert fetched(engine, registry, image) == digest(open_mirror, name)
        assert digest(open_mirror, name) != digest(registry, name)

    absent = [{"url": "https://" + open_mirror.host, "ca_path": "/etc/docker/nothing.crt"}]
    assert "There is no file /etc/docker/nothing.crt" in failed(module("registry", **params, mirrors=absent))
    module.scenario("registry", **params, changed=False)
    module.scenario("registry", **params, mirrors=[])
    assert not (host.trusted.parent / "hosts.toml").exists()
    assert pulled(image) == "registry"
    assert engine.pid == process
    module.scenario("registry", **open_trust, changed=False)
    succeeded(module("registry", registry=open_mirror.host, state="absent"))
