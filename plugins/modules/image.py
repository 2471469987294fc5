#!/usr/bin/python
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module image."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image
short_description: Pull, build, load, import, tag, push, save and remove images
version_added: 0.1.0
description:
  - Makes an image available on a host, from a registry, a Dockerfile or an archive, gives it another name, and sees to
    it that a registry or an archive has it; or takes it away.
  - A build runs only if the image is not there or something that it is made from has changed. The digest of the
    files, the Dockerfile and the options is kept in the label C(slipway.docker.build) of the image.
  - Archives are compared with the host by what they hold, and streamed both ways, so their size does not matter.
  - Credentials for a registry are those that the docker command keeps on the host, in C(config.json) or with a
    credential helper, unless the task has O(username) and O(password). M(slipway.docker.registry) puts them there.
author:
  - The slipway.docker authors (@slipway)
options:
  name:
    description:
      - The name of the image, C([HOST[:PORT]/]PATH[:TAG][@DIGEST]). With a digest, the tag does not count, as in
        Docker.
      - With O(source=local), O(source=load) or O(state=absent) also the full id of an image.
    type: str
    required: true
  tag:
    description: The tag, or digest, if O(name) has neither.
    type: str
    default: latest
  source:
    description:
      - Where the image comes from.
      - V(pull) gets it from its registry, as O(pull) says.
      - V(build) builds it, as O(build) says.
      - V(load) takes it from an archive of images, O(load_path).
      - V(import) makes it of an archive of a file system, as O(import) says.
      - V(local) expects that it is there.
      - If this is not given, V(build), V(load) or V(import) counts where O(build), O(load_path) or O(import) is,
        V(local) where O(name) is an id, V(pull) otherwise.
    type: str
    choices: [build, import, load, local, pull]
  build:
    description: How to build the image.
    type: dict
    suboptions:
      path:
        description:
          - The directory on the target that holds the context, which is sent to the engine without what its
            C(.dockerignore) leaves out. C(DOCKERFILE.dockerignore), if there is one, counts instead.
        type: path
        required: true
      dockerfile:
        description:
          - The Dockerfile, relative to O(build.path) or absolute. C(Dockerfile) if this is not given.
          - One outside of O(build.path) is put into the context as C(.slipway.Dockerfile).
        type: str
      args:
        description: Values for the C(ARG) instructions.
        type: dict
      labels:
        description: Labels of the image.
        type: dict
      target:
        description: The stage of the Dockerfile to build.
        type: str
      platform:
        description: The platform to build for, C(os[/arch[/variant]]).
        type: str
      network:
        description: The network of C(RUN) instructions, such as V(host) or V(none).
        type: str
      etc_hosts:
        description: Further entries of C(/etc/hosts) for C(RUN) instructions, names to addresses.
        type: dict
      shm_size:
        description:
          - The size of C(/dev/shm) for C(RUN) instructions, such as V(64m).
          - BuildKit heeds it from API 1.42 (Docker 23) on, and before that it is refused there.
        type: str
      cache_from:
        description: Images whose layers may be used as a cache.
        type: list
        elements: str
      secrets:
        description:
          - Refused before anything happens. Secrets of a build need a session that only the docker command has.
          - It is here so that tasks from C(community.docker.docker_image_build) get this answer.
        type: list
        elements: dict
      container_limits:
        description: Limits of the containers that the classic builder runs. BuildKit has none and refuses them.
        type: dict
        suboptions:
          memory:
            description: The memory, such as V(512m).
            type: str
          memswap:
            description: Memory and swap together, such as V(1g), or V(unlimited).
            type: str
          cpushares:
            description: The weight of a container for the processors.
            type: int
          cpusetcpus:
            description: The processors that may be used, such as V(0-3) or V(0,1).
            type: str
      use_config_proxy:
        description:
          - Hand the proxies that the docker command's configuration (O(config_path)) names to the C(RUN) instructions,
            as arguments such as C(http_proxy). They do not stay in the image, and a change does not start a build.
        type: bool
        default: false
      squash:
        description:
          - Put the new layers of the image together into one. Only the classic builder of an engine with experimental
            features can.
        type: bool
        default: false
      nocache:
        description: Run each instruction anew when the image is built.
        type: bool
        default: false
      pull:
        description:
          - Take the base images that the registries have now. The image is built anew when one of them has moved.
          - The registries are asked for the digest of each image that the Dockerfile names, as far as O(build.args) and
            the defaults of C(ARG) tell. A base image that no registry has is an error.
        type: bool
        default: false
      rm:
        description: Remove the intermediate containers of the classic builder.
        type: bool
        default: true
      http_timeout:
        description:
          - The longest silence of the engine during a build in seconds, an hour if this is not given. A compilation
            may say nothing for long.
        type: int
      builder:
        description:
          - V(buildkit), or V(classic) for the builder that Docker had before.
          - BuildKit takes base images that are on the host as they are, and asks registries as nobody. So a base image
            that there are credentials for, which is not on the host, or with O(build.pull) not the one that the
            registry has now, is pulled by the engine before. It stays on the host.
        type: str
        choices: [buildkit, classic]
        default: buildkit
  pull:
    description: How to pull the image.
    type: dict
    suboptions:
      policy:
        description:
          - V(missing) pulls an image that is not on the host.
          - V(always) asks the registry for the digest, and pulls if it is not that of the image on the host.
          - V(never) fails if the image is not on the host.
        type: str
        choices: [always, missing, never]
        default: missing
      platform:
        description: The platform to pull, C(os[/arch[/variant]]). An image of another one on the host is replaced.
        type: str
  load_path:
    description:
      - The archive on the target to load images from, as C(docker save) writes them, also with gzip, bzip2 or xz.
        Engines with containerd's image store also load OCI layouts.
      - All images in it are loaded, if one of its names is not on the host or is another image there. O(name) must be
        one of them, or the id of an image in it.
    type: path
  import:
    description: How to make an image of an archive of a file system.
    type: dict
    suboptions:
      path:
        description: The archive on the target, a tar file, also with gzip, bzip2 or xz.
        type: path
        required: true
      changes:
        description:
          - Instructions of a Dockerfile that say how the image is run, such as V(CMD ["/bin/sh"]) or V(ENV a=b).
          - A digest of the archive and of these is kept in the label C(slipway.docker.import) of the image, and another
            one makes it anew.
        type: list
        elements: str
  force_source:
    description:
      - Build, load or import in any case, or for O(source=pull) the same as O(pull.policy=always).
      - The result is C(changed) if the image, one of its names, the registry or the archive is another one than before.
        A build from the builder's cache makes the same image again, and so does not count.
      - Check mode cannot know what a build makes. It predicts no change if the files and options are those of the image
        that is there, unless O(build.nocache=true). It predicts none for an archive of which the host has all images,
        and a change for each import. For O(source=pull) it asks the registry for the digest.
    type: bool
    default: false
  repository:
    description:
      - Another name for the image, with the tag of O(name) if it has none. It is the name that O(push) uses.
    type: str
  force_tag:
    description:
      - Whether O(repository) is taken from another image that has the name. If not, it is left alone with a warning.
    type: bool
    default: true
  push:
    description:
      - Whether the registry in O(repository), or in O(name), must have the image. It is asked for the digest, and the
        image is pushed if it has none or another one by this name.
    type: bool
    default: false
  archive_path:
    description:
      - The archive on the target that must hold the image, by O(name), as C(docker save) writes it.
      - It is written if there is none, or if it does not hold just this image and O(archive_names). It is replaced as a
        whole, when the new one is complete. Its directory must be there.
    type: path
  archive_names:
    description: Further images that O(archive_path) must hold, by name or full id.
    type: list
    elements: str
  archive_mode:
    description:
      - The permissions of O(archive_path) as octal digits, best in quotes, such as V('0640').
      - If this is not given, those of the file are kept, and a new one gets C(0600).
    type: raw
  force_absent:
    description:
      - Remove the image although stopped containers were made from it, and by id with all its names.
      - By name, an image that a container runs loses the name and stays until the container is gone. By id it is
        refused.
    type: bool
    default: false
  prune:
    description: Whether the parents of a removed image that have no name go along.
    type: bool
    default: true
  username:
    description:
      - The user to log in as, for this task only. A build uses it for base images in the registry of its own image.
    type: str
  password:
    description: The password of O(username).
    type: str
  config_path:
    description:
      - The configuration of the docker command that credentials are taken from.
      - If it is not given, C($DOCKER_CONFIG/config.json) counts, then C(~/.docker/config.json) of the user that the
        task runs as.
    type: path
    aliases: [dockercfg_path]
  state:
    description:
      - V(present) makes sure that the image is there, has its other name, and is in the registry and in the archive.
      - V(absent) takes the name O(name) off the image, and removes the image with its last name.
    type: str
    choices: [absent, present]
    default: present
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.attributes
attributes:
  check_mode:
    support: full
    details: Registries are asked for digests, and nothing is downloaded.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: With O(force_source=true) an image is built, loaded or imported each time, and an import is always another
      image.
seealso:
  - module: slipway.docker.image_info
  - module: slipway.docker.registry
"""

EXAMPLES = r"""
- name: Pull an image if it is not there
  slipway.docker.image:
    name: registry.example.com/team/app:1.4

- name: Follow a moving tag
  slipway.docker.image:
    name: registry.example.com/team/app:stable
    pull:
      policy: always

- name: Build an image and push it
  slipway.docker.image:
    name: app:1.4
    build:
      path: /srv/app
      args:
        version: "1.4"
    repository: registry.example.com/team/app
    push: true
  register: app

- name: Pull just this image somewhere else
  slipway.docker.image:
    name: registry.example.com/team/app@{{ app.digest }}
  delegate_to: web1

- name: Save images to an archive
  slipway.docker.image:
    name: app:1.4
    source: local
    archive_path: /srv/images/app.tar
    archive_names: ["database:16"]
    archive_mode: "0640"

- name: Load them on another host, under a name of its own
  slipway.docker.image:
    name: app:1.4
    load_path: /srv/images/app.tar
    repository: app:current
  delegate_to: web2

- name: Make an image of a file system
  slipway.docker.image:
    name: base:trixie
    import:
      path: /srv/images/trixie.tar.gz
      changes:
        - CMD ["/bin/bash"]
        - ENV LANG=C.UTF-8

- name: Remove an image
  slipway.docker.image:
    name: app:1.4
    state: absent
"""

RETURN = r"""
image:
  description: The image as the Engine shows it, or an empty dictionary where there is none.
  returned: success
  type: dict
  sample:
    Id: sha256:15ba91f9ffdfe71a50dc079d90b1502857b37a7e821cfbfc19c4cad86bb44641
    RepoTags: ["app:1.4"]
digest:
  description:
    - The digest by which the registry in O(repository), or in O(name), knows the image; V(null) where the host does
      not know of any.
  returned: success
  type: str
  sample: sha256:528fa87a6c893b7fc789feac892993785e2f291333b052e914b969da287fafe3
stdout:
  description: The log of the build, its last 2000 lines. If the build failed, C(stdout_lines) is empty, so that Ansible
    does not show the log twice.
  returned: when an image was built, or a build failed
  type: str
  sample: "#1 [internal] load remote build context"
image_names:
  description: The names of all images in the archive that was loaded or, in check mode, would be.
  returned: for O(source=load)
  type: list
  elements: str
  sample: ["app:1.4", "database:16"]
untagged:
  description: The names that were taken away.
  returned: when something was removed
  type: list
  elements: str
  sample: ["app:1.4"]
deleted:
  description: The ids of the images and layers that were removed.
  returned: when something was removed
  type: list
  elements: str
  sample: ["sha256:15ba91f9ffdfe71a50dc079d90b1502857b37a7e821cfbfc19c4cad86bb44641"]
actions:
  description: What was done, or in check mode would be, one line a step, with its reason.
  returned: success
  type: list
  elements: str
  sample: ["build image app:1.4: it does not exist"]
"""

from ansible_collections.slipway.docker.plugins.module_utils.ansible.run import run
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.image.resource import IMAGE


def main() -> None:
    """Run the module."""
    run(IMAGE)


if __name__ == "__main__":
    main()
