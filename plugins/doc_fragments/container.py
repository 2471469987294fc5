# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of container, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts. Grouped like the option table."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the container, or the ID of an existing container, in full or its first 12 digits.
      - An ID also identifies the container that replaces this one. If no container has the ID, none is created.
    type: str
    required: true
  state:
    description:
      - The state of the container.
      - V(present) creates or updates the container, but does not start or stop it.
      - V(started) also starts it. With O(detach=false), the task waits until it exits.
      - V(healthy) also waits until its health check succeeds. If that takes longer than O(healthy_wait_timeout), the
        task fails. A container that the task started is stopped again; one that was already running keeps running.
      - V(stopped) creates it if needed, and stops it. This removes an existing container with O(auto_remove), with a
        warning. A task cannot combine O(auto_remove=true) with this state.
      - V(absent) stops and removes it.
      - A container that exits right after its start counts as failed, even with exit code 0. The new container is then
        removed, and an old one keeps running.
      - Exit code 0 is accepted with O(detach=false), and if the container, or the one that it replaces, exited with 0
        before. If no container is replaced, it is also accepted with O(auto_remove=true), and with a O(restart_policy)
        that restarts the container.
    type: str
    default: started
    choices: [absent, healthy, present, started, stopped]
  image:
    description:
      - The image, by name or ID. Required if the container does not exist.
      - Images are compared by ID, so it is a difference if the name now refers to another image.
    type: str
  pull:
    description:
      - When to pull the image.
      - V(missing) or V(false) pulls it if it is not on the host.
      - V(always) or V(true) asks the registry for the digest of the name, and pulls the image if it has changed.
      - V(never) fails if the image is not on the host.
    type: raw
    default: missing
    choices: [never, missing, always, true, false]
  platform:
    description:
      - The platform of the container and its image, as C(os/arch/variant). Other names of architectures are accepted,
        such as C(x86_64) for C(amd64).
      - If the image on the host is for another platform, the right one is pulled. If the container is for another
        platform, it is replaced, unless O(comparisons) has C(platform=ignore). C(image=ignore) does not include the
        platform.
    type: str
  recreate:
    description: Whether to replace the container even if nothing differs.
    type: bool
    default: false
  update_order:
    description:
      - Whether the new container starts before the old one stops, when a running container is replaced.
      - V(start-first) starts the new container first, so there is no interruption. Both may write to the same
        files for a moment. The task fails if both need the same host port or address.
      - V(stop-first) stops the old container first. Use it for programs that must not run twice at once.
      - V(auto) means V(stop-first) with O(detach=false), or if both containers use the same host port, address or
        writable mount, or the network of the host or of another container. Otherwise it means V(start-first).
    type: str
    default: auto
    choices: [auto, start-first, stop-first]
  restart:
    description:
      - Whether to restart a running container, with O(state=started) or O(state=healthy).
      - This unpauses a paused container. With O(force_kill=true), the container is killed and then started.
    type: bool
    default: false
  force_kill:
    description:
      - Whether to kill the container instead of stopping it.
      - If O(kill_signal) is set and the container is still running O(stop_timeout) seconds after that signal, it is
        killed with C(SIGKILL).
    type: bool
    default: false
    aliases: [forcekill]
  kill_signal:
    description: The signal for O(force_kill). The default is C(SIGKILL).
    type: str
  keep_volumes:
    description:
      - Whether to keep anonymous volumes. When a container is replaced, the new one gets its volumes.
      - With V(false), they are removed with their container, except for those that other containers use.
    type: bool
    default: true
  healthy_wait_timeout:
    description: How many seconds to wait until the container is healthy. Zero or less means no limit.
    type: float
    default: 300.0
  detach:
    description:
      - Whether to return without waiting for the container to exit.
      - With V(false) and O(state=started), the task waits until the container exits, without a time limit. Its output
        is in RV(container), its exit code in RV(status). An exit code other than zero fails the task.
      - With V(false), a container that has exited is started again, so each run changes something. If the container is
        already running, the task waits for it.
      - A container that fails is not rolled back. It is kept for inspection, unless O(cleanup) or O(auto_remove) is
        V(true).
      - With O(restart_policy=on-failure), the task waits for all attempts. V(false) cannot be combined with other
        policies that restart the container.
    type: bool
    default: true
  cleanup:
    description:
      - Whether to remove the container when it has exited, with O(detach=false), whatever its exit code.
      - Its anonymous volumes are removed with it if O(keep_volumes=false).
    type: bool
    default: false
  output_logs:
    description: Whether to return the output in RV(stdout) and RV(stderr) as well, with O(detach=false).
    type: bool
    default: false
  paused:
    description:
      - Whether the processes of the container are paused, with O(state=started). With other states, V(false) has no
        effect, and V(true) is rejected.
      - If not set, a paused container stays paused, even when it is replaced.
    type: bool
  removal_wait_timeout:
    description: How many seconds to wait until a removed container is gone, before the task fails. The default is 60.
    type: float
  default_host_ip:
    description:
      - The host address for entries of O(published_ports) that have none.
      - If not set or empty, the Engine chooses the address according to the settings of the network.
    type: str
  image_comparison:
    description:
      - The image whose environment, labels, ports, volumes and health check are not differences when the container is
        compared.
      - V(desired-image) is the image in O(image), V(current-image) the one that the container was created from. They
        differ only if O(comparisons) ignores a new image.
    type: str
    default: desired-image
    choices: [desired-image, current-image]
  image_name_mismatch:
    description:
      - What to do if the container was created from the same image under another name.
      - V(ignore) keeps the container, V(recreate) replaces it.
    type: str
    default: ignore
    choices: [ignore, recreate]
  image_label_mismatch:
    description:
      - What to do if the image has labels that O(labels) does not set.
      - V(ignore) accepts them. V(fail) fails, unless O(comparisons) loosens O(labels).
    type: str
    default: ignore
    choices: [ignore, fail]
  pull_check_mode_behavior:
    description:
      - Accepted for compatibility with other collections. It has no effect.
      - With O(pull=always), check mode asks the registry for the digest and reports whether the image would change.
    type: str
    choices: [image_not_present, always]
  command_handling:
    description:
      - How O(command) and O(entrypoint) are split into words.
      - V(correct) uses the words of a list as they are. V(compatibility), which joins a list and splits it again, is
        not supported.
    type: str
    default: correct
    choices: [correct, compatibility]
  container_default_behavior:
    description:
      - Whether options that the task does not set have defaults.
      - V(no_defaults) does not compare them.
      - V(compatibility) uses V(false) for O(auto_remove), O(init), O(interactive), O(paused), O(privileged),
        O(read_only) and O(tty), and V(0) for O(memory).
    type: str
    default: no_defaults
    choices: [no_defaults, compatibility]
  networks_cli_compatible:
    description:
      - Whether the container is connected only to the networks in O(networks).
      - V(false) also connects it to the default network, unless O(comparisons) has V(strict) for O(networks) or V(*).
    type: bool
    default: true
  comparisons:
    description:
      - How to compare an option, by its name, or all options, with V(*). The values are V(strict), V(ignore) and
        V(allow_more_present).
      - With V(strict), the default, a list or dictionary must have exactly the declared entries.
      - With V(allow_more_present), it may have more. The ordered lists O(entrypoint), O(dns_servers) and
        O(dns_search_domains) do not support this; with V(*), they stay strict.
      - With V(ignore), a difference does not replace or update the container. If it is replaced for another reason, the
        new container has all values of the task, and a warning and the diff name those that were ignored.
    type: dict
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: With O(recreate=true), O(restart=true) or O(detach=false), each run changes something.
notes:
  - Restart policy, resource limits and networks are updated in place. All other differences replace the container.
  - When a container is replaced, the old one is removed only when the new one runs, and is healthy if it has a health
    check.
  - An option that an earlier task set, and this one does not, is removed from the container, if the task sets O(image).
  - If a replacement is interrupted, because the module is killed or the engine is lost, the next run of a task for this
    container completes it or rolls it back.
  - Containers that use the network, IPC or PID namespace of a container that was replaced or removed, or that link to
    it on the default bridge, are named in a warning. Run their own tasks afterwards; these replace them. A restart is
    not enough.
  - U(https://github.com/slipway/docker/blob/main/docs/containers.md) explains comparison, replacement and recovery.
seealso:
  - module: slipway.docker.container_info
  - module: slipway.docker.network
  - module: slipway.docker.volume
"""

    # The process and its environment.
    PROCESS = r"""
options:
  command:
    description: The command to run, as a list, or as a string that is split into words like in a shell.
    type: raw
  entrypoint:
    description: The program and its arguments that run before O(command), as a list of words.
    type: list
    elements: str
  env:
    description:
      - Environment variables, added to those of the image.
      - Quote the values. Booleans and fractions are rejected, because YAML reads C(yes) as a boolean and C(1.10) as
        1.1. YAML also reads an unquoted C(0750) as 488, which the module cannot detect.
      - The values are never shown. The diff and RV(actions) show only the names of variables that differ.
    type: dict
  env_file:
    description:
      - Files on the target with environment variables, one C(NAME=value) per line. Lines that begin with C(#) are
        comments.
      - A line with only a name takes the value from the environment of the module. If it is not set there, the line is
        ignored.
      - A single path may be written without a list.
      - Later files override earlier ones, and O(env) overrides all of them.
    type: list
    elements: path
  labels:
    description: Labels, added to those of the image.
    type: dict
  annotations:
    description: Annotations for the OCI runtime. Requires Engine API 1.43.
    type: dict
  hostname:
    description: The host name in the container.
    type: str
  domainname:
    description: The domain name in the container.
    type: str
  user:
    description:
      - The user to run as, by name or ID, optionally followed by a colon and the group.
      - Quote numeric IDs. YAML reads C(100:50) without quotes as the number 6050.
    type: str
  working_dir:
    description: The working directory of the command.
    type: str
  interactive:
    description: Whether to keep standard input open.
    type: bool
  tty:
    description: Whether to allocate a terminal.
    type: bool
  stop_signal:
    description:
      - The signal that stops the container. A change replaces the container.
      - To stop the container once with another signal, use O(force_kill) and O(kill_signal).
    type: str
  stop_timeout:
    description:
      - How many seconds the container gets to stop before it is killed. If not set, the Engine waits 10 seconds.
      - A change does not replace an existing container, unless O(comparisons) has C(stop_timeout=strict).
    type: int
  healthcheck:
    description: The health check. Suboptions that are not set have the values of the image.
    type: dict
    suboptions:
      test:
        description:
          - The command, as a string for a shell, or as a list that begins with C(CMD) or C(CMD-SHELL). An empty list
            means the command of the image.
          - V(NONE) disables the health check of the image.
        type: raw
      interval:
        description: The time between two checks, such as V(30s) or V(1m30s).
        type: str
      timeout:
        description: How long a check may take, such as V(10s).
        type: str
      start_period:
        description: The time after the start during which failed checks do not count, such as V(1m).
        type: str
      start_interval:
        description:
          - The time between two checks during the O(healthcheck.start_period), such as V(5s). Requires Engine API 1.44.
        type: str
      retries:
        description: How many consecutive failures make the container unhealthy.
        type: int
      test_cli_compatible:
        description:
          - Whether the command of the image is used if O(healthcheck.test) is not set, as in the Docker CLI. This is
            the default.
          - V(false) disables the health check of the image in this case.
        type: bool
  init:
    description: Whether to run a small init process that forwards signals and reaps processes.
    type: bool
  auto_remove:
    description:
      - Whether the Engine removes the container and its anonymous volumes when it exits. Cannot be combined with a
        O(restart_policy).
      - If a replacement has to stop such a container and then fails, the container is created again with its settings.
        Of its anonymous volumes, it gets back those that the new container used.
    type: bool
  groups:
    description: Additional groups of the process, by name or ID.
    type: list
    elements: str
  restart_policy:
    description: When the Engine restarts the container after it exits.
    type: str
    choices: ['no', on-failure, always, unless-stopped]
  restart_retries:
    description: The maximum number of restarts with O(restart_policy=on-failure).
    type: int
"""

    # Resource limits.
    LIMITS = r"""
options:
  memory:
    description: The memory limit, such as V(512m). V(0) means no limit.
    type: str
  memory_reservation:
    description: The soft memory limit, such as V(256m), which applies when the host is short of memory.
    type: str
  memory_swap:
    description:
      - The limit of memory and swap together, such as V(1g). V(unlimited) means no limit. If not set or V(0), it is
        twice O(memory).
    type: str
  memory_swappiness:
    description:
      - How readily the kernel swaps out memory of the container, from 0 to 100. V(-1) means the default of the kernel.
    type: int
  kernel_memory:
    description: The limit of kernel memory, such as V(64m). Only for engines before API 1.42.
    type: str
  cpus:
    description: The maximum number of CPUs, such as V(1.5). Docker rejects more CPUs than the host has.
    type: float
  cpu_shares:
    description: The CPU weight relative to other containers, from 2 to 262144.
    type: int
  cpu_period:
    description: The period of the CFS scheduler in microseconds.
    type: int
  cpu_quota:
    description: How many microseconds of CPU time the container may use in each O(cpu_period).
    type: int
  cpu_rt_period:
    description: The period of the real-time scheduler in microseconds.
    type: int
  cpu_rt_runtime:
    description:
      - How many microseconds the real-time tasks may run in each O(cpu_rt_period).
      - The daemon must have been started with real-time CPU time (C(--cpu-rt-runtime)).
    type: int
  cpuset_cpus:
    description:
      - The CPUs that the container may use, such as V(0-2) or V(0,1).
      - If the engine is reached through its socket, CPUs that the host does not have are rejected before anything
        changes.
    type: str
  cpuset_mems:
    description: The memory nodes (NUMA) that the container may use, such as V(0,1).
    type: str
  pids_limit:
    description: The maximum number of processes, up to 4194304. V(-1) means no limit.
    type: int
  shm_size:
    description: The size of C(/dev/shm), such as V(64m).
    type: str
  oom_killer:
    description: Whether to disable the OOM killer of the kernel for the container.
    type: bool
  oom_score_adj:
    description: How likely the kernel is to kill the container when memory runs out, from -1000 to 1000.
    type: int
  cgroup_parent:
    description: The parent of the container's cgroup.
    type: str
  ulimits:
    description: Limits of the processes, as C(name:soft:hard). Limits that the daemon adds are not compared.
    type: list
    elements: str
  blkio_weight:
    description: The weight of block I/O relative to other containers, from 10 to 1000.
    type: int
  blkio_weight_device:
    description: The weight of block I/O on single devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The path of the device, such as C(/dev/sda).
        type: str
        required: true
      weight:
        description: The weight, from 10 to 1000.
        type: int
        required: true
  device_read_bps:
    description: Limits of reading from devices, in bytes per second.
    type: list
    elements: dict
    suboptions:
      path:
        description: The path of the device, such as C(/dev/sda).
        type: str
        required: true
      rate:
        description: The bytes per second, such as V(10m).
        type: str
        required: true
  device_write_bps:
    description: Limits of writing to devices, in bytes per second.
    type: list
    elements: dict
    suboptions:
      path:
        description: The path of the device, such as C(/dev/sda).
        type: str
        required: true
      rate:
        description: The bytes per second, such as V(10m).
        type: str
        required: true
  device_read_iops:
    description: Limits of reading from devices, in operations per second.
    type: list
    elements: dict
    suboptions:
      path:
        description: The path of the device, such as C(/dev/sda).
        type: str
        required: true
      rate:
        description: The operations per second.
        type: int
        required: true
  device_write_iops:
    description: Limits of writing to devices, in operations per second.
    type: list
    elements: dict
    suboptions:
      path:
        description: The path of the device, such as C(/dev/sda).
        type: str
        required: true
      rate:
        description: The operations per second.
        type: int
        required: true
  sysctls:
    description:
      - Kernel parameters in the namespaces of the container, by name.
      - Only parameters that each container has are supported, V(net.*), V(fs.mqueue.*) and a few of V(kernel.*).
    type: dict
"""

    # Privileges and isolation.
    RIGHTS = r"""
options:
  privileged:
    description: Whether to give the container almost all privileges of the host.
    type: bool
  read_only:
    description: Whether the root file system is read-only.
    type: bool
  capabilities:
    description: Kernel capabilities to add, such as V(NET_ADMIN) or V(ALL).
    type: list
    elements: str
  cap_drop:
    description: Kernel capabilities to drop, such as V(ALL).
    type: list
    elements: str
  security_opts:
    description:
      - Security options, such as V(no-new-privileges).
      - C(seccomp) takes the text of a profile, such as C(seccomp={{ lookup('file', 'profile.json') }}), not its path.
    type: list
    elements: str
  masked_paths:
    description:
      - Paths that the container cannot see. They replace the default list of the Engine, which has paths in C(/proc)
        and C(/sys).
      - With an empty list, no path is masked. With O(privileged=true), no path is masked or read-only.
    type: list
    elements: str
  readonly_paths:
    description:
      - Paths that the container cannot write to. They replace the default list of the Engine. With an empty list, no
        path is read-only.
    type: list
    elements: str
  device_cgroup_rules:
    description: Rules for access to devices, such as V(c 42:* rmw).
    type: list
    elements: str
  devices:
    description: Devices of the host, as C(host path:container path:permissions).
    type: list
    elements: str
  device_requests:
    description: Devices that a device driver provides, such as GPUs.
    type: list
    elements: dict
    suboptions:
      driver:
        description: The device driver, such as V(nvidia), or V(cdi) for the Container Device Interface.
        type: str
      count:
        description: The number of devices, or V(-1) for all. Mutually exclusive with O(device_requests[].device_ids).
        type: int
      device_ids:
        description: The IDs of the devices.
        type: list
        elements: str
      capabilities:
        description: Lists of capabilities. A device must have all capabilities of one of the lists.
        type: list
        elements: list
      options:
        description: Options of the driver, by name.
        type: dict
  ipc_mode:
    description: The IPC namespace, such as V(private), V(shareable), V(host) or C(container:NAME).
    type: str
  pid_mode:
    description: The PID namespace, V(host) or C(container:NAME).
    type: str
  userns_mode:
    description: The user namespace. V(host) means the one of the host.
    type: str
  uts:
    description: The UTS namespace (host name). V(host) means the one of the host.
    type: str
  cgroupns_mode:
    description: The cgroup namespace, the one of the host or a private one.
    type: str
    choices: [host, private]
  runtime:
    description:
      - The OCI runtime, such as V(runc).
      - The engine must list it. If it does not, check mode warns, because an earlier task may add it.
    type: str
"""

    # Files and logs.
    FILES = r"""
options:
  volumes:
    description:
      - Volumes and bind mounts, as C(source:target:options), added to the volumes of the image.
      - A target alone is an anonymous volume.
    type: list
    elements: str
  mounts:
    description: Mounts, with more settings than O(volumes) has.
    type: list
    elements: dict
    suboptions:
      target:
        description: The path in the container.
        type: str
        required: true
      type:
        description:
          - The type of the mount. V(image) requires Engine API 1.48.
          - V(cluster) and V(npipe) are rejected, because containers on Linux do not support them.
        type: str
        default: volume
        choices: [bind, cluster, image, npipe, tmpfs, volume]
      source:
        description: The volume, the image, or the path on the host. A volume without a source is anonymous.
        type: str
      read_only:
        description: Whether the mount is read-only.
        type: bool
      consistency:
        description: The consistency requirement. It has no effect on Linux.
        type: str
        choices: [cached, consistent, default, delegated]
      propagation:
        description: How mounts below it propagate between host and container, for O(mounts[].type=bind).
        type: str
        choices: [private, rprivate, shared, rshared, slave, rslave]
      non_recursive:
        description: Whether to exclude mounts below the source, for O(mounts[].type=bind).
        type: bool
      create_mountpoint:
        description:
          - Whether to create the source on the host if it does not exist, for O(mounts[].type=bind). Requires Engine
            API 1.42.
        type: bool
      read_only_non_recursive:
        description:
          - Whether mounts below it stay writable with O(mounts[].read_only=true), for O(mounts[].type=bind).
          - Requires Engine API 1.44.
        type: bool
      read_only_force_recursive:
        description:
          - Whether to fail if mounts below it cannot be made read-only with O(mounts[].read_only=true), for
            O(mounts[].type=bind).
          - Requires Engine API 1.44.
        type: bool
      subpath:
        description:
          - The path in the volume or image to mount, for O(mounts[].type=volume) and O(mounts[].type=image).
          - Requires Engine API 1.45.
        type: str
      no_copy:
        description:
          - Whether to leave a new volume empty instead of copying the files of the image to it, for
            O(mounts[].type=volume).
        type: bool
      labels:
        description: Labels of a new volume, for O(mounts[].type=volume).
        type: dict
      volume_driver:
        description: The driver of a new volume, for O(mounts[].type=volume).
        type: str
      volume_options:
        description: Driver options of a new volume, for O(mounts[].type=volume).
        type: dict
      tmpfs_size:
        description: The size, such as V(64m), for O(mounts[].type=tmpfs).
        type: str
      tmpfs_mode:
        description: The permissions as octal digits, such as V('1777'), for O(mounts[].type=tmpfs).
        type: raw
      tmpfs_options:
        description:
          - Mount options, for O(mounts[].type=tmpfs), each a dictionary of a name and its value. The value is empty for
            an option that has none.
          - Requires Engine API 1.46.
        type: list
        elements: dict
  tmpfs:
    description: Temporary file systems, as C(target:options).
    type: list
    elements: str
  volumes_from:
    description: Containers whose volumes are mounted as well, as C(name:mode).
    type: list
    elements: str
  volume_driver:
    description: The driver of volumes that are created with the container.
    type: str
  storage_opts:
    description: Options of the storage driver, by name.
    type: dict
  log_driver:
    description:
      - The logging driver, such as V(json-file) or V(journald).
      - The engine must list it, or have an enabled plugin of this name. If it does not, check mode warns.
    type: str
  log_options:
    description:
      - Options of the O(log_driver), by name. Options that the daemon adds are not compared.
      - The options of V(json-file) and V(local) are checked before anything changes.
    type: dict
    aliases: [log_opt]
"""

    # Not NETWORK: Ansible would take slipway.docker.container.network for the file network.py in this directory.
    NETWORKING = r"""
options:
  published_ports:
    description:
      - Ports to publish, as C(host address:host port:container port/protocol). A port may be a range.
      - If only the container port is given, the Engine chooses the host port.
      - Quote the entries. YAML reads C(22:22) without quotes as the number 1342, so a number that may be such a pair is
        rejected.
    type: list
    elements: raw
    aliases: [ports]
  exposed_ports:
    description: Ports to expose, added to those of the image and the published ones.
    type: list
    elements: str
    aliases: [exposed, expose]
  publish_all_ports:
    description: Whether to publish all exposed ports on host ports that the Engine chooses.
    type: bool
  networks:
    description:
      - The networks of the container. It is disconnected from all others.
      - Unless O(network_mode) is set, the first network is also the network mode. V(host) and V(none) are network modes
        and cannot be combined with other networks. V(default) is the default bridge, on which a container cannot have
        aliases or static addresses.
      - An empty list means no network. O(published_ports) then have no effect, which causes a warning.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the network.
        type: str
        required: true
      aliases:
        description: Additional names of the container in this network.
        type: list
        elements: str
      ipv4_address:
        description: The IPv4 address in this network.
        type: str
      ipv6_address:
        description: The IPv6 address in this network.
        type: str
      links:
        description: Containers to link to, as C(container:alias).
        type: list
        elements: str
      mac_address:
        description: The MAC address in this network. Requires Engine API 1.44.
        type: str
      driver_opts:
        description: Driver options of this connection, by name.
        type: dict
      gw_priority:
        description:
          - The priority for the default gateway. The network with the highest value provides it. Requires Engine API
            1.48.
        type: int
      link_local_ips:
        description: The link-local addresses in this network.
        type: list
        elements: str
  network_mode:
    description:
      - The network mode, V(bridge), V(host), V(none), C(container:NAME), or the name of a network.
      - If O(networks) is not set, the networks follow a changed mode. Networks to which the container was connected by
        other means are kept, unless the new mode has no networks.
    type: str
  mac_address:
    description:
      - The MAC address in the first network.
      - To set it for a specific network, use O(networks[].mac_address), which requires Engine API 1.44.
    type: str
  links:
    description:
      - Containers on the default bridge to link to, as C(container:alias).
      - Rejected on other networks, because the Engine ignores this option there. Use O(networks[].links) instead.
    type: list
    elements: str
  etc_hosts:
    description: Additional entries of C(/etc/hosts), as a dictionary of names and addresses.
    type: dict
  dns_servers:
    description: The addresses of the name servers.
    type: list
    elements: str
  dns_opts:
    description: Options of the resolver, as in C(/etc/resolv.conf).
    type: list
    elements: str
  dns_search_domains:
    description: The search domains of the resolver.
    type: list
    elements: str
"""
