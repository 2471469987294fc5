# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filters registry_problems and registry_settings."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.registry_problems import registry_problems
from ansible_collections.slipway.docker.plugins.filter.registry_settings import registry_settings

FILES = {"certificate": "/c", "key": "/k", "htpasswd": "/h", "token": "/t"}
DECLARED: dict[str, Any] = {
    "image": "",
    "version": "2.8",
    "address": "10.0.0.1",
    "port": 5000,
    "log_level": "info",
    "headers": {},
    "metrics_address": "",
    "storage": "filesystem",
    "data": "/data",
    "s3": {},
    "deletion": True,
    "proxy": {},
    "auth": "htpasswd",
    "token": {},
    "drain_timeout": 60,
    "users": [],
    "certificate": "",
    "certificate_key": "",
    "certificate_ca": "",
    "cleanup": {},
    "config": {},
    "files": FILES,
}
TOKEN = {"realm": "https://auth.example.com", "service": "registry", "issuer": "auth", "certificates": "PEM"}
RULE = {"repositories": ["*"], "keep": {"last": 1}}
THREE = {"image": "registry:3.1.1", "version": "3"}


def settings(**declared: Any) -> dict[str, Any]:
    """The configuration for DECLARED with these changes."""
    made: dict[str, Any] = registry_settings({**DECLARED, **declared}, "secret")
    return made


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"storage": "s3", "s3": {"bucket": "b", "region": "r", "access_key": "a", "secret_key": "s"}},
        {"auth": "token", "token": TOKEN},
        {"proxy": {"url": "https://registry.example.com"}, "auth": "none"},
        {"metrics_address": "127.0.0.1:5001", "headers": {"X-Frame-Options": ["DENY"]}},
        {"cleanup": {"schedule": "04:00", "rules": [RULE]}},
        {"config": {"redis": {"addr": "localhost:6379"}, "notifications": {"endpoints": [{"name": "a", "url": "u"}]}}},
        {"image": "registry:2.8.3", "config": {"storage": {"swift": {"any": "thing"}}}},
        THREE,
        {**THREE, "config": {"redis": {"addrs": ["a:1"], "db": 0, "tls": {"rootcas": ["/ca"]}}}},
        {**THREE, "config": {"auth": {"token": {"jwks": "/j", "realm": "r"}}, "http": {"h2c": {"enabled": True}}}},
        {**THREE, "config": {"proxy": {"ttl": "1h", "exec": {"command": "c"}}, "tags": {"maxtags": 10}}},
        {**THREE, "config": {"validation": {"manifests": {"indexes": {"platformlist": [{"os": "linux"}]}}}}},
    ],
)
def test_valid_options_have_no_problems(declared: dict[str, Any]) -> None:
    assert registry_problems({**DECLARED, **declared}) == []


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"storage": "s3", "s3": {"bucket": "b", "region": "r", "endpoint": "http://s", "encrypt": True}},
        {"auth": "token", "token": TOKEN, "metrics_address": "127.0.0.1:5001"},
        {"proxy": {"url": "https://registry.example.com", "username": "u", "password": "p"}},
    ],
)
@pytest.mark.parametrize("version", ["2.8", "3"])
def test_the_configuration_of_the_role_has_only_known_keys(version: str, declared: dict[str, Any]) -> None:
    made = settings(version=version, **declared)
    assert registry_problems({"image": "registry", "version": version, "config": made}) == []


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        (
            {"config": {"http": {"draintimout": "1s"}}},
            "http.draintimout is not supported by the registry (did you mean http.draintimeout?)",
        ),
        ({"config": {"health": {"tcp": [{"adr": "a:1"}]}}}, "health.tcp[0].adr is not supported"),
        ({"config": {"storage": "filesystem"}}, "storage must be a dictionary"),
        ({"config": {"notifications": {"endpoints": {}}}}, "notifications.endpoints must be a list"),
        ({"config": {"http": {"addr": {}}}}, "http.addr must be a scalar"),
        ({"config": {"http": {"h2c": {"enabled": True}}}}, "http.h2c is not supported"),
        (
            {**THREE, "config": {"redis": {"addr": "a:1"}}},
            "redis.addr is not supported by the registry (did you mean redis.addrs?)",
        ),
        ({**THREE, "config": {"redis": {"pool": {"maxidle": 1}}}}, "redis.pool is not supported"),
        ({**THREE, "config": {"storage": {"oss": {}}}}, "storage.oss is not supported"),
        ({**THREE, "config": {"reporting": {}, "compatibility": {}}}, "compatibility is not supported"),
        ({**THREE, "config": {"validation": {"manifests": {"indexes": {"platformlist": [{"cpu": 1}]}}}}}, "[0].cpu"),
        ({"version": "3"}, "requires registry_image"),
        ({"image": "registry:2.8.3", "cron": True}, "requires systemd"),
        ({"storage": "s3", "s3": {"bucket": "b"}}, "requires bucket and region"),
        ({"storage": "s3", "s3": {"bucket": "b", "region": "r", "access_key": "a"}}, "secret_key"),
        ({"s3": {"bucket": "b", "region": "r"}}, "registry_storage: s3"),
        ({"auth": "token", "token": {"realm": "r"}}, "realm, service, issuer and certificates"),
        ({"token": TOKEN}, "registry_auth: token"),
        ({"auth": "none", "users": [{"name": "a"}]}, "registry_auth: htpasswd"),
        ({"proxy": {"username": "a"}}, "requires url"),
        ({"certificate_key": "k"}, "require registry_certificate"),
        ({"certificate_ca": "k"}, "require registry_certificate"),
        ({"cleanup": {"grace": 5}}, "requires schedule"),
        (
            {"cleanup": {"schedule": "04:00"}, "storage": "s3", "s3": {"bucket": "b", "region": "r"}},
            "requires registry_storage: filesystem",
        ),
        ({"cleanup": {"schedule": "04:00"}, "proxy": {"url": "u"}}, "cannot be used with registry_proxy"),
        ({"cleanup": {"schedule": "04:00", "rules": [{"keep": {"last": 1}}]}}, "rules[0] requires repositories"),
        ({"cleanup": {"schedule": "04:00", "rules": [RULE, {**RULE, "keep": {}}]}}, "rules[1].keep requires"),
        ({"cleanup": {"schedule": "04:00", "rules": [{**RULE, "keep": {"last": 0}}]}}, "last"),
        ({"cleanup": {"schedule": "04:00", "rules": [{**RULE, "keep": {"newer_than": "soon"}}]}}, "an age"),
    ],
)
def test_each_problem_is_reported_once(declared: dict[str, Any], says: str) -> None:
    found = registry_problems({**DECLARED, **declared})
    assert len(found) in (1, 2)
    assert any(says in sentence for sentence in found)


def test_problems_contain_no_secrets() -> None:
    s3 = {"secret_key": "hush"}
    found = registry_problems({**DECLARED, "s3": s3, "config": {"http": {"secret": {"hush": 1}, "sercet": "hush"}}})
    assert found
    assert "hush" not in " ".join(found)


def test_other_types_than_a_dictionary_are_rejected() -> None:
    with pytest.raises(AnsibleFilterError):
        registry_problems("x")  # type: ignore[arg-type]


def test_options_are_converted_to_the_configuration() -> None:
    made = settings(address="::1", headers={"X-Frame-Options": ["DENY"]}, deletion=False)
    assert made["http"]["addr"] == "[::1]:5000"
    assert made["http"]["headers"] == {"X-Content-Type-Options": ["nosniff"], "X-Frame-Options": ["DENY"]}
    assert made["http"]["secret"] == "secret"
    assert made["http"]["draintimeout"] == "60s"
    assert made["storage"]["delete"] == {"enabled": False}
    assert made["storage"]["filesystem"] == {"rootdirectory": "/data"}
    assert made["auth"] == {"htpasswd": {"realm": "registry", "path": "/h"}}
    assert "debug" not in made["http"]
    assert "proxy" not in made


def test_s3_options_are_converted_to_the_names_of_the_registry() -> None:
    s3 = {"bucket": "b", "region": "r", "endpoint": "http://s", "secret_key": "s", "access_key": "a", "directory": None}
    made = settings(storage="s3", s3=s3)
    wanted = {"bucket": "b", "region": "r", "regionendpoint": "http://s", "secretkey": "s", "accesskey": "a"}
    assert made["storage"]["s3"] == wanted
    assert "filesystem" not in made["storage"]
    assert settings(version="3", storage="s3", s3=s3)["storage"]["s3"] == {**wanted, "forcepathstyle": True}
    amazon = {"bucket": "b", "region": "r"}
    assert settings(version="3", storage="s3", s3=amazon)["storage"]["s3"] == amazon


def test_authentication() -> None:
    assert "auth" not in settings(auth="none")
    assert settings(auth="token", token=TOKEN)["auth"]["token"] == {
        "realm": "https://auth.example.com",
        "service": "registry",
        "issuer": "auth",
        "rootcertbundle": "/t",
    }


def test_registry_config_is_merged_and_overrides_options() -> None:
    made = settings(config={"http": {"prefix": "/r/", "draintimeout": "5s"}, "log": {"level": "debug"}})
    assert made["http"]["prefix"] == "/r/"
    assert made["http"]["draintimeout"] == "5s"
    assert made["http"]["addr"] == "10.0.0.1:5000"
    assert made["log"]["level"] == "debug"
    assert made["log"]["accesslog"] == {"disabled": True}


def test_a_missing_option_is_named_in_the_error() -> None:
    with pytest.raises(AnsibleFilterError, match="drain_timeout"):
        registry_settings({key: value for key, value in DECLARED.items() if key != "drain_timeout"}, "secret")


def other(**declared: Any) -> dict[str, str]:
    """The configuration of another registry of the host, as the role reads it."""
    text = json.dumps(settings(**declared))
    return {"source": "/etc/docker/registries/x/config.yml", "content": base64.b64encode(text.encode()).decode()}


S3 = {"storage": "s3", "s3": {"bucket": "b", "region": "r"}}


@pytest.mark.parametrize(
    ("another", "declared", "says"),
    [
        ({"data": "/x", "port": 5001}, {}, ""),
        ({"data": "/data-x", "address": "10.0.0.2"}, {}, ""),
        ({"data": "/x"}, {}, "10.0.0.1:5000 is already used by the registry in /etc/docker/registries/x"),
        ({"data": "/x", "address": "0.0.0.0"}, {}, "10.0.0.1:5000 is already used"),
        ({"data": "/x", "address": "10.0.0.2"}, {"address": "::"}, "[::]:5000 is already used"),
        ({"data": "/x", "port": 1, "metrics_address": "10.0.0.1:5000"}, {}, "10.0.0.1:5000 is already used"),
        ({"data": "/data/x", "port": 5001}, {}, "stores its images in the same place"),
        ({"data": "/", "port": 5001}, {}, "stores its images in the same place"),
        ({**S3, "port": 5001}, S3, "stores its images in the same place"),
        ({**S3, "port": 5001}, {**S3, "s3": {**S3["s3"], "bucket": "c"}}, ""),
        ({**S3, "port": 5001}, {}, ""),
        ({"data": "/x"}, {"config": {"http": {"addr": ":5001"}}}, ""),
    ],
)
def test_conflicts_with_another_registry_are_problems(
    another: dict[str, Any], declared: dict[str, Any], says: str
) -> None:
    found = registry_problems({**DECLARED, **declared, "others": [other(**another)]})
    assert len(found) == (1 if says else 0)
    assert says in "".join(found)


@pytest.mark.parametrize("schedule", ["0 4 * * 0", "*/5 0-6,22 1,15 jan Sun", "* * * * *", "0-30/10 4 * * 7"])
def test_valid_schedules_for_cron(schedule: str) -> None:
    assert registry_problems({**DECLARED, "cron": True, "cleanup": {"schedule": schedule}}) == []


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ("Sun 04:00", "five fields"),
        ("0 4 * * 0 rm", "five fields"),
        ("60 4 * * 0", "60 for the minute"),
        ("0 6-4 * * 0", "6-4 for the hour"),
        ("0 4 0 * 0", "0 for the day of the month"),
        ("0 4 * dez 0", "dez for the month"),
        ("*/0 4 * * 0", "*/0 for the minute"),
        ("0 4 * * 8", "8 for the day of the week"),
    ],
)
def test_invalid_schedules_for_cron(schedule: str, says: str) -> None:
    (found,) = registry_problems({**DECLARED, "cron": True, "cleanup": {"schedule": schedule}})
    assert found.startswith("registry_cleanup.schedule ") and says in found


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"host": "my_host"}, "registry_host is my_host"),
        ({"host": "registry.example.com:5000"}, "without a port"),
        ({"host": "-a.example"}, "registry_host"),
        ({"host": "a..example"}, "registry_host"),
        ({"host": "a/b"}, "registry_host"),
        ({"host": "registr\u00fc.example"}, "registry_host"),
        ({"host": ".".join(["a" * 60] * 5)}, "registry_host"),
        ({"address": "registry.example.com"}, "must be an IP address"),
        ({"names": ["a b"]}, "registry_names contains a b"),
        ({"names": ["https://a.example"]}, "registry_names"),
        ({"port": 0}, "1 to 65535"),
        ({"port": 65536}, "1 to 65535"),
        ({"metrics_address": "127.0.0.1:99999"}, "1 to 65535"),
        ({"port": 443, "image": "registry:2"}, "ports below 1024"),
        ({"port": 443, "cron": True}, "ports below 1024"),
        ({"metrics_address": "127.0.0.1:90", "cron": True}, "ports below 1024"),
        ({"certificate_days": 30, "certificate_renew_days": 30}, "each run would issue"),
        ({"certificate_days": 0, "certificate_renew_days": 0}, "each run would issue"),
        ({"certificate_days": 30, "certificate_renew_days": -1}, "must be less"),
        ({"drain_timeout": -1}, "must not be negative"),
    ],
)
def test_names_addresses_ports_and_times_are_checked(declared: dict[str, Any], said: str) -> None:
    """Otherwise the role would fail halfway through, or report a change in each run."""
    (problem,) = registry_problems({**DECLARED, **declared})
    assert said in problem


@pytest.mark.parametrize(
    "declared",
    [
        {"host": "registry", "names": ["*.example.com", "192.0.2.1", "2001:db8::1", "my_host"]},
        {"host": "Registry.Example.com"},
        {"host": "2001:db8::1", "address": "::"},
        {"port": 443},
        {"certificate": "PEM", "certificate_key": "PEM", "certificate_days": 1, "certificate_renew_days": 30},
        {"certificate_days": 31, "certificate_renew_days": 30},
    ],
)
def test_valid_names_addresses_ports_and_times(declared: dict[str, Any]) -> None:
    """The role does not renew the given certificate."""
    assert registry_problems({**DECLARED, **declared}) == []
