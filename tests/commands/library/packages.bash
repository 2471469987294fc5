# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Debian packages that commands need.

# needs_root REASON: fails without root, and prints the reason.
needs_root() {
  [ "$(id -u)" -eq 0 ] && return
  echo "$1: run it with sudo." >&2
  return 1
}

# packages COMMAND PACKAGE ...: install the Debian package of each command (or file) that is missing.
packages() {
  local missing=()
  while [ $# -gt 0 ]; do
    if ! type -P "$1" >/dev/null && ! [ -e "$1" ]; then missing+=("$2"); fi
    shift 2
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    echo "bin/test needs these packages, and root to install them: ${missing[*]}" >&2
    echo "Run it with sudo, or: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 2
  fi
  say "install ${missing[*]}"
  apt_install "${missing[@]}" || exit 2
}

# The engine and the registry in these packages must not start, because tests start their own. The policy is in force
# only while this process runs, which is identified by its number and its start time.
apt_install() {
  local policy=/usr/sbin/policy-rc.d mark="# By slipway.docker's bin/test." started status
  if ! [ -e "$policy" ] || grep -qsxF "$mark" "$policy"; then
    trap 'rm -f /usr/sbin/policy-rc.d; finish' EXIT
    started=$(sed 's/.*) //' /proc/$$/stat | cut -d ' ' -f 20)
    printf '%s\n' '#!/bin/sh' "$mark" "! grep -qs ' $started ' /proc/$$/stat || exit 101" >"$policy"
    chmod 755 "$policy"
  else
    policy=
  fi
  run apt-get -q update &&
    DEBIAN_FRONTEND=noninteractive run apt-get -q install --yes --no-install-recommends "$@"
  status=$?
  [ -z "$policy" ] || rm -f "$policy"
  trap finish EXIT
  return "$status"
}

# The packages for engines in namespaces. Fails without root.
engine_packages() {
  needs_root "This starts engines of its own, which needs root" || return
  packages dockerd docker.io iptables iptables ip iproute2 busybox busybox-static docker-registry docker-registry \
    openssl openssl setpriv util-linux ssh openssh-client sshd openssh-server socat socat
  packages docker docker-cli
}
