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
short_description: What is wrong with the configuration of a registry
description:
  - Holds a configuration against the keys that the distribution's registry 2.8 knows. It takes any key itself, and
    what is misspelled means nothing then.
  - Of a storage driver that is not V(filesystem), V(s3) or V(inmemory), and of middleware, the keys are not looked at.
options:
  _input:
    description: The content of the file, or a part of it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Say what is wrong
  ansible.builtin.debug:
    msg: "{{ {'http': {'draintimout': '10s'}, 'storage': 'local'} | slipway.docker.registry_problems }}"
  # ["http.draintimout is no key that the registry knows; http.draintimeout is one",
  #  "storage must be a dictionary"]
"""

RETURN = r"""
_value:
  description: A sentence for each problem, with the path of its key; empty if there is none.
  type: list
  elements: str
"""

import difflib
from typing import Any, Callable, Dict, List, Mapping

from ansible.errors import AnsibleFilterError

# What a key takes: VALUE is a plain one, ANYTHING is not looked at, a dictionary has the keys that may be below it,
# and a list of one dictionary those of each entry.
VALUE, ANYTHING = "value", "anything"
Table = Dict[str, Any]


def keys(words: str, **below: Any) -> Table:
    """A table of plain keys, and of keys with others below them."""
    return {**{word: VALUE for word in words.split()}, **below}


HOOK = keys("disabled type levels", options=keys("from to", smtp=keys("addr username password insecure")))
TLS = keys("certificate key clientcas minimumtls ciphersuites", letsencrypt=keys("cachefile email hosts directoryurl"))
ENDPOINT = keys(
    "name disabled url timeout threshold backoff ignoredmediatypes",
    headers=ANYTHING,
    ignore=keys("mediatypes actions"),
)
S3 = keys(
    "accesskey secretkey sessiontoken region regionendpoint forcepathstyle bucket encrypt keyid secure skipverify v4auth "
    "chunksize multipartcopychunksize multipartcopymaxconcurrency multipartcopythresholdsize rootdirectory "
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
    redis=keys(
        "addr password db dialtimeout readtimeout writetimeout", pool=keys("maxidle maxactive idletimeout")
    ),
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


def registry_problems(config: Mapping[str, Any]) -> List[str]:
    """A sentence for each thing that is wrong. Raises AnsibleFilterError. No sentence has a value in it."""
    if not isinstance(config, Mapping):
        raise AnsibleFilterError("registry_problems needs a dictionary, not %r" % (config,))
    return problems("", config, KEYS)


def problems(path: str, value: Any, known: Any) -> List[str]:
    """What is wrong at this path, and below it."""
    if known == ANYTHING:
        return []
    if known == VALUE:
        return ["%s must be a plain value, or a list of them" % path] if isinstance(value, Mapping) else []
    if isinstance(known, list):
        if not isinstance(value, list):
            return ["%s must be a list" % path]
        return [one for number, entry in enumerate(value) for one in problems("%s[%d]" % (path, number), entry, known[0])]
    if not isinstance(value, Mapping):
        return ["%s must be a dictionary" % path]
    found: List[str] = []
    for key in sorted(value, key=str):
        where = "%s.%s" % (path, key) if path else str(key)
        found += problems(where, value[key], known[key]) if key in known else [unknown(path, str(key), known)]
    return found


def unknown(path: str, key: str, known: Table) -> str:
    """That a key is none, and which one may have been meant."""
    prefix = path + "." if path else ""
    near = difflib.get_close_matches(key, known, 1)
    hint = "; %s%s is one" % (prefix, near[0]) if near else ""
    return "%s%s is no key that the registry knows%s" % (prefix, key, hint)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"registry_problems": registry_problems}
