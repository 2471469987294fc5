# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter registry_problems."""

from __future__ import annotations

DOCUMENTATION = r"""
name: registry_problems
author:
  - The slipway.docker authors (@slipway)
version_added: 0.1.0
short_description: Find problems in the options of a registry
description:
  - Checks the options of the role P(slipway.docker.registry#role) for contradictions, and C(config) for keys that a
    registry of this version does not support. The registry itself ignores unknown keys.
  - Checks whether another registry of the host uses the same port or storage.
  - Keys of middleware, and of storage drivers other than V(filesystem), V(s3) and V(inmemory), are not checked.
options:
  _input:
    description:
      - The options of the role, without the prefix C(registry_).
      - In addition, C(others), the configurations of the other registries of the host as read by
        M(ansible.builtin.slurp), and C(cron) if there is no systemd.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the problems
  ansible.builtin.debug:
    msg: "{{ {'storage': 's3', 'config': {'http': {'draintimout': '10s'}}} | slipway.docker.registry_problems }}"
  # ["registry_s3 requires bucket and region",
  #  "registry_config: http.draintimout is not supported by the registry (did you mean http.draintimeout?)"]
"""

RETURN = r"""
_value:
  description: One sentence for each problem, without secrets. The list is empty if there are no problems.
  type: list
  elements: str
"""

import base64
import difflib
import ipaddress
import json
import posixpath
import re
from typing import Any, Callable, Dict, List, Mapping, Set, Tuple

from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.registry_settings import registry_settings

# The valid values of a key: VALUE is a scalar or a list of scalars, ANYTHING is not checked, a dictionary has the keys
# that may be below it, and a list of one dictionary has the keys of each entry.
VALUE = "value"
ANYTHING = "anything"
Table = Dict[str, Any]


def keys(words: str, **below: Any) -> Table:
    """A table of keys with scalar values, and of keys with other keys below them."""
    return {**dict.fromkeys(words.split(), VALUE), **below}


HOOK = keys("disabled type levels", options=keys("from to", smtp=keys("addr username password insecure")))
TLS = keys("certificate key clientcas minimumtls ciphersuites", letsencrypt=keys("cachefile email hosts directoryurl"))
ENDPOINT = keys(
    "name disabled url timeout threshold backoff ignoredmediatypes",
    headers=ANYTHING,
    ignore=keys("mediatypes actions"),
)
S3 = keys(
    "accesskey secretkey sessiontoken region regionendpoint forcepathstyle bucket encrypt keyid secure skipverify "
    "v4auth chunksize multipartcopychunksize multipartcopymaxconcurrency multipartcopythresholdsize rootdirectory "
    "storageclass useragent objectacl usedualstack accelerate"
)
MIDDLEWARE = keys("name disabled", options=ANYTHING)
KEYS: Table = keys(
    "version loglevel",
    log=keys("level formatter reportcaller", accesslog=keys("disabled"), fields=ANYTHING, hooks=[HOOK]),
    storage={
        **dict.fromkeys(("azure", "gcs", "oss", "swift"), ANYTHING),
        "cache": keys("blobdescriptor"),
        "delete": keys("enabled"),
        "filesystem": keys("rootdirectory maxthreads"),
        "inmemory": ANYTHING,
        "maintenance": {
            "uploadpurging": keys("enabled age interval dryrun"),
            "readonly": keys("enabled"),
        },
        "redirect": keys("disable"),
        "s3": S3,
    },
    auth={
        "htpasswd": keys("realm path"),
        "silly": keys("realm service"),
        "token": keys("autoredirect realm service issuer rootcertbundle"),
    },
    middleware={"registry": [MIDDLEWARE], "repository": [MIDDLEWARE], "storage": [MIDDLEWARE]},
    reporting={"bugsnag": keys("apikey releasestage endpoint"), "newrelic": keys("licensekey name verbose")},
    http=keys(
        "addr net host prefix secret relativeurls draintimeout",
        tls=TLS,
        headers=ANYTHING,
        debug=keys("addr", prometheus=keys("enabled path")),
        http2=keys("disabled"),
    ),
    notifications={"events": keys("includereferences"), "endpoints": [ENDPOINT]},
    redis=keys("addr password db dialtimeout readtimeout writetimeout", pool=keys("maxidle maxactive idletimeout")),
    health={
        "file": [keys("file interval threshold")],
        "http": [keys("uri statuscode timeout interval threshold", headers=ANYTHING)],
        "storagedriver": keys("enabled interval threshold"),
        "tcp": [keys("addr timeout interval threshold")],
    },
    catalog=keys("maxentries"),
    proxy=keys("remoteurl username password"),
    compatibility={"schema1": keys("signingkeyfile enabled")},
    validation=keys("enabled disabled", manifests={"urls": keys("allow deny")}),
    policy={"repository": keys("classes")},
)
# Differences of the registry 3, as of 3.1.1.
GONE = "gone"
CHANGES: Table = {
    "storage": {
        **dict.fromkeys(("oss", "swift"), GONE),
        "cache": keys("blobdescriptorsize"),
        "s3": keys("loglevel usefipsendpoint"),
        "tag": keys("concurrencylimit"),
    },
    "auth": {"token": keys("autoredirectpath jwks signingalgorithms")},
    "reporting": GONE,
    "http": {"tls": keys("clientauth"), "h2c": keys("enabled")},
    # The options of go-redis, including those for clusters and sentinels.
    "redis": keys(
        "addrs clientname protocol username sentinelusername sentinelpassword mastername maxretries minretrybackoff "
        "maxretrybackoff contexttimeoutenabled poolfifo poolsize pooltimeout minidleconns maxidleconns maxactiveconns "
        "connmaxidletime connmaxlifetime maxredirects readonly routebylatency routerandomly disableidentity "
        "identitysuffix unstableresp3",
        addr=GONE,
        pool=GONE,
        tls=keys("certificate key rootcas"),
    ),
    "tags": keys("maxtags"),
    "proxy": keys("ttl", exec=keys("command lifetime")),
    "compatibility": GONE,
    "validation": {"manifests": {"indexes": keys("platforms", platformlist=[keys("architecture os")])}},
}


def changed(known: Table, changes: Table) -> Table:
    """A table with changes applied."""
    tables = {key: changed(known.get(key, {}), below) for key, below in changes.items() if isinstance(below, dict)}
    return {key: value for key, value in {**known, **changes, **tables}.items() if value != GONE}


VERSIONS = {"2.8": KEYS, "3": changed(KEYS, CHANGES)}


def registry_problems(declared: Mapping[str, Any]) -> List[str]:
    """A sentence for each problem. Raises AnsibleFilterError."""
    if not isinstance(declared, Mapping):
        raise AnsibleFilterError("registry_problems needs a dictionary, not %r" % (declared,))
    further = problems("", declared.get("config") or {}, VERSIONS[declared.get("version") or "2.8"])
    found = together(declared) + reachable(declared) + lasting(declared) + beside(declared) + cleaning(declared)
    return found + ["registry_config: %s" % sentence for sentence in further]


def together(declared: Mapping[str, Any]) -> List[str]:
    """Problems of options that are valid individually, but not in combination."""
    s3, token, proxy = (declared.get(name) or {} for name in ("s3", "token", "proxy"))
    auth, is_s3 = declared.get("auth", "htpasswd"), declared.get("storage") == "s3"
    found = {
        "registry_version: 3 requires registry_image, because the distributions package only the registry 2.8": (
            declared.get("version") == "3" and not declared.get("image")
        ),
        "registry_image requires systemd, which starts and stops the container": declared.get("image")
        and declared.get("cron"),
        "registry_s3 requires bucket and region": is_s3 and not (s3.get("bucket") and s3.get("region")),
        "registry_s3 requires both access_key and secret_key, or neither": bool(s3.get("access_key"))
        != bool(s3.get("secret_key")),
        "registry_s3 requires registry_storage: s3": s3 and not is_s3,
        "registry_token requires realm, service, issuer and certificates": auth == "token"
        and not all(token.get(name) for name in ("realm", "service", "issuer", "certificates")),
        "registry_token requires registry_auth: token": token and auth != "token",
        "registry_users requires registry_auth: htpasswd": declared.get("users") and auth != "htpasswd",
        "registry_proxy requires url": proxy and not proxy.get("url"),
        "registry_certificate_key and registry_certificate_ca require registry_certificate": (
            declared.get("certificate_key") or declared.get("certificate_ca")
        )
        and not declared.get("certificate"),
    }
    return [sentence for sentence, wrong in found.items() if wrong]


# HOST is the host in the name of an image. CERTIFIED is a name in a certificate.
LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
HOST = r"%s(?:\.%s)*" % (LABEL, LABEL)
CERTIFIED = r"(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"


def reachable(declared: Mapping[str, Any]) -> List[str]:
    """Problems with the names, addresses and ports of the registry."""
    found: List[str] = []
    host, address, metrics = (str(declared.get(name) or "") for name in ("host", "address", "metrics_address"))
    if host and not (is_address(host) or re.fullmatch(HOST, host)) or len(host) > 253:
        found.append(
            "registry_host is %s, which cannot be used in image names; set it to a host name of letters, digits, dots "
            "and dashes, or to an IP address, without a port" % host
        )
    if address and not is_address(address):
        found.append("registry_address must be an IP address, not %s" % address)
    for name in declared.get("names") or ():
        if not (is_address(name) or re.fullmatch(CERTIFIED, name)):
            found.append("registry_names contains %s, which is neither a host name nor an IP address" % name)
    ports = {"registry_port": declared.get("port"), "registry_metrics_address": metrics.rpartition(":")[2] or None}
    for option, port in ports.items():
        if port is None or not str(port).isdigit() and option != "registry_port":
            continue
        if not 1 <= int(port) <= 65535:
            found.append("%s has the port %s; ports must be from 1 to 65535" % (option, port))
        elif int(port) < 1024 and (declared.get("image") or declared.get("cron")):
            found.append(
                "%s has the port %s, but this registry does not run as root; ports below 1024 require the packaged "
                "registry and systemd" % (option, port)
            )
    return found


def is_address(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address."""
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def lasting(declared: Mapping[str, Any]) -> List[str]:
    """Problems with durations."""
    days, renew = declared.get("certificate_days"), declared.get("certificate_renew_days")
    found: List[str] = []
    if days is not None and renew is not None and not declared.get("certificate") and not 0 <= renew < days:
        found.append(
            "registry_certificate_renew_days is %d; it must be less than registry_certificate_days, which is %d, and "
            "not negative, because otherwise each run would issue a certificate and restart the registry"
            % (renew, days)
        )
    for name in ("start_timeout", "quiet_timeout", "drain_timeout"):
        if (declared.get(name) or 0) < 0:
            found.append("registry_%s must not be negative: %s" % (name, declared[name]))
    return found


def beside(declared: Mapping[str, Any]) -> List[str]:
    """Conflicts with other registries of the host."""
    found: List[str] = []
    others = declared.get("others") or ()
    own = registry_settings(declared, "") if others else {}
    for other in others:
        where = posixpath.dirname(other["source"])
        config = json.loads(base64.b64decode(other["content"]))
        for address in sorted(addresses(own)):
            if any(meet(address, taken) for taken in addresses(config)):
                found.append("%s:%s is already used by the registry in %s" % (*address, where))
        if share(place(own), place(config)):
            found.append("the registry in %s already stores its images in the same place" % where)
    return found


def addresses(config: Mapping[str, Any]) -> Set[Tuple[str, str]]:
    """The hosts and ports on which a registry listens."""
    http = config.get("http") or {}
    given = (http.get("addr"), (http.get("debug") or {}).get("addr"))
    return {(host, port) for host, _colon, port in (address.rpartition(":") for address in given if address)}


def meet(one: Tuple[str, str], other: Tuple[str, str]) -> bool:
    """Whether two addresses cannot be used at the same time."""
    return one[1] == other[1] and (one[0] == other[0] or bool({"", "0.0.0.0", "[::]"} & {one[0], other[0]}))


def place(config: Mapping[str, Any]) -> Tuple[str, str]:
    """Where a registry stores its images: the service, and the path in it."""
    storage = config.get("storage") or {}
    if "s3" in storage:
        s3 = storage["s3"]
        service = "%s %s" % (s3.get("regionendpoint", ""), s3.get("bucket"))
        return service, posixpath.normpath("/" + str(s3.get("rootdirectory") or "").strip("/"))
    if "filesystem" in storage:
        return "disk", posixpath.normpath(storage["filesystem"].get("rootdirectory") or "/var/lib/registry")
    return "", ""


def share(one: Tuple[str, str], other: Tuple[str, str]) -> bool:
    """Whether one of the places is the same as the other, or within it."""
    if not one[0] or one[0] != other[0]:
        return False
    return posixpath.commonpath([one[1], other[1]]) in (one[1], other[1])


# The five fields of cron: name, lowest value, highest value, names of values.
CRON = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day of the month", 1, 31, ""),
    ("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    ("day of the week", 0, 7, "sun mon tue wed thu fri sat"),
)


def cron_problem(schedule: str) -> str:
    """The rest of a sentence about an invalid schedule for cron; empty if it is valid."""
    fields = schedule.split()
    if len(fields) != len(CRON):
        return "must have the five fields of cron on hosts without systemd, such as 0 4 * * 0"
    for number, (name, least, most, names) in enumerate(CRON):
        field = fields[number]
        for part in field.lower().split(","):
            shape = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
            values = [int(value) for value in shape.groups()[:2] if value] if shape else []
            step = int(shape.group(3) or 1) if shape else 1
            if part not in names.split() and not (
                shape and values == sorted(values) and all(least <= value <= most for value in values) and step
            ):
                return "has the invalid value %s for the %s" % (field, name)
    return ""


def cleaning(declared: Mapping[str, Any]) -> List[str]:
    """Problems with the cleanup."""
    cleanup = declared.get("cleanup") or {}
    if not cleanup:
        return []
    found = [] if cleanup.get("schedule") else ["registry_cleanup requires schedule"]
    wrong = cron_problem(str(cleanup["schedule"])) if declared.get("cron") and not found else ""
    found += ["registry_cleanup.schedule %s" % wrong] if wrong else []
    if declared.get("storage", "filesystem") != "filesystem":
        found.append("registry_cleanup requires registry_storage: filesystem")
    if declared.get("proxy"):
        found.append("registry_cleanup cannot be used with registry_proxy, which removes unused images automatically")
    for number, rule in enumerate(cleanup.get("rules") or ()):
        where, keep = "registry_cleanup.rules[%d]" % number, rule.get("keep") or {}
        if not rule.get("repositories"):
            found.append("%s requires repositories" % where)
        if not any(keep.get(name) for name in ("last", "newer_than", "tags")):
            found.append("%s.keep requires last, newer_than or tags; otherwise all images would be removed" % where)
        if keep.get("last") is not None and int(keep["last"]) < 1:
            found.append("%s.keep.last must be 1 or more" % where)
        if keep.get("newer_than") and not re.fullmatch(r"\d+[smhdw]", str(keep["newer_than"])):
            found.append("%s.keep.newer_than must be an age, such as 36h, 30d or 2w" % where)
    return found


def problems(path: str, value: Any, known: Any) -> List[str]:
    """Problems with the keys and values at a path, and below it."""
    if known == ANYTHING:
        return []
    if known == VALUE:
        return ["%s must be a scalar, or a list of scalars" % path] if isinstance(value, Mapping) else []
    if isinstance(known, list):
        if not isinstance(value, list):
            return ["%s must be a list" % path]
        return [
            one for number, entry in enumerate(value) for one in problems("%s[%d]" % (path, number), entry, known[0])
        ]
    if not isinstance(value, Mapping):
        return ["%s must be a dictionary" % path]
    found: List[str] = []
    for key in sorted(value, key=str):
        where = "%s.%s" % (path, key) if path else str(key)
        found += problems(where, value[key], known[key]) if key in known else [unknown(path, str(key), known)]
    return found


def unknown(path: str, key: str, known: Table) -> str:
    """A sentence about an unknown key, with a similar known one."""
    prefix = path + "." if path else ""
    near = difflib.get_close_matches(key, known, 1)
    hint = " (did you mean %s%s?)" % (prefix, near[0]) if near else ""
    return "%s%s is not supported by the registry%s" % (prefix, key, hint)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"registry_problems": registry_problems}
