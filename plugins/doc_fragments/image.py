# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of image, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - The name of the image, as C([HOST[:PORT]/]PATH[:TAG][@DIGEST]). With a digest, the tag is ignored, as in Docker.
      - With O(source=local), O(source=load) or O(state=absent), it may be the full ID of an image.
    type: str
    required: true
  tag:
    description: The tag, or the digest, if O(name) has neither.
    type: str
    default: latest
  source:
    description:
      - Where the image comes from.
      - V(pull) pulls it from its registry, see O(pull).
      - V(build) builds it, see O(build).
      - V(load) loads it from an archive of images, O(load_path).
      - V(import) creates it from an archive of a file system, see O(import).
      - V(local) fails if it is not on the host.
      - The default is V(build), V(load) or V(import) if O(build), O(load_path) or O(import) is set, V(local) if O(name)
        is an ID, and V(pull) otherwise.
    type: str
    choices: [build, import, load, local, pull]
  build:
    description: How to build the image.
    type: dict
    suboptions:
      path:
        description:
          - The directory on the target with the build context. Files that match its C(.dockerignore) are not sent to
            the engine. C(DOCKERFILE.dockerignore) takes precedence if it exists.
          - With BuildKit the Dockerfile itself is always part of the context, even if C(.dockerignore) excludes it.
        type: path
        required: true
      dockerfile:
        description:
          - The Dockerfile, relative to O(build.path) or absolute. The default is C(Dockerfile).
          - A file outside of O(build.path) is added to the context as C(.slipway.Dockerfile).
        type: str
      args:
        description:
          - Values for the C(ARG) instructions, by name.
          - Do not use them for secrets. They are hidden in the invocation, but the Engine keeps them in the history of
            the image, and the log of the build may show them.
        type: dict
      labels:
        description: Labels of the image.
        type: dict
      target:
        description: The stage of the Dockerfile to build. The default is the last one.
        type: str
      platform:
        description: The platform to build for, as C(os[/arch[/variant]]).
        type: str
      network:
        description: The network of C(RUN) instructions, such as V(host) or V(none).
        type: str
      etc_hosts:
        description:
          - Additional entries of C(/etc/hosts) for C(RUN) instructions, as a dictionary of names and addresses.
        type: dict
      shm_size:
        description:
          - The size of C(/dev/shm) for C(RUN) instructions, such as V(64m).
          - With BuildKit, it requires Engine API 1.42 (Docker 23).
        type: str
      cache_from:
        description: Images whose layers can be used as a cache.
        type: list
        elements: str
      secrets:
        description:
          - Not supported, because build secrets need a session of the Docker CLI.
          - The option exists so that tasks for C(community.docker.docker_image_build) fail with a clear message.
        type: list
        elements: dict
      container_limits:
        description: Resource limits of the classic builder's containers. BuildKit does not support them.
        type: dict
        suboptions:
          memory:
            description: The memory limit, such as V(512m).
            type: str
          memswap:
            description: The limit of memory and swap together, such as V(1g), or V(unlimited).
            type: str
          cpushares:
            description: The CPU weight relative to other containers.
            type: int
          cpusetcpus:
            description: The CPUs that may be used, such as V(0-3) or V(0,1).
            type: str
      use_config_proxy:
        description:
          - Whether to pass the proxies in the configuration of the Docker CLI (O(config_path)) to C(RUN) instructions,
            as build arguments such as C(http_proxy). They are not stored in the image, and a change does not cause a
            build.
        type: bool
        default: false
      squash:
        description:
          - Whether to merge the new layers into one. Requires the classic builder and an engine with experimental
            features.
        type: bool
        default: false
      nocache:
        description: Whether to run all instructions without the build cache when the image is built.
        type: bool
        default: false
      pull:
        description:
          - Whether to use the current base images of the registries. The image is built again if a base image has
            changed.
          - The digest of each image in the Dockerfile is requested from its registry, after O(build.args) and the
            defaults of C(ARG) have been filled in. The task fails if a registry does not have a base image.
        type: bool
        default: false
      rm:
        description: Whether to remove intermediate containers of the classic builder.
        type: bool
        default: true
      http_timeout:
        description:
          - How many seconds to wait for output of the engine during a build. The default is 3600, because a compilation
            may be silent for long.
        type: int
      builder:
        description:
          - The builder. V(classic) is the legacy builder of the Engine.
          - BuildKit cannot use credentials of the host for base images. If there are credentials for a base image, the
            engine therefore pulls it before the build, unless it is on the host and, with O(build.pull=true), is up to
            date. It stays on the host.
        type: str
        choices: [buildkit, classic]
        default: buildkit
  pull:
    description: How to pull the image.
    type: dict
    suboptions:
      policy:
        description:
          - When to pull the image.
          - V(missing) pulls it if it is not on the host.
          - V(always) asks the registry for the digest, and pulls the image if the host has another one.
          - V(never) fails if the image is not on the host.
        type: str
        choices: [always, missing, never]
        default: missing
      platform:
        description:
          - The platform to pull, as C(os[/arch[/variant]]). An image on the host for another platform is replaced.
        type: str
  load_path:
    description:
      - The archive on the target to load images from, in the format of C(docker save), plain or compressed with gzip,
        bzip2 or xz. Engines with the containerd image store also load OCI layouts.
      - All its images are loaded if one of its names is not on the host or refers to another image there. O(name) must
        be one of these names, or the ID of an image in the archive.
    type: path
  import:
    description: How to create an image from an archive of a file system.
    type: dict
    suboptions:
      path:
        description: The archive on the target, a tar file, plain or compressed with gzip, bzip2 or xz.
        type: path
        required: true
      changes:
        description:
          - Dockerfile instructions for the configuration of the image, such as V(CMD ["/bin/sh"]) or V(ENV a=b).
          - A digest of the archive and these instructions is stored in the label C(slipway.docker.import). If it
            changes, the image is imported again.
        type: list
        elements: str
  force_source:
    description:
      - Whether to build, load or import even if nothing has changed. With O(source=pull), the same as
        O(pull.policy=always).
      - The task reports a change only if the image, one of its names, the registry or the archive is different
        afterwards. A build from the build cache results in the same image.
      - Check mode cannot know the result. For a build, it predicts no change if files and options have not changed,
        unless O(build.nocache=true). For an archive, it predicts no change if all its images are on the host. For an
        import, it always predicts a change. With O(source=pull), it asks the registry for the digest.
    type: bool
    default: false
  repository:
    description: Another name for the image, with the tag of O(name) if it has none. O(push) uses this name.
    type: str
  force_tag:
    description:
      - Whether to move the name in O(repository) if it belongs to another image. With V(false), the other image keeps
        it, with a warning.
    type: bool
    default: true
  push:
    description:
      - Whether to push the image to the registry in O(repository) or, if that is not set, in O(name). It is pushed if
        the registry has no image, or another image, with this name.
    type: bool
    default: false
  archive_path:
    description:
      - The archive on the target to save the image to, in the format of C(docker save).
      - It is written if it does not exist, or does not contain exactly this image and O(archive_names). An existing
        file is replaced when the new one is complete. The directory must exist.
    type: path
  archive_names:
    description: Additional images to save in O(archive_path), by name or full ID.
    type: list
    elements: str
  archive_mode:
    description:
      - The permissions of O(archive_path), as octal digits in quotes, such as V('0640').
      - If not set, an existing file keeps its permissions, and a new one gets C(0600).
    type: raw
  force_absent:
    description:
      - Whether to remove an image that stopped containers use, and to remove all names of an image by its ID.
      - If a running container uses the image, removing it by name removes only the name. The image stays until the
        container is removed, and removing it by ID fails.
    type: bool
    default: false
  prune:
    description: Whether to remove untagged parent images together with an image.
    type: bool
    default: true
  username:
    description:
      - The user to log in to the registry as, for this task only. A build uses it for base images in the registry of
        the built image.
      - If not set, the credentials in the Docker CLI's configuration (O(config_path)) or its credential helper are
        used. M(slipway.docker.registry) stores them there.
    type: str
  password:
    description: The password or access token of O(username).
    type: str
  config_path:
    description:
      - The configuration file of the Docker CLI to read credentials from.
      - The default is C($DOCKER_CONFIG/config.json), or C(~/.docker/config.json) of the user that the task runs as.
    type: path
    aliases: [dockercfg_path]
  state:
    description:
      - V(present) makes the image available under O(name) and O(repository), in the registry (O(push)) and in the
        archive (O(archive_path)).
      - V(absent) removes the name O(name), and the image if it has no other name.
    type: str
    choices: [absent, present]
    default: present
attributes:
  check_mode:
    support: full
    details: Registries are asked for digests; nothing is downloaded.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: With O(force_source=true), each run builds, loads or imports, and each import creates another image.
notes:
  - A digest of the files, the Dockerfile and the options of a build is stored in the label C(slipway.docker.build) of
    the image. The next task compares it, and check mode predicts builds with it.
  - Archives are streamed in both directions, so they may be larger than the memory of the target.
  - U(https://github.com/slipway/docker/blob/main/docs/recipes.md) shows complete tasks for builds, registries and
    archives.
seealso:
  - module: slipway.docker.image_info
  - module: slipway.docker.registry
"""
