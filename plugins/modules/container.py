#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module container."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container
short_description: Make, change, replace and remove containers
version_added: 0.1.0
description:
  - Makes a container as declared, and keeps it so.
  - Only what the task declares is compared, with what the image and the daemon add to it. A declared list or dictionary
    is exact, so that an entry which the task no longer names leaves the container; O(comparisons) loosens that. An
    option that the task no longer names at all leaves it too, if the task names the O(image).
  - Limits, the restart policy and networks are changed in place. Every other difference needs a new container. It is
    made beside the old one, which is removed only when the new one runs, and is healthy if it has a health check. If
    anything fails, the old container runs as before. Anonymous volumes go from the old one to the new one.
  - The new one is named like the old one with C(-slipway-new) behind it until it takes over. What a run leaves that was
    killed meanwhile, or lost the engine, is found by its labels by the next run on this container, also where nothing
    else is to do. That run removes the new one and starts the old one again if it was stopped; or gives the new one its
    name if the old one is gone already.
  - Containers that use the network, the IPC or the PID namespace of a container that is replaced or removed, or are
    linked to it on the default bridge, point at one that is gone. Each of them is named in a warning, and its own task,
    run after this one, sees the difference and replaces it. A restart would not be enough. Links in other networks, and
    the volumes that others have from the container, go on to work.
  - A container with O(auto_remove) is gone with its stop. If the new one fails, it is made again as it was, with those
    of its anonymous volumes that the new one had a place for; the Engine removes the others when it stops.
author:
  - The slipway.docker authors (@slipway)
options:
  name:
    description:
      - The name of the container, or the id of one that exists, in full or its first 12 digits.
      - An id means this container and its name, also after another one has taken its place. Where it means nothing, no
        container is created.
    type: str
    required: true
  state:
    description:
      - V(present) makes or changes the container; a new one is not started, an existing one keeps running or not.
      - V(started) makes sure that it runs as well. With O(detach=false), it runs to its end.
      - A container that ends right after its start has failed, also with exit code 0. A new one is removed again, and
        one that it should replace goes on. With exit code 0 this is not so if it has ended well before, or the one that
        it replaces has; nor with O(detach=false) and, where nothing is replaced, with O(auto_remove) and where
        O(restart_policy) starts it again.
      - V(healthy) also waits until its health check says so. If it does not, a start by this task is taken back; a
        container that ran before goes on running.
      - V(stopped) makes sure that it exists and does not run. One with O(auto_remove) is gone then, with a warning, and
        a task that declares O(auto_remove) cannot ask for it.
      - V(absent) stops and removes it.
    type: str
    default: started
    choices: [absent, healthy, present, started, stopped]
  image:
    description:
      - The image, by name or id. It is needed where there is no container yet.
      - Compared is the identity of the image, so a name that now means another image is a difference.
    type: str
  pull:
    description:
      - When to pull the image.
      - V(missing), or V(false), pulls it if it is not on the host.
      - V(always), or V(true), asks the registry whether the name means another image by now, and pulls that.
      - V(never) fails if the image is not on the host.
    type: raw
    default: missing
    choices: [never, missing, always, true, false]
  platform:
    description:
      - The platform of the container and its image, as C(os/arch/variant). Other names of architectures, such as
        C(x86_64) and C(aarch64), mean the same.
      - An image for another platform is pulled, and a container for another one replaced, unless O(comparisons) has
        C(platform=ignore). C(image=ignore) does not include the platform.
    type: str
  recreate:
    description: Replace the container even if nothing differs.
    type: bool
    default: false
  update_order:
    description:
      - Which comes first when a running container is replaced by one that runs, the start of the new one or the stop of
        the old one.
      - V(auto) stops the old one first only where both must not run at once. These are a host port or an address that
        both have, a mount that can be written, the network of the host or of another container, and O(detach=false).
        Otherwise the new one starts first, and there is no gap.
      - V(start-first) lets both write to the same files for a moment. Where both cannot run at once because of a host
        port or an address it is refused before anything changes.
      - V(stop-first) is for programs that do not bear a second one of their kind.
    type: str
    default: auto
    choices: [auto, start-first, stop-first]
  restart:
    description:
      - Restart the container if it runs already, with O(state=started) or O(state=healthy).
      - That ends a pause. With O(force_kill), the container is killed and started.
    type: bool
    default: false
  force_kill:
    description:
      - Kill the container instead of asking it to stop.
      - One that runs O(stop_timeout) seconds after a O(kill_signal) of your own is killed with C(SIGKILL).
    type: bool
    default: false
    aliases: [forcekill]
  kill_signal:
    description: The signal for O(force_kill), if not C(SIGKILL).
    type: str
  keep_volumes:
    description:
      - Keep anonymous volumes. A new container gets those of the one that it replaces.
      - With V(false) they are removed with their container.
    type: bool
    default: true
  healthy_wait_timeout:
    description: How long in seconds to wait until the container is healthy; zero or less for no limit.
    type: float
    default: 300.0
  detach:
    description:
      - With V(false) and O(state=started), wait until the container has ended, however long that takes and however
        silent it is. Its output is in RV(container), its exit code in RV(status). One other than zero fails the task.
      - One that has ended before is run again, so each run changes something. One that runs already is waited for.
      - One that ends with another exit code is not taken back. It stays to be looked at, unless O(cleanup) or
        O(auto_remove) says otherwise.
      - With O(restart_policy=on-failure), all tries are waited for. Policies that never come to an end are refused.
    type: bool
    default: true
  cleanup:
    description:
      - With O(detach=false), remove the container when it has ended, well or not.
      - Its anonymous volumes go with it if O(keep_volumes=false).
    type: bool
    default: false
  output_logs:
    description: With O(detach=false), return the output in RV(stdout) and RV(stderr) as well, each stream by itself.
    type: bool
    default: false
  paused:
    description:
      - Pause the processes of the container, with O(state=started), or have them go on.
      - If left out, a paused container stays paused, also when it is replaced.
    type: bool
  removal_wait_timeout:
    description:
      - How long in seconds to wait until a container that is removed is gone. Exceeding it fails the task.
      - If left out, V(60).
    type: float
  default_host_ip:
    description:
      - The address of the host on which ports are published that O(published_ports) gives none.
      - Left out or empty, the Engine decides, which goes by the settings of the network.
    type: str
  image_comparison:
    description:
      - Of which image the environment, labels, ports, volumes and health check count as not declared by the task.
      - V(desired-image) is the one that O(image) names, V(current-image) the one that the container was made of. They
        differ where O(image) names another one by now and O(comparisons) leaves that alone.
    type: str
    default: desired-image
    choices: [desired-image, current-image]
  image_name_mismatch:
    description:
      - What to do with a container that was made of the right image under another name.
      - V(recreate) replaces it, V(ignore) leaves it, because it is the same image.
    type: str
    default: ignore
    choices: [ignore, recreate]
  image_label_mismatch:
    description:
      - What to do about labels of the image that O(labels) does not set.
      - With V(fail) they are an error, unless O(comparisons) loosens O(labels).
    type: str
    default: ignore
    choices: [ignore, fail]
  pull_check_mode_behavior:
    description:
      - Accepted, so that a playbook which was written for another collection needs no change, and without effect.
      - With O(pull=always) check mode asks the registry, and says whether the image would be another one.
    type: str
    choices: [image_not_present, always]
  command_handling:
    description:
      - Words of O(command) and O(entrypoint) stay what they are, which is V(correct).
      - V(compatibility), which joins a list and splits it anew, is refused. Write the words that are meant.
    type: str
    default: correct
    choices: [correct, compatibility]
  container_default_behavior:
    description:
      - V(no_defaults) leaves alone what the task does not declare.
      - V(compatibility) takes O(auto_remove), O(init), O(interactive), O(paused), O(privileged), O(read_only) and
        O(tty) for V(false) and O(memory) for V(0) where the task does not give them.
    type: str
    default: no_defaults
    choices: [no_defaults, compatibility]
  networks_cli_compatible:
    description:
      - V(true) connects the container to the O(networks) that the task names and no others.
      - V(false) connects it to the default network too, unless O(comparisons) has V(strict) for O(networks) or V(*).
    type: bool
    default: true
  comparisons:
    description:
      - How to compare single options, or V(*) for all of them, each V(strict), V(ignore) or V(allow_more_present).
      - With V(allow_more_present), entries of a list or dictionary that the task does not name are no difference. It is
        not for lists whose order matters, which are O(entrypoint), O(dns_servers) and O(dns_search_domains). With V(*)
        these stay strict.
      - If a container is replaced for another reason, the new one is as the task says in everything, also in what is
        ignored. A warning and the diff say so.
    type: dict
  command:
    description: What to run, as a list, or as a string that is split into words as a shell would.
    type: raw
  entrypoint:
    description: The words before the command.
    type: list
    elements: str
  env:
    description:
      - Environment variables, in addition to those of the image.
      - Put values in quotes. Booleans and numbers with a fraction are refused, because YAML reads C(yes) as a boolean
        and C(1.10) as 1.1. Whole numbers are taken, but YAML reads C(0750) as 488, which cannot be seen here.
      - Values are never shown. A diff and the reasons in RV(actions) have the names of the variables that differ.
    type: dict
  env_file:
    description:
      - Files on the host with environment variables, a C(NAME=value) a line. Lines that begin with C(#) are comments.
      - A name alone takes the value that the variable has where the module runs, and is left out if it has none.
      - A single path may be written without a list.
      - A later file overrides an earlier one, and O(env) overrides them all.
    type: list
    elements: path
  labels:
    description: Labels, in addition to those of the image.
    type: dict
  annotations:
    description: Annotations for the program that runs the container. They need Engine API 1.43.
    type: dict
  hostname:
    description: The host name inside the container.
    type: str
  domainname:
    description: The domain name inside the container.
    type: str
  user:
    description: The user, and the group after a colon, by name or number.
    type: str
  working_dir:
    description: The directory that the command starts in.
    type: str
  interactive:
    description: Keep standard input open.
    type: bool
  tty:
    description: Give the process a terminal.
    type: bool
  stop_signal:
    description:
      - The signal that asks the process to stop. It is a setting of the container, so another one replaces it.
      - To end a container with another signal just once, use O(force_kill) with O(kill_signal).
    type: str
  stop_timeout:
    description:
      - How many seconds a container has to stop before it is killed, by this task and, of a new container, by others.
      - An existing container with another value is not replaced for that, unless O(comparisons) has
        C(stop_timeout=strict).
    type: int
  healthcheck:
    description: How to find out whether the container is healthy. What is left out is as in the image.
    type: dict
    suboptions:
      test:
        description:
          - The command, as a string for a shell, or as a list that begins with C(CMD) or C(CMD-SHELL). With an empty
            list it is that of the image.
          - V(NONE) switches off the health check of the image.
        type: raw
      interval:
        description: The time between two checks, such as V(30s) or V(1m30s).
        type: str
      timeout:
        description: How long a check may take.
        type: str
      start_period:
        description: How long failures do not count after the start.
        type: str
      start_interval:
        description: The time between two checks during the O(healthcheck.start_period). It needs Engine API 1.44.
        type: str
      retries:
        description: How many failures in a row make the container unhealthy.
        type: int
      test_cli_compatible:
        description:
          - V(false) switches the health check of the image off where there is no O(healthcheck.test).
          - Otherwise the test of the image stays, as for the docker command.
        type: bool
  init:
    description: Run a small init process that passes on signals and reaps processes.
    type: bool
  auto_remove:
    description:
      - Have the Engine remove the container, and its anonymous volumes, when it ends. It cannot have a
        O(restart_policy).
      - Such a container is gone once it is stopped. So a replacement that has to stop it first cannot bring it back.
    type: bool
  groups:
    description: Further groups of the process, by name or number.
    type: list
    elements: str
  restart_policy:
    description: Whether the Engine starts the container again when it ends.
    type: str
    choices: ['no', on-failure, always, unless-stopped]
  restart_retries:
    description: How often to start it again, with O(restart_policy=on-failure).
    type: int
  memory:
    description: The limit of memory, such as V(512m); V(0) for none.
    type: str
  memory_reservation:
    description: The limit of memory while the host is short of it.
    type: str
  memory_swap:
    description: The limit of memory and swap together, V(unlimited) for none; twice O(memory) unless given, or V(0).
    type: str
  memory_swappiness:
    description: How readily the kernel swaps memory out, from 0 to 100; V(-1) for its own choice.
    type: int
  kernel_memory:
    description: The limit of the kernel's memory. Engines know it only before API 1.42.
    type: str
  cpus:
    description: How many processors it may use, in parts of one too.
    type: float
  cpu_shares:
    description: Its weight among containers that compete for processors.
    type: int
  cpu_period:
    description: The period of the CFS scheduler in microseconds.
    type: int
  cpu_quota:
    description: How many microseconds of each period it may use.
    type: int
  cpu_rt_period:
    description: The period of the real-time scheduler in microseconds.
    type: int
  cpu_rt_runtime:
    description:
      - How many microseconds of each O(cpu_rt_period) its real-time tasks may run.
      - The container only starts if the daemon has such time to give (its option C(--cpu-rt-runtime)).
    type: int
  cpuset_cpus:
    description: The processors that it may use, such as V(0-2) or V(0,1).
    type: str
  cpuset_mems:
    description: The memory nodes that it may use.
    type: str
  pids_limit:
    description: How many processes it may have, V(-1) for any number.
    type: int
  shm_size:
    description: The size of C(/dev/shm).
    type: str
  oom_killer:
    description: Whether to switch off the kernel's killer for when memory runs out.
    type: bool
  oom_score_adj:
    description: How likely the kernel is to kill it when memory runs out, from -1000 to 1000.
    type: int
  cgroup_parent:
    description: The control group above that of the container.
    type: str
  ulimits:
    description: Limits as C(name:soft:hard). Limits that the daemon adds are no difference.
    type: list
    elements: str
  blkio_weight:
    description: Its share of block I/O among containers that compete for it, from 10 to 1000.
    type: int
  blkio_weight_device:
    description: Its share of the I/O of single devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device, such as C(/dev/sda).
        type: str
        required: true
      weight:
        description: The share, from 10 to 1000.
        type: int
        required: true
  device_read_bps:
    description: How many bytes a second the container may read from some devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device, such as C(/dev/sda).
        type: str
        required: true
      rate:
        description: The bytes, such as V(10m).
        type: str
        required: true
  device_write_bps:
    description: How many bytes a second the container may write to some devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device, such as C(/dev/sda).
        type: str
        required: true
      rate:
        description: The bytes, such as V(10m).
        type: str
        required: true
  device_read_iops:
    description: How often a second the container may read from some devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device, such as C(/dev/sda).
        type: str
        required: true
      rate:
        description: The number of operations.
        type: int
        required: true
  device_write_iops:
    description: How often a second the container may write to some devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device, such as C(/dev/sda).
        type: str
        required: true
      rate:
        description: The number of operations.
        type: int
        required: true
  sysctls:
    description: Kernel parameters of its namespaces.
    type: dict
  privileged:
    description: Give it nearly all rights of the host.
    type: bool
  read_only:
    description: Make its root file system read-only.
    type: bool
  capabilities:
    description: Kernel capabilities to add.
    type: list
    elements: str
  cap_drop:
    description: Kernel capabilities to take away.
    type: list
    elements: str
  security_opts:
    description:
      - Security options such as V(no-new-privileges).
      - C(seccomp) takes the text of a profile, such as C(seccomp={{ lookup('file', 'profile.json') }}), not its path.
    type: list
    elements: str
  masked_paths:
    description:
      - Paths that it cannot see, instead of the Engine's own list, which is of files in C(/proc) and C(/sys).
      - With an empty list it sees everything. O(privileged) lifts both lists.
    type: list
    elements: str
  readonly_paths:
    description: Paths that it cannot write to, instead of the Engine's own list.
    type: list
    elements: str
  device_cgroup_rules:
    description: Rules for the use of devices, such as V(c 42:* rmw).
    type: list
    elements: str
  devices:
    description: Devices of the host as C(host:container:permissions).
    type: list
    elements: str
  device_requests:
    description: Devices that a driver hands out, such as GPUs.
    type: list
    elements: dict
    suboptions:
      driver:
        description: The driver, V(cdi) for devices of the Container Device Interface.
        type: str
      count:
        description: How many devices, V(-1) for all. Not together with O(device_requests[].device_ids).
        type: int
      device_ids:
        description: Which devices.
        type: list
        elements: str
      capabilities:
        description: Lists of capabilities; the devices must have all of one of the lists.
        type: list
        elements: list
      options:
        description: Options of the driver.
        type: dict
  ipc_mode:
    description: Whose shared memory and semaphores it sees.
    type: str
  pid_mode:
    description: Whose processes it sees, V(host) or C(container:NAME).
    type: str
  userns_mode:
    description: Its user namespace, V(host) for that of the host.
    type: str
  uts:
    description: Its host name's namespace, V(host) for that of the host.
    type: str
  cgroupns_mode:
    description: Its namespace of control groups.
    type: str
    choices: [host, private]
  runtime:
    description: The program that runs it.
    type: str
  volumes:
    description:
      - Volumes and directories of the host as C(source:target:options), in addition to the volumes of the image.
      - A target alone is an anonymous volume.
    type: list
    elements: str
  mounts:
    description: Mounts, with more to say about each than O(volumes) has room for.
    type: list
    elements: dict
    suboptions:
      target:
        description: Where it is in the container.
        type: str
        required: true
      type:
        description:
          - The type of the mount. V(image) needs Engine API 1.48.
          - V(cluster) and V(npipe) are refused, because no container on Linux has them.
        type: str
        default: volume
        choices: [bind, cluster, image, npipe, tmpfs, volume]
      source:
        description: The volume, the image, or the path on the host. A volume without one is anonymous.
        type: str
      read_only:
        description: Whether it is read-only.
        type: bool
      consistency:
        description: The consistency that is needed.
        type: str
        choices: [cached, consistent, default, delegated]
      propagation:
        description: How mounts beneath it travel between host and container, for O(mounts[].type=bind).
        type: str
        choices: [private, rprivate, shared, rshared, slave, rslave]
      non_recursive:
        description: Leave out mounts beneath the source, for O(mounts[].type=bind).
        type: bool
      create_mountpoint:
        description: Make the source if it is missing, for O(mounts[].type=bind). It needs Engine API 1.42.
        type: bool
      read_only_non_recursive:
        description:
          - With O(mounts[].read_only), leave mounts beneath it writable, for O(mounts[].type=bind).
          - It needs Engine API 1.44.
        type: bool
      read_only_force_recursive:
        description:
          - With O(mounts[].read_only), fail where mounts beneath it cannot be made read-only as well, for
            O(mounts[].type=bind).
          - It needs Engine API 1.44.
        type: bool
      subpath:
        description:
          - A directory in the volume or image to mount, for O(mounts[].type=volume) and O(mounts[].type=image).
          - It needs Engine API 1.45.
        type: str
      no_copy:
        description: Leave a new volume empty, without what the image has there, for O(mounts[].type=volume).
        type: bool
      labels:
        description: Labels of a new volume, for O(mounts[].type=volume).
        type: dict
      volume_driver:
        description: The driver of a new volume, for O(mounts[].type=volume).
        type: str
      volume_options:
        description: Options of the driver of a new volume, for O(mounts[].type=volume).
        type: dict
      tmpfs_size:
        description: The size, for O(mounts[].type=tmpfs).
        type: str
      tmpfs_mode:
        description: The permissions in octal digits, for O(mounts[].type=tmpfs).
        type: raw
      tmpfs_options:
        description:
          - Options of the mount, for O(mounts[].type=tmpfs). Each is a dictionary of a name and its value, which is
            empty where the option has none.
          - It needs Engine API 1.46.
        type: list
        elements: dict
  tmpfs:
    description: Temporary file systems as C(target:options).
    type: list
    elements: str
  volumes_from:
    description: Containers to take volumes from, as C(name:mode).
    type: list
    elements: str
  volume_driver:
    description: The driver of volumes that come to be with the container.
    type: str
  storage_opts:
    description: Options of the storage driver for the container.
    type: dict
  log_driver:
    description: Where its output goes.
    type: str
  log_options:
    description: Options of the O(log_driver). Options that the daemon adds are no difference.
    type: dict
    aliases: [log_opt]
  published_ports:
    description:
      - Ports to publish as C(address:host port:container port/protocol), each port may be a range.
      - A container port alone is published on a port that the Engine picks.
      - Put the entries in quotes. YAML reads C(22:22) without them as the number 1342, so a number that can come from
        two ports is refused.
    type: list
    elements: raw
    aliases: [ports]
  exposed_ports:
    description: Ports to expose, in addition to those of the image and the published ones.
    type: list
    elements: str
    aliases: [exposed, expose]
  publish_all_ports:
    description: Publish all exposed ports on ports that the Engine picks.
    type: bool
  networks:
    description:
      - The networks of the container; it leaves those that are not named.
      - The first one is its O(network_mode) unless that is given. V(host) or V(none) alone is such a mode, and
        V(default) is the default bridge, in which there are no chosen addresses and no aliases.
      - With an empty list it has none. O(published_ports) have no effect then, which is a warning.
    type: list
    elements: dict
    suboptions:
      name:
        description: The network's name.
        type: str
        required: true
      aliases:
        description: Further names of the container in this network.
        type: list
        elements: str
      ipv4_address:
        description: Its IPv4 address in this network.
        type: str
      ipv6_address:
        description: Its IPv6 address in this network.
        type: str
      links:
        description: Containers to link to, as C(container:alias).
        type: list
        elements: str
      mac_address:
        description: Its MAC address in this network. It needs Engine API 1.44.
        type: str
      driver_opts:
        description: Options of the network's driver for this container.
        type: dict
      gw_priority:
        description: The network with the highest one has the default gateway. It needs Engine API 1.48.
        type: int
      link_local_ips:
        description: Its link-local addresses in this network.
        type: list
        elements: str
  network_mode:
    description:
      - How it is connected, V(bridge), V(host), V(none), C(container:NAME), or the name of a network.
      - If O(networks) is left out, the networks of a container follow its mode. Networks that somebody else has
        connected stay when the mode changes, unless the new one has no networks.
    type: str
  mac_address:
    description:
      - Its MAC address in its first network.
      - To say the network, use O(networks[].mac_address), which needs Engine API 1.44.
    type: str
  links:
    description:
      - Containers on the default bridge to link to, as C(container:alias).
      - In other networks, where the Engine ignores them, they are refused. Use O(networks[].links) there.
    type: list
    elements: str
  etc_hosts:
    description: Names and their addresses for its C(/etc/hosts).
    type: dict
  dns_servers:
    description: Its name servers.
    type: list
    elements: str
  dns_opts:
    description: Options of its resolver.
    type: list
    elements: str
  dns_search_domains:
    description: Domains to look for names in.
    type: list
    elements: str
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: With O(recreate=true), O(restart=true) and O(detach=false) each run changes something.
seealso:
  - module: slipway.docker.container_info
  - module: slipway.docker.network
  - module: slipway.docker.volume
"""

EXAMPLES = r"""
- name: Run a web server
  slipway.docker.container:
    name: web
    image: registry.example.com:5000/web:1.4
    restart_policy: unless-stopped
    published_ports:
      - "8080:80"
    networks:
      - name: site
        aliases: [www]
    volumes:
      - pages:/srv
    env:
      WORKERS: "4"
    healthcheck:
      test: wget -q -O /dev/null http://localhost/
      interval: 10s
    state: healthy

- name: Stop it, whatever it was made of
  slipway.docker.container:
    name: web
    state: stopped

- name: Pause it by its name alone
  slipway.docker.container:
    name: web
    paused: true

- name: Bring the tables of a database up to date, and leave nothing behind
  slipway.docker.container:
    name: migration
    image: registry.example.com:5000/web:1.4
    command: manage migrate
    networks:
      - name: site
    detach: false
    cleanup: true
  register: migration

- name: Show what it wrote
  ansible.builtin.debug:
    msg: "{{ migration.container.Output | default('nothing yet: this is check mode') }}"

- name: Leave labels alone that others have put on it
  slipway.docker.container:
    name: web
    image: registry.example.com:5000/web:1.4
    labels:
      team: blue
    comparisons:
      labels: allow_more_present

- name: Remove it and its anonymous volumes
  slipway.docker.container:
    name: web
    state: absent
    keep_volumes: false
"""

RETURN = r"""
container:
  description:
    - The container as the Engine shows it, or an empty dictionary where there is none. In check mode as it was before.
    - The values of environment variables are hidden; M(slipway.docker.container_info) shows them.
    - With O(detach=false), the container as it ended, and in C(Output) what it wrote to both streams, of more than 8
      MiB the end. That of one that ran already, or was tried several times, comes from its log, if that can be read.
  returned: success; O(detach=false) and it has ended; failure of a step, if there is a container then
  type: dict
  sample:
    Id: 52aa0a1ea9bbd9e2bd8ec5a8a7cba1e1ddba96e3e05ddf4f3c0f2a3a6f3c8f17
    Name: /web
    State:
      Status: running
status:
  description: The exit code of the container.
  returned: O(detach=false) and it has ended
  type: int
  sample: 0
stdout:
  description: What it wrote to its standard output; all of it if it has a terminal.
  returned: O(output_logs=true), O(detach=false) and it has ended
  type: str
  sample: "12 tables changed"
stderr:
  description: What it wrote to its standard error.
  returned: O(output_logs=true), O(detach=false) and it has ended
  type: str
  sample: ""
actions:
  description: What was done, or in check mode would be, one line a step, with its reason.
  returned: success
  type: list
  elements: str
  sample:
    - "create container web: it does not exist"
    - "start container web: state is started"
rolled_back:
  description:
    - Whether all is as it was before the task. So after a failed replacement the old container is there under its name,
      and runs if it did.
    - Where it is not, the message says what is there instead. An image that was pulled stays.
  returned: failure of a step
  type: bool
  sample: true
container_output:
  description:
    - The last lines that a container wrote which did not start, was not healthy, ended with an exit code, or was
      removed again because a later step failed.
    - Empty where the Engine has removed the container already (O(auto_remove)).
  returned: failure of a start, a wait, or a step after the creation of a container; an exit code other than zero
  type: str
  sample: "cannot read /etc/web.conf"
health_output:
  description: What the health check of that container wrote.
  returned: failure of a wait, or of a step after the creation of a container
  type: str
  sample: "connection refused"
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container.resource import CONTAINER


def main() -> None:
    """Run the module."""
    run(CONTAINER)


if __name__ == "__main__":
    main()
