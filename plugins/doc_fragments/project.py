# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of project, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the project. Containers, networks and volumes that the project creates get it as a label, by which
        O(prune) finds them.
      - Two projects of the same name on a host would remove each other's containers.
    type: str
    required: true
  networks:
    description:
      - The networks. Each has the options of M(slipway.docker.network).
      - Either a list, whose entries can be names only, or a dictionary by name. The same applies to the other nouns.
    type: raw
  volumes:
    description: The volumes. Each has the options of M(slipway.docker.volume).
    type: raw
  images:
    description:
      - The images. Each has the options of M(slipway.docker.image). They are pulled, loaded and built while other
        resources are converged.
      - A build waits for the images before it in the list, because it may use them.
    type: raw
  containers:
    description:
      - The containers. Each has the options of M(slipway.docker.container).
      - In addition, C(depends_on) has the names of containers to wait for, as a list, or as a dictionary with one of
        the conditions C(started), C(healthy) and C(completed) for each. A container that others require to be
        C(completed) runs to its end and must exit with 0. It runs again only if it is changed or replaced.
      - C(scale) is a number of replicas, which are named NAME-1, NAME-2 and so on. If they have to be replaced,
        C(max_parallel) of them are replaced at a time (by default 1), each only when the ones before it run and, if
        they have a health check, are healthy.
      - C(files) is a list of secrets and configurations. Each has C(path) (in the container), C(content), or C(src) for
        a file on the controller, and optionally C(encoding) (V(text) or V(base64)), C(mode) (by default V(0400)),
        C(uid) and C(gid) (by default 0). They are kept on the host below O(files_path), and mounted read-only. If a
        file has changed, its container is replaced, or with C(on_change=signal), written in place and the container
        gets the signal C(signal), by default C(HUP).
      - The C(src) of C(files) is found, and decrypted with Ansible Vault, as by M(ansible.builtin.copy).
      - C(state) is by default that of the project.
    type: raw
  defaults:
    description: Options for all entries of a noun. An entry overrides them.
    type: dict
    suboptions:
      networks:
        description: Options for all networks.
        type: dict
      volumes:
        description: Options for all volumes.
        type: dict
      images:
        description: Options for all images.
        type: dict
      containers:
        description: Options for all containers.
        type: dict
  state:
    description:
      - V(started) creates what does not exist, changes what differs, and starts the containers.
      - V(present) does the same, but does not start containers that are not running.
      - V(stopped) stops the containers.
      - V(absent) removes containers and networks, both those that are declared and those that the project has made. It
        removes volumes and images only if O(prune) has them, or if their own C(state) is C(absent).
    type: str
    default: started
    choices: [absent, present, started, stopped]
  prune:
    description:
      - What is removed if the project has made it and no longer declares it.
      - Of V(images), those are removed that containers had which are replaced or removed in this run, if no other
        container has them. Images themselves do not show which project has pulled them.
      - Other objects are never removed.
    type: list
    elements: str
    default: [containers, networks]
    choices: [containers, images, networks, volumes]
  parallel:
    description: The number of resources that are converged at a time. This is also the maximum number of connections.
    type: int
    default: 8
  on_failure:
    description:
      - A resource that fails is rolled back. What comes after it is not begun.
      - With V(resource), all other resources are finished.
      - With V(project), no other resource is begun, and the changes of all resources are rolled back. So everything is
        removed last, and a new network cannot have the subnet of a network that is removed in the same run.
    type: str
    default: resource
    choices: [project, resource]
  plan_digest:
    description:
      - The RV(plan_digest) of a run in check mode. If the plan is another one by now, nothing is changed, and the task
        fails with the resources whose plan is another one.
    type: str
  plan_file:
    description:
      - A file on the controller for the approved plan. A relative path is relative to the playbook.
      - In check mode, the plan and its RV(plan_digest) are written to it as JSON. Only the owner can read the file.
      - A run executes exactly this plan, as with O(plan_digest). It fails if the file does not exist.
      - Each project on each host needs a file, so the path usually contains C(inventory_hostname). A file with the
        plan of another host or project is neither overwritten nor executed.
      - Handled on the controller. Without the action plugin of this module, the option is an error.
    type: path
  files_path:
    description:
      - The directory on the engine's host for C(files) of containers. It has a directory for each project, which only
        the user of the module can enter. The module must run on the engine's host.
    type: path
    default: /var/lib/slipway-docker
  lock_timeout:
    description:
      - A run waits while another one changes the project. This is the maximum time in seconds. Afterwards it makes a
        new plan.
      - The lock is a file on the host where the module runs.
    type: int
    default: 300
  progress:
    description:
      - Whether to show each step with its duration while the task runs. A step that lasts is shown at least every five
        seconds.
      - Handled on the controller, for the connections P(ansible.builtin.local#connection) and
        P(ansible.builtin.ssh#connection). With others, the steps are shown at the end of the task, if the verbosity is
        at least 1 (C(-v)).
      - Nothing is shown in check mode, for tasks with C(async) or C(no_log), and if the output of Ansible is JSON. The
        steps are also in RV(timeline).
      - To turn it off for a whole play, set it in C(module_defaults).
      - If Ansible writes to a pipe, Python may hold the lines back until the end of the play. Set the environment
        variable E(PYTHONUNBUFFERED) to V(1) to avoid that.
    type: bool
    default: true
  progress_file:
    description:
      - The path of a file on the target for progress lines, which exists while the task runs. It must not exist before.
      - Needed only to watch the module without O(progress).
    type: path
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: The diff is the plan, as a tree.
  idempotent:
    support: full
seealso:
  - module: slipway.docker.container
  - module: slipway.docker.image
  - module: slipway.docker.network
  - module: slipway.docker.volume
"""
