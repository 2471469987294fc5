#!/bin/sh
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Brings a managed plugin to a registry of its own, and prints its digest: a script behind socat that is asked little.

set -eu
name=localhost:5077/managed:1
mkdir -p /root/managed/rootfs/bin /root/managed/rootfs/run/docker/plugins
cd /root/managed
cat >registry.yml <<'YAML'
version: 0.1
storage: {filesystem: {rootdirectory: /root/managed/registry}}
http: {addr: "127.0.0.1:5077"}
YAML
systemd-run --quiet --unit=managed-registry docker-registry serve /root/managed/registry.yml
cp /bin/busybox rootfs/bin/busybox
for applet in sh head; do ln -s busybox "rootfs/bin/$applet"; done
{ echo /usr/bin/socat; ldd /usr/bin/socat | grep -o '/[^ ]* (0x' | cut -d' ' -f1; } | while read -r file; do
  mkdir -p "rootfs$(dirname "$file")"
  cp -L "$file" "rootfs$file"
done
cat >rootfs/serve <<'SCRIPT'
#!/bin/sh
return=$(printf '\r')
read -r method path version
while read -r line && [ "$line" != "$return" ]; do
  case $line in Content-Length:*) length=${line#*: } length=${length%"$return"} ;; esac
done
[ "${length:-0}" = 0 ] || head -c "$length" >/dev/null
case $path in
  /Plugin.Activate) answer='{"Implements": ["VolumeDriver"]}' ;;
  /VolumeDriver.Capabilities) answer='{"Capabilities": {"Scope": "local"}}' ;;
  *) answer='{"Volumes": [], "Err": ""}' ;;
esac
printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
  ${#answer} "$answer"
SCRIPT
chmod 755 rootfs/serve
cat >config.json <<'JSON'
{"description": "made by a test", "interface": {"types": ["docker.volumedriver/1.0"], "socket": "managed.sock"},
 "entrypoint": ["/usr/bin/socat", "UNIX-LISTEN:/run/docker/plugins/managed.sock,fork", "EXEC:/serve"],
 "env": [{"name": "DEBUG", "description": "", "value": "0", "settable": ["value"]}],
 "network": {"type": "host"}, "linux": {"capabilities": ["CAP_SYS_ADMIN"]}}
JSON
for _ in $(seq 30); do
  if ss -Hltn 'sport = :5077' | grep -q .; then break; fi
  sleep 1
done
docker plugin create "$name" . >/dev/null
docker plugin push "$name" >/dev/null
docker plugin rm "$name" >/dev/null
python3 - <<'PYTHON'
import hashlib, urllib.request
asked = urllib.request.Request("http://localhost:5077/v2/managed/manifests/1")
asked.add_header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
print("sha256:" + hashlib.sha256(urllib.request.urlopen(asked).read()).hexdigest())
PYTHON
