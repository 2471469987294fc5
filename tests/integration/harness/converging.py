# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does what a module does, without starting a process or in a process that can be killed."""

from __future__ import annotations

import os
from typing import Any, Mapping

from ansible_collections.slipway.docker.plugins.module_utils.runtime.converge import execute, planned
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine.client import Client
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.state.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import parse
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.dial import connect


def converge(resource: Resource, host: str, task: Mapping[str, Any]) -> dict[str, Any]:
    """Do what the module does. Returns None, or the message and details of the failure."""
    client = Client(connect(parse(host), 30))
    try:
        execute(planned(resource, task, resource.observe(client, task), client), client)
        resource.observe(client, task)
    except SlipwayError as error:
        return {"msg": str(error), **error.details}
    finally:
        client.close()
    return {}


def converge_and_die(resource: Resource, host: str, task: Mapping[str, Any]) -> dict[str, Any]:
    """The same in a process that is killed."""
    child = os.fork()
    if not child:
        os._exit(bool(converge(resource, host, task)))
    status = os.waitpid(child, 0)[1]
    return {"msg": "killed"} if os.WIFSIGNALED(status) else {"status": status} if status else {}
