# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The Python environment of the tests, and others.

VENV=.cache/venv-test
ENVIRONMENT=

# python_packages PYTHON [COMMAND PACKAGE ...]: what is needed to make an environment with this Python.
python_packages() {
  packages "${@:2}" "$1" python3 /etc/ssl/certs/ca-certificates.crt ca-certificates
  # Debian has the part of Python that makes environments in a separate package.
  "$1" -c 'import ensurepip' 2>/dev/null || packages /nonexistent python3-venv
}

# first_python CODE VERSION ...: print the path of the first Python of these versions that runs the code.
first_python() {
  local code=$1 version candidate
  shift
  for version; do
    for candidate in $(type -ap "python$version") ~/.pyenv/versions/"$version".*/bin/python3; do
      "$candidate" -c "$code" 2>/dev/null && echo "$candidate" && return
    done
  done
  return 1
}

# virtual_environment DIRECTORY PYTHON REQUIREMENTS: make it, unless it was made from the same requirements.
virtual_environment() {
  local directory=$1 python=$2 requirements=$3
  cmp -s "$requirements" "$directory/installed.txt" && return
  say "set up $directory"
  rm -rf "$directory"
  run "$python" -m venv "$directory" &&
    run "$directory/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" &&
    cp "$requirements" "$directory/installed.txt" || exit 2
}

# Where Ansible and Python find this collection.
collection() {
  mkdir -p .cache/collections/ansible_collections/slipway
  ln -sfn ../../../.. .cache/collections/ansible_collections/slipway/docker
  export ANSIBLE_COLLECTIONS_PATH=$PWD/.cache/collections PYTHONDONTWRITEBYTECODE=1
  export LC_ALL=C.UTF-8
  export ANSIBLE_HOME=$SCRATCH/ansible ANSIBLE_LOCAL_TEMP=$SCRATCH/ansible/tmp
}

# The environment that all commands but "core" share. Only the first call has an effect.
environment() {
  local python=${PYTHON:-python3}
  [ -z "$ENVIRONMENT" ] || return
  python_packages "$python" git git
  if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "bin/test needs Python 3.11 or newer; $python is $("$python" --version). Set PYTHON to another one." >&2
    exit 2
  fi
  virtual_environment "$VENV" "$python" tests/requirements.txt
  collection
  PATH=$PWD/$VENV/bin:$PATH:/usr/sbin:/sbin
  ENVIRONMENT=ready
}
