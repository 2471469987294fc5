# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors between an engine and a registry, and how to fix them.

The Engine passes on errors of registries, resolvers and TLS with meaningless statuses (often 500), so only the texts
tell them apart.
"""

from __future__ import annotations

import re
from typing import Tuple

from ..errors import EngineError

# Text of the Engine (a regular expression), the cause, the fix, and the fix for the module ``registry`` if that
# differs; the first match counts. {registry} is replaced by "the registry HOST", or "the registry of IMAGE", and
# {image} by the name of the image.
REFUSALS: Tuple[Tuple[str, ...], ...] = (
    (
        "no space left on device|disk quota exceeded",
        "There is no space left for {image} on the engine's disk",
        "Free some space, for example by pruning unused images and the build cache.",
    ),
    (
        "failed to read downloaded context",
        "With the containerd image store, BuildKit does not accept files over the API before Docker 28",
        "Set 'build.builder: classic', or upgrade Docker.",
    ),
    (
        "oauth token.*x509: ",
        "The engine does not trust the certificate of the token server of {registry}",
        "With the containerd image store, add its CA to those of the host and restart the engine.",
    ),
    (
        "x509: .*(unknown authority|not trusted)",
        "The engine does not trust the certificate of {registry}",
        "Store the registry's CA in /etc/docker/certs.d/HOST:PORT/ca.crt (module slipway.docker.registry).",
        "Set registry_ca to the CA certificate that signed it.",
    ),
    (
        "x509: .*(has expired|not yet valid)",
        "The certificate of {registry} has expired, or this host's clock is wrong",
        "Renew the certificate, or set the clock.",
    ),
    (
        "x509: ",
        "The certificate of {registry} is not valid for its address",
        "Use a host name that is in the certificate, or issue a certificate for this address.",
    ),
    (
        "remote error: tls:|bad certificate|certificate required",
        "{registry} requires a client certificate, or refuses the one that it received",
        "Store client.cert and client.key in /etc/docker/certs.d/HOST:PORT/ (module slipway.docker.registry).",
        "Set registry_client_certificate and registry_client_key.",
    ),
    (
        "server gave HTTP response to HTTPS client",
        "{registry} uses plain HTTP, but the engine requires TLS",
        "Give the registry a certificate, or add it to insecure-registries in daemon.json.",
    ),
    (
        "toomanyrequests|too many requests|rate limit",
        "{registry} has received too many requests from this host",
        "Log in (module slipway.docker.registry), wait, or use a mirror.",
        "Wait, and run the task again.",
    ),
    (
        "login attempt to .* 401|(incorrect|invalid) username or password|bad username or password",
        "{registry} rejects the user or the password",
        "Check username and password of the task, or the stored ones (module slipway.docker.registry).",
        "Check username and password.",
    ),
    (
        "no basic auth credentials|authentication required|unauthorized",
        "{registry} requires a login, or rejects the credentials",
        "Log in with the module slipway.docker.registry, or check the credentials.",
        "Check username and password.",
    ),
    (
        "(?<!permission )denied(: | for |$)|403 Forbidden|insufficient_scope",
        "The registry denies access to {image}: the user is not allowed to do this, or the repository does not exist",
        "Check the name, and log in as a user who is allowed to (module slipway.docker.registry).",
        "Check username and password, and the permissions of this user.",
    ),
    (
        "no matching manifest for|does not (match|provide) the specified platform|platform.* not found",
        "There is no image {image} for this platform",
        "Choose a platform that it was built for.",
    ),
    (
        "(manifest|name) unknown|(manifest for|(resolve|plugin) reference|repository|tag).* not found",
        "The registry has no image {image}",
        "Check the tag or digest, or push it first.",
    ),
    (
        "missing content: ",
        "Not all platforms of {image} are on this host, and this engine pushes all of them or none",
        "Use Docker 28, which pushes the platform on this host, or copy all with slipway.docker.registry_image.",
    ),
    (
        "no such host|server misbehaving|Temporary failure in name resolution",
        "The engine cannot resolve the host name of {registry}",
        "Check the name, and DNS on the host.",
    ),
    (
        "connection refused",
        "No server listens at {registry}",
        "Start the registry, or check host and port.",
    ),
    (
        "no route to host|network is unreachable|i/o timeout|Client.Timeout|deadline exceeded|TLS handshake timeout",
        "The engine cannot reach {registry}",
        "Check the network, firewalls and the engine's proxy settings.",
    ),
    (
        "does not exist locally with the tag|No such image|tag does not exist",
        "There is no image {image} on this host",
        "Build, pull or tag it first.",
    ),
    (
        "unsupported: |(^|registry: )unsupported\\b|405 Method Not Allowed|operation is unsupported",
        "{registry} does not accept this: it may be a pull-through mirror",
        "Push to the registry that it mirrors.",
    ),
    (
        "(LLB definition|source metadata|authorize).*no active session",
        "The registry of a base image requires a login, and BuildKit has no credentials",
        (
            "Log in with slipway.docker.registry, so that the base image is pulled before the build, or pull "
            "it in an earlier task."
        ),
    ),
    (
        "no active session|no session|(secret|ssh)( [^ :]+)?: not found|secret not found",
        "The build needs a secret or an ssh key, which only a session of the Docker CLI can provide",
        "Build this image with the Docker CLI, or without such a mount.",
    ),
)


def explained(error: EngineError, image: str = "", registry: str = "") -> EngineError:
    """The same kind of error with a cause and a fix, if the Engine's text is known.

    It is about an image, or only about a registry (module ``registry``); the Engine's text stays in the message.
    """
    for words, cause, *fixes in REFUSALS:
        if re.search(words, error.said, re.IGNORECASE):
            where = "the registry %s" % registry if registry else "the registry of %s" % image
            told = cause.format(registry=where, image=image or registry)
            said = " ".join(error.said.split())
            return type(error)(
                "%s (%s)" % (told[0].upper() + told[1:], said),
                fixes[0 if image else -1],
                status=error.status,
                said=error.said,
                **error.details,
            )
    return error
