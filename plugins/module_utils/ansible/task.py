# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible part of a task: arguments, check mode, diff and result."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any, Callable, Collection, Dict, Mapping, Type

from ansible.module_utils.basic import AnsibleModule

from ..runtime.converge import converge
from ..runtime.errors import SlipwayError, foreseen, hide_userinfo, is_secret_name
from ..runtime.state.compare import HIDDEN, hide
from ..runtime.state.field import Option
from ..runtime.state.resource import Resource, no_plan
from ..runtime.state.table import Table

# Where inspect shows the options of drivers: of volumes, mounts, networks, endpoints, storage and logs.
DRIVER_OPTIONS = ("Options", "DriverOpts", "StorageOpt", "LogConfig")


@dataclass(frozen=True)
class Backend:
    """The API that a task uses, of an engine or of registries: its connection options, and how to create the client.

    ``nothing`` creates the client that check mode uses if there is no engine yet.
    """

    spec: Callable[[], Dict[str, Any]]
    client: Callable[[Mapping[str, Any]], Any]
    nothing: Callable[[], Any] | None = None


class Module(AnsibleModule):  # type: ignore[misc]
    """AnsibleModule that does not show secret arguments."""

    def __init__(self, table: Table, spec: Mapping[str, Any]) -> None:
        self._table, self._is_valid = table, False
        self._given: Dict[str, Any] = {}
        super().__init__({**spec, **table.argument_spec()}, supports_check_mode=True, **table.rules())
        self._is_valid = True

    def _load_params(self) -> None:
        super()._load_params()
        self._given = dict(self.params)  # Ansible empties an option whose entries it refuses

    def log(self, msg: Any, log_args: Any = None) -> None:
        """Write nothing to the system log, where arguments and warnings would be readable.

        The argument ``no_log`` of AnsibleModule does not keep them out: the task's own ``no_log`` overrides it.
        """

    def _log_invocation(self) -> None:
        """Write nothing, as above."""

    def exit_json(self, **kwargs: Any) -> None:
        """Like AnsibleModule, with an invocation without secrets."""
        super().exit_json(invocation=self._invocation(), **kwargs)

    def fail_json(self, msg: str, **kwargs: Any) -> None:
        """Like AnsibleModule; for strings in place of dictionaries, the message names the option."""
        if not self._is_valid:
            msg = self._table.misformed(self._given) or msg
        super().fail_json(hide_userinfo(str(msg)), **{**kwargs, "invocation": self._invocation()})

    def _invocation(self) -> Dict[str, Any]:
        theirs = {
            name
            for key, entry in self.argument_spec.items()
            for name in (key, *entry.get("aliases", ()))
            if not entry.get("no_log")
        }
        return {"module_args": shown(self._table, self.params, theirs)}


def shown(table: Table, params: Mapping[str, Any], others: Collection[str] = ()) -> Dict[str, Any]:
    """The options as typed, without secrets; of those that the table does not have, only ``others`` are shown."""
    ours = {name: option for option in table.options for name in (option.name, *option.aliases)}
    found = {
        # What is no option may be a secret one with a slip in its name.
        name: _shown(ours[name], value) if name in ours else value if name in others else HIDDEN
        for name, value in params.items()
    }
    return dict(_without_userinfo(found))


def perform(resource: Resource, backend: Backend, form: Type[Module] = Module) -> None:
    """Run the module of a resource: read the task, converge, and exit with the result."""
    module = form(resource.table, backend.spec())
    result = _result(module, resource, backend)
    # Outside of any except: Ansible would add the error with all its values to the result.
    leave: Any = module.fail_json if result.get("failed") else module.exit_json
    leave(**result)


def _result(module: AnsibleModule, resource: Resource, backend: Backend) -> Dict[str, Any]:
    """The result of the task, including a failure."""
    try:
        with closing(backend.client(module.params)) as client:
            return _converge(module, resource, backend, client)
    except SlipwayError as error:
        return _failure(error)
    except Exception as error:
        return _failure(foreseen(error))


def _failure(error: SlipwayError) -> Dict[str, Any]:
    return {"failed": True, "msg": str(error), "changed": False, **_without_userinfo(error.details)}


def _converge(module: AnsibleModule, resource: Resource, backend: Backend, client: Any) -> Dict[str, Any]:
    params = resource.table.read(module.params)
    outcome = converge(resource, params, client, module.check_mode, backend.nothing, _warner(module))
    result = {"changed": outcome.changed, **outcome.values}
    if resource.plan is not no_plan:
        result = _without_secret_options(result)
        result["actions"] = _without_userinfo(outcome.plan.actions())
        if module._diff:
            result["diff"] = _without_userinfo(_headed(outcome.plan.diff(), resource.table, params))
    return result


def _warner(module: AnsibleModule) -> Callable[[str], None]:
    return lambda text: module.warn(hide_userinfo(text))


def _without_secret_options(value: Any) -> Any:
    """Inspect results without passwords in driver options. The info modules return them."""
    if isinstance(value, Mapping):
        return {
            key: _without_userinfo(part) if key in DRIVER_OPTIONS else _without_secret_options(part)
            for key, part in value.items()
        }
    return [_without_secret_options(part) for part in value] if isinstance(value, list) else value


def _headed(diff: Dict[str, Any], table: Table, params: Mapping[str, Any]) -> Dict[str, Any]:
    """A diff with the name of the object as header, unless it is empty."""
    title = "%s %s" % (table.noun, params.get(table.options[0].name))
    heads = {"before_header": title, "after_header": title}
    return {**heads, **diff} if diff.get("before") or diff.get("after") else diff


def _shown(option: Option, value: Any) -> Any:
    """The value as typed, without secrets."""
    if isinstance(value, list) and option.suboptions:
        return [_shown(option, entry) for entry in value]
    if isinstance(value, Mapping) and option.suboptions and not option.secret:
        parts = {name: part for part in option.suboptions for name in (part.name, *part.aliases)}
        return {key: _shown(parts[key], entry) if key in parts else HIDDEN for key, entry in value.items()}
    return hide(option, value)


def _without_userinfo(value: Any) -> Any:
    """The value without passwords in URLs, and without values whose keys name secrets."""
    if isinstance(value, str):
        return hide_userinfo(value)
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if part and isinstance(part, str) and is_secret_name(str(key)) else _without_userinfo(part)
            for key, part in value.items()
        }
    return [_without_userinfo(part) for part in value] if isinstance(value, (list, tuple)) else value
