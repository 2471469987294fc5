# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that the engine would reject are rejected before anything changes, also in check mode."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from harness.engine import ApiError
from harness.image import BASE

from .in_process import converge, converge_twice

TASK = {"name": "web", "image": BASE, "command": "sleep 1000", "stop_timeout": 0}
BIG = 2**63
CPUS, MEMORY = "cpuset_cpus", "cpuset_mems"


def raw(engine, config=None, **host):
    """The engine's error for a raw create request, or for the start, which it must reject."""
    body = {"Image": BASE, "Cmd": ["sleep", "1000"], "StopTimeout": 0, **(config or {})}
    body["HostConfig"] = {"NetworkMode": "none", **host}
    made = None
    try:
        with pytest.raises(ApiError) as caught:
            made = engine.api("POST", "/v1.41/containers/create?name=raw", body)["Id"]
            engine.api("POST", "/v1.41/containers/%s/start" % made)
    finally:
        if made:
            engine.api("DELETE", "/v1.41/containers/%s?force=1" % made)
    return str(caught.value)


def log(driver, **options):
    """The log configuration in a request."""
    return {"LogConfig": {"Type": driver, "Config": {key.replace("_", "-"): value for key, value in options.items()}}}


# Options of a task, the equivalent raw request, and a part of the message.
REFUSED = [
    (
        {"capabilities": ["BOGUS"]},
        {"CapAdd": ["BOGUS"]},
        "capabilities: 'BOGUS' is not a capability such as NET_ADMIN, or ALL",
    ),
    (
        {"cap_drop": ["CAP_BOGUS"]},
        {"CapDrop": ["CAP_BOGUS"]},
        "cap_drop: 'BOGUS' is not a capability such as NET_ADMIN, or ALL",
    ),
    (
        {"security_opts": ["bogus"]},
        {"SecurityOpt": ["bogus"]},
        "security_opts: 'bogus' is not a security option; use one of",
    ),
    (
        {"security_opts": ["bogus=1"]},
        {"SecurityOpt": ["bogus=1"]},
        "security_opts: 'bogus=1' is not a security option; use one of",
    ),
    (
        {"security_opts": ["label"]},
        {"SecurityOpt": ["label"]},
        "security_opts: 'label' is not a security option; use one of",
    ),
    (
        {"security_opts": ["no-new-privileges=maybe"]},
        {"SecurityOpt": ["no-new-privileges=maybe"]},
        "security_opts: no-new-privileges must be true or false, not 'maybe'",
    ),
    (
        {"security_opts": ["systempaths=unconfined"]},
        {"SecurityOpt": ["systempaths=unconfined"]},
        "security_opts: systempaths is an option of the Docker CLI only; set masked_paths and readonly_paths to []",
    ),
    ({"security_opts": ["seccomp=/x"]}, {"SecurityOpt": ["seccomp=/x"]}, "security_opts: seccomp takes the text of a"),
    (
        {"security_opts": ["seccomp={x"]},
        {"SecurityOpt": ["seccomp={x"]},
        "security_opts: the profile of seccomp is not",
    ),
    (
        {"log_driver": "json-file", "log_options": {"bogus": "1"}},
        log("json-file", bogus="1"),
        "log_options: the log driver json-file has no option bogus. It has cache-compress, ",
    ),
    ({"log_options": {"bogus": "1"}}, log("", bogus="1"), "log_options: the log driver json-file has no option bogus."),
    (
        {"log_driver": "local", "log_options": {"labels": "a"}},
        log("local", labels="a"),
        "log_options: the log driver local has no option labels",
    ),
    *(
        (
            {"log_driver": driver, "log_options": {name: value}},
            log(driver, **{name: value}),
            (
                "log_options: %s is '%s', which the log driver %s does not accept. Use sizes such as 10m, "
                "numbers from 1, and true or false; mode is blocking or non-blocking"
            )
            % (name, value, driver),
        )
        for driver, name, value in (
            ("json-file", "max-size", "bogus"),
            ("json-file", "max-size", "0"),
            ("json-file", "max-file", "0"),
            ("json-file", "compress", "x"),
            ("json-file", "mode", "x"),
            ("local", "max-size", "bogus"),
            ("local", "max-file", "x"),
        )
    ),
    (
        {"tmpfs": ["/x:huge=never"]},
        {"Tmpfs": {"/x": "huge=never"}},
        "tmpfs: 'huge=never' on /x is not an option of tmpfs",
    ),
    ({"tmpfs": ["/x:size"]}, {"Tmpfs": {"/x": "size"}}, "tmpfs: 'size' on /x is not an option of tmpfs"),
    ({"ipc_mode": "bogus"}, {"IpcMode": "bogus"}, "ipc_mode: 'bogus' is none of none, private, shareable, host"),
    (
        {"device_cgroup_rules": ["c *:* x"]},
        {"DeviceCgroupRules": ["c *:* x"]},
        "device_cgroup_rules: 'c *:* x' is not a rule such as 'c 1:3 rwm'",
    ),
    (
        {"ulimits": ["bogus:1"]},
        {"Ulimits": [{"Name": "bogus", "Soft": 1, "Hard": 1}]},
        "ulimits: 'bogus' is not a limit; use one of",
    ),
    (
        {"ulimits": ["nofile:%d" % BIG]},
        {"Ulimits": [{"Name": "nofile", "Soft": BIG, "Hard": BIG}]},
        "ulimits: nofile: %d:%d is too large for a limit; use -1 for no limit" % (BIG, BIG),
    ),
    ({"cpu_shares": BIG}, {"CpuShares": BIG}, "cpu_shares: %d is more than the Engine takes" % BIG),
    ({"cpu_shares": 1}, {"CpuShares": 1}, "cpu_shares: 1 is not from 2 to 262144"),
    ({"cpu_shares": 262145}, {"CpuShares": 262145}, "cpu_shares: 262145 is not from 2 to 262144"),
    ({"pids_limit": BIG}, {"PidsLimit": BIG}, "pids_limit: %d is more than the Engine takes" % BIG),
    ({"pids_limit": 4194305}, {"PidsLimit": 4194305}, "pids_limit: 4194305 is not from 1 to 4194304"),
    ({"cpu_rt_runtime": 1000001}, {"CpuRealtimeRuntime": 1000001}, "cpu_rt_runtime cannot be more than cpu_rt_period"),
    ({"cpu_rt_period": -1}, {"CpuRealtimePeriod": -1}, "cpu_rt_period: -1 is less than zero"),
    (
        {CPUS: "99999"},
        {"CpusetCpus": "99999"},
        "cpuset_cpus: '99999' has a number above 8192, the maximum of the Engine",
    ),
    (
        {"sysctls": {"vm.swappiness": 1}},
        {"Sysctls": {"vm.swappiness": "1"}},
        "sysctls: vm.swappiness applies to the whole host and cannot be set for a container",
    ),
    (
        {"sysctls": {"net.core.somaxconn": 100}, "network_mode": "host"},
        {"Sysctls": {"net.core.somaxconn": "100"}, "NetworkMode": "host"},
        "sysctls: with network_mode: host, net.core.somaxconn is that of the host",
    ),
]
# The same, for values outside of HostConfig.
REFUSED_ABOVE = [
    (
        {"healthcheck": {"test": ["CMD", "true"], "retries": BIG}},
        {"Healthcheck": {"Test": ["CMD", "true"], "Retries": BIG}},
        "healthcheck: %d is more than the Engine takes, which is %d" % (BIG, BIG - 1),
    ),
    ({"env": {"A": "b\0c"}}, {"Env": ["A=b\0c"]}, "env: it has a NUL character"),
    ({"env": {"A\0": "b"}}, {"Env": ["A\0=b"]}, "env: it has a NUL character"),
    ({"working_dir": "/a\0b"}, {"WorkingDir": "/a\0b"}, "working_dir: it has a NUL character"),
    ({"hostname": "a\0b"}, {"Hostname": "a\0b"}, "hostname: it has a NUL character"),
    ({"user": "a\0b"}, {"User": "a\0b"}, "user: it has a NUL character"),
    (
        {"user": "2147483648"},
        {"User": "2147483648"},
        "user: 2147483648 is not a user or group ID, which is from 0 to",
    ),
    ({"user": "-1"}, {"User": "-1"}, "user: -1 is not a user or group ID, which is from 0 to 2147483647"),
]


def refused(engine, task, words):
    """Check that a task is rejected, in check mode and in a run, and that an existing container is kept."""
    for check in (True, False):
        with pytest.raises(SlipwayError) as caught:
            converge(engine, check, **{**TASK, **task})
        assert words in str(caught.value)
    assert engine.names("container") == []
    there = engine.docker("run", "--detach", "--name", "web", "--stop-timeout", "0", BASE, "sleep", "1000")
    for check in (True, False):
        with pytest.raises(SlipwayError) as caught:
            converge(engine, check, **{**TASK, **task})
        assert words in str(caught.value)
    shown = engine.inspect("container", "web")
    assert (shown["Id"], shown["State"]["Running"], shown["RestartCount"]) == (there, True, 0)
    assert engine.names("container") == ["web"]


@pytest.mark.parametrize(("task", "host", "words"), REFUSED, ids=[row[2][:60] for row in REFUSED])
def test_values_that_the_engine_rejects(task, host, words, engine):
    """Independent of the host."""
    assert raw(engine, **host)
    refused(engine, task, words)


@pytest.mark.parametrize(("task", "config", "words"), REFUSED_ABOVE, ids=[row[2][:60] for row in REFUSED_ABOVE])
def test_process_settings_that_the_engine_rejects(task, config, words, engine):
    """Independent of the host."""
    assert raw(engine, config)
    refused(engine, task, words)


def test_resources_that_the_host_does_not_have(engine):
    """Processors and memory nodes. Existing ones are accepted."""
    there = engine.api("GET", "/info")["NCPU"]
    last, node = "0-%d" % (there - 1), "0"
    wanted = [
        (
            {"cpus": there + 1},
            {"NanoCpus": (there + 1) * 10**9},
            "cpus: %d is more than the %d that" % (there + 1, there),
        ),
        ({CPUS: "8000"}, {"CpusetCpus": "8000"}, "cpuset_cpus: the engine's host has the processors "),
        ({MEMORY: "77"}, {"CpusetMems": "77"}, "cpuset_mems: the engine's host has the memory nodes "),
    ]
    for task, host, words in wanted:
        assert raw(engine, **host)
        refused(engine, task, words)
        engine.clean()
    converge_twice(engine, **TASK, cpus=float(there), cpuset_cpus=last, cpuset_mems=node)


@pytest.mark.parametrize(
    ("option", "key", "noun"), [("runtime", "Runtime", "runtime"), ("log_driver", "LogConfig", "log driver")]
)
def test_runtimes_and_plugins_that_the_engine_does_not_list(option, key, noun, engine):
    """Check mode warns, because an earlier task may add them. A run fails before anything changes."""
    assert raw(engine, **{key: {"Type": "nosuch"} if key == "LogConfig" else "nosuch"})
    for there in (False, True):
        if there:
            engine.docker("run", "--detach", "--name", "web", "--stop-timeout", "0", BASE, "sleep", "1000")
        before = engine.docker("ps", "--all", "--quiet")
        foretold = converge(engine, True, **TASK, **{option: "nosuch"})
        assert foretold["warned"] == ["%s: there is no %s nosuch." % (option, noun)]
        assert foretold["actions"][0] == "look for %s nosuch: %s refers to it" % (noun, option)
        with pytest.raises(SlipwayError) as caught:
            converge(engine, **TASK, **{option: "nosuch"})
        assert "%s: there is no %s nosuch." % (option, noun) in str(caught.value)
        assert caught.value.details["done"] == []
        assert engine.docker("ps", "--all", "--quiet") == before


TAKEN = [
    {"capabilities": ["cap_sys_admin"], "cap_drop": ["ALL"]},
    {"security_opts": ["no-new-privileges", "seccomp={}", "label=disable", "apparmor=unconfined"]},
    {
        "log_driver": "json-file",
        "log_options": {"max-size": "10m", "max-file": 3, "compress": "true", "tag": "{{.Name}}"},
    },
    {"log_driver": "local", "log_options": {"max-size": "1.5g", "mode": "non-blocking", "max-buffer-size": "4m"}},
    {"security_opts": ["no-new-privileges:True"]},
    {"log_driver": "none", "log_options": {"anything": "x"}},
    {"log_driver": "syslog", "log_options": {"tag": "x", "syslog-address": "udp://127.0.0.1:9"}},
    {"runtime": "io.containerd.runc.v2"},
    {"ulimits": ["core:-1", "nofile:100:200", "rttime=5"]},
    {"device_cgroup_rules": ["c 1:* rwm", "a *:* rwm"]},
    {"tmpfs": ["/x:size=1m,mode=755,uid=1,gid=1,nr_inodes=50,noexec,sync,private,strictatime,nodiratime"]},
    {"cpu_shares": 2, "pids_limit": 4194304},
    {"user": "65534:65534"},
    {"log_driver": "json-file", "log_options": {"mode": "", "max-size": "10 MB", "max-file": 1}},
    {"security_opts": ["no-new-privileges:false", "label:disable", "seccomp:unconfined"]},
    {"tmpfs": ["/a:size=10%,mode=1777,nr_inodes=1k", "/b:rw,noexec,nosuid,uid=1,gid=1"]},
    {"devices": ["/dev/zero:mr", "/dev/net"]},
    {"cpus": 0.01, "cpuset_cpus": "0-0,0", "ipc_mode": "shareable", "uts": "host"},
    {"sysctls": {"net.ipv4.ping_group_range": "0 2147483647", "kernel.sem": "250 32000 100 128"}},
    {"sysctls": {"net.core.somaxconn": 100, "kernel.shmmax": 1000000, "fs.mqueue.msg_max": 20}},
]


@pytest.mark.parametrize("task", TAKEN, ids=str)
def test_unusual_values_that_the_engine_accepts(task, engine):
    """They are accepted, and unchanged afterwards."""
    converge_twice(engine, **TASK, **task)


def test_a_missing_source_of_a_bind_mount_is_rolled_back(engine, tmp_path):
    """The API cannot query paths of the host. The old container keeps running."""
    task = {**TASK, "mounts": [{"type": "bind", "source": str(tmp_path / "missing"), "target": "/x"}]}
    converge(engine, **TASK)
    there = engine.inspect("container", "web")["Id"]
    assert converge(engine, True, **task)["changed"]
    with pytest.raises(
        SlipwayError, match="bind source path does not exist: .*. Create it on the engine's host first."
    ):
        converge(engine, **task)
    shown = engine.inspect("container", "web")
    assert (shown["Id"], shown["State"]["Running"]) == (there, True)
    assert engine.names("container") == ["web"]
