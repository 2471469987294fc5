# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ruff, mypy, yamllint, ansible-lint, documentation facts, changelog.

environment
check "ruff check" ruff check --quiet .
check "ruff format" ruff format --check --quiet .
check "mypy plugins" mypy .cache/collections/ansible_collections/slipway/docker/plugins
check "mypy tests" mypy tests/integration/conftest.py tests/integration/harness tests/lab/machines.py \
  tests/benchmark tests/unit/cases.py tests/unit/role_variables.py tests/unit/scripted.py tests/commands/library/count.py
check "mypy facts" mypy --scripts-are-modules bin/facts
check "yamllint" yamllint --strict .
# The playbooks use the first host of an inventory, so there must be one.
check "ansible-lint" env ANSIBLE_INVENTORY=playbooks/inventory/this_machine.yml \
  ansible-lint --offline --strict --nocolor
check "facts" bin/facts --check
check "changelog" antsibull-changelog lint
