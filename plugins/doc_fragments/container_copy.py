# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of container_copy, except for its description, examples and return values."""

from __future__ import annotations


class ModuleDocFragment:
    """Merged into the documentation of the module, and not sent to hosts."""

    DOCUMENTATION = r"""
options:
  container:
    description: The name or ID of the container.
    type: str
    required: true
  container_path:
    description:
      - The absolute path in the container to copy to, or from with O(dest).
      - If it ends with a slash, a file is copied into this directory and keeps its name.
      - The parent directory must exist. Symbolic links in the parent directories are always followed.
    type: str
    required: true
  path:
    description:
      - The file or directory on the target to copy into the container.
      - A directory is copied with its content into O(container_path) and keeps its name. If it ends with a slash, only
        its content is copied.
      - Nothing is removed in the container. Existing directories keep their mode and owner.
      - Exactly one of O(path), O(content) and O(dest) is required.
    type: path
  content:
    description:
      - The text to write to a file in the container.
      - It is hidden in the invocation, but shown in the diff. Set C(no_log) on the task if it is secret.
    type: str
  content_is_b64:
    description: Whether O(content) is Base64, for binary content.
    type: bool
    default: false
  dest:
    description:
      - The path on the target to copy O(container_path) to.
      - If it ends with a slash, O(container_path) is copied into this directory, which must exist, and keeps its name.
      - A directory in the container is copied with its content into this directory and keeps its name. If
        O(container_path) ends with a slash, only its content is copied, and this directory is created if needed.
      - Nothing is removed on the target. Existing directories keep their mode and owner.
    type: path
  follow:
    description:
      - Whether to follow a symbolic link at O(container_path). With V(false), a copied file replaces the link, and a
        link is not copied to O(dest).
    type: bool
    default: false
  local_follow:
    description:
      - Whether to follow symbolic links on the target. With V(false), links in O(path) are copied as links, and a
        copied file replaces a link at O(dest).
    type: bool
    default: true
  owner_id:
    description:
      - The ID of the user that owns the copied files. Requires O(group_id).
      - If not set, files in the container belong to the user that the container runs as, and files on the target keep
        their owner.
    type: int
  group_id:
    description: The ID of the group that owns the copied files. Requires O(owner_id).
    type: int
  mode:
    description:
      - The permissions of copied files, in the format that O(mode_parse) selects. New directories get the permissions
        of the directories that they are copied from.
      - If not set, a file has the permissions of the file that it is copied from, on the target without the
        set-user-ID, set-group-ID and sticky bits.
      - If not set, a file with O(content) keeps its permissions, and a new one gets C(0644).
    type: raw
  mode_parse:
    description:
      - How to read O(mode).
      - V(modern) reads a string as an octal number and uses an integer as it is, like M(ansible.builtin.copy).
        V('0644') and V(0644) are the same, because YAML reads the second as octal. V(644) is a decimal number, the same
        as V('1204').
      - V(legacy) reads a string as a decimal number, like C(community.docker.docker_container_copy_into) by default. A
        string that looks octal causes a warning.
      - V(octal_string_only) accepts only strings, and reads them as octal numbers.
    type: str
    choices: [legacy, modern, octal_string_only]
    default: modern
  force:
    description:
      - Whether to copy files that exist. V(true) copies all files in each run. V(false) copies only files that do not
        exist.
      - If not set, files that differ are copied.
    type: bool
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows the text of a single file of up to 100 KiB. Otherwise lists the differences.
  idempotent:
    support: partial
    details: With O(force=true), each run copies.
notes:
  - The volumes of the container are included. Paths that exist only in a running container are rejected, such as
    C(tmpfs) mounts, C(/proc) and C(/dev).
  - The engine does not replace a file in a container atomically, so a program may read a partly written file. Files on
    the target are replaced atomically.
  - Large files are streamed and need little memory.
seealso:
  - module: slipway.docker.container
  - module: slipway.docker.container_exec
"""
