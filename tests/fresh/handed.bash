# shellcheck shell=bash
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by room and vm: settings with which a fresh machine reaches packages like this one. Sets `handed`, variables for
# env, and `certificates`, the file that pip trusts here (or empty), which is copied to $handed_certificates.

handed_certificates=/etc/outside-certificates.pem
certificates=${PIP_CERT:-${SSL_CERT_FILE:-}}
handed=()
while IFS='=' read -r name value; do
  case ${name^^} in
    PIP_CERT | PIP_FIND_LINKS | PIP_CONFIG_FILE) ;;
    PIP_* | *_PROXY) handed+=("$name=$value") ;;
  esac
done < <(env)
[ -z "$certificates" ] || handed+=("PIP_CERT=$handed_certificates")
