#!/bin/sh
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes a repository with the layout and the packages of Docker's, of what the distribution has: same names, relations
# and paths, two versions of the engine, which both are the distribution's.
#
#   repository.sh DIRECTORY SUITE

set -eu
place=$1 suite=$2
architecture=$(dpkg --print-architecture)
pool=$place/linux/debian/dists/$suite/pool/stable/$architecture
index=$place/linux/debian/dists/$suite/stable/binary-$architecture
work=$(mktemp -d)
chmod 755 "$work"
mkdir -p "$pool" "$index" "$place/old" "$place/new"
cd "$work"
cli=$(apt-cache --names-only search '^docker-cli$' | cut -d' ' -f1)
apt-get download docker.io containerd runc $cli
for package in docker.io containerd runc $cli; do
  dpkg-deb --raw-extract "$package"_*.deb "$package"
done

# control DIRECTORY NAME VERSION LINES: a control file with the dependencies that are not ours.
control() {
  depends=$(sed -n 's/^Depends: //p' "$1/DEBIAN/control" | tr ',' '\n' |
    grep -v -E '^ *(containerd|runc|docker|tini)' | paste -sd, -)
  printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: nobody <nobody@example.com>\n' "$2" "$3" "$architecture"
  printf 'Description: a test\nDepends: %s\n%b' "${depends:-libc6}" "$4"
}

# containerd.io is both.
cp -a runc/usr containerd/
rm -f containerd/DEBIAN/md5sums
control containerd containerd.io 1.6.1-1 \
  'Provides: containerd, runc\nConflicts: containerd, runc\nReplaces: containerd, runc\n' >control
mv control containerd/DEBIAN/control
dpkg-deb -Zgzip -z1 --root-owner-group --build containerd "$pool/containerd.io_1.6.1-1_$architecture.deb"

# docker-ce-cli is the program, which Debian 12 has in docker.io.
cli=${cli:-cli}
mkdir -p "cli/DEBIAN" "$cli/usr/bin"
[ ! -e docker.io/usr/bin/docker ] || mv docker.io/usr/bin/docker "$cli/usr/bin/docker"
rm -f "$cli/DEBIAN/md5sums" docker.io/DEBIAN/md5sums
rm -rf docker.io/usr/share/bash-completion docker.io/usr/share/fish docker.io/usr/share/zsh
mkdir -p docker.io/usr/bin
mv docker.io/usr/sbin/dockerd docker.io/usr/bin/dockerd
for file in $(grep -r -l /usr/sbin/dockerd docker.io/usr/lib/systemd docker.io/lib/systemd docker.io/etc 2>/dev/null); do
  sed -i 's|/usr/sbin/dockerd|/usr/bin/dockerd|g' "$file"
done
sed -i 's|/usr/bin/\$BASE|/usr/bin/dockerd|; s|^DOCKERD=.*|DOCKERD=/usr/bin/dockerd|' docker.io/etc/init.d/docker
touch "$cli/DEBIAN/control"
cp docker.io/DEBIAN/control docker.control
cp "$cli/DEBIAN/control" cli.control
for version in 24.0.1 24.0.2 25.0.1; do
  version=5:$version-1~debian~$suite
  cp cli.control "$cli/DEBIAN/control"
  control "$cli" docker-ce-cli "$version" 'Conflicts: docker.io, docker-cli\n' >control
  mv control "$cli/DEBIAN/control"
  dpkg-deb -Zgzip -z1 --root-owner-group --build "$cli" "$pool/docker-ce-cli_${version#5:}_$architecture.deb"
  cp docker.control docker.io/DEBIAN/control
  control docker.io docker-ce "$version" 'Conflicts: docker.io\nReplaces: docker-engine\n' |
    sed 's/^Depends: /&containerd.io, docker-ce-cli, /' >control
  mv control docker.io/DEBIAN/control
  dpkg-deb -Zgzip -z1 --root-owner-group --build docker.io "$pool/docker-ce_${version#5:}_$architecture.deb"
done
# Plugins of the docker command, which only say that they are there.
for name in compose buildx; do
  file=docker-$name-plugin/usr/libexec/docker/cli-plugins/docker-$name
  mkdir -p docker-$name-plugin/DEBIAN "${file%/*}"
  cat >"$file" <<'END'
#!/bin/sh
[ "$1" != docker-cli-plugin-metadata ] || exec echo '{"SchemaVersion": "0.1.0", "Vendor": "test", "Version": "v2.1"}'
echo "This is $*."
END
  chmod 755 "$file"
  printf 'Package: %s\nVersion: 2.1-1\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\nDescription: a test\n' \
    docker-$name-plugin >docker-$name-plugin/DEBIAN/control
  dpkg-deb -Zgzip -z1 --root-owner-group --build docker-$name-plugin "$pool/docker-$name-plugin_2.1-1_all.deb"
done

cp "$pool"/containerd.io_* "$pool"/docker-ce*_24.0.1-* "$place/old"
cp "$pool"/containerd.io_* "$pool"/docker-ce*_25.0.1-* "$place/new"

# Two keys, of which the first one signs.
GNUPGHOME=$work/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
for user in docker other; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "$user@example.com" ed25519 sign never
  gpg --batch --armor --export "$user@example.com" >"$place/$user.asc"
  gpg --batch --with-colons --list-keys "$user@example.com" | sed -n 's/^fpr:*//; T; s/:.*//p' >"$place/$user.fingerprint"
done
mv "$place/docker.asc" "$place/linux/debian/gpg"
gpg --batch --export docker@example.com >"$place/docker.gpg"
cd "$place/linux/debian"
apt-ftparchive packages "dists/$suite/pool" >"$index/Packages"
cd "dists/$suite"
apt-ftparchive -o "APT::FTPArchive::Release::Suite=$suite" -o "APT::FTPArchive::Release::Codename=$suite" \
  -o "APT::FTPArchive::Release::Components=stable" -o "APT::FTPArchive::Release::Architectures=$architecture" \
  release . >"$work/Release"
gpg --batch --quiet --local-user docker@example.com --clearsign --output InRelease "$work/Release"
gpgconf --kill all
rm -rf "$work"
mv "$place/docker.fingerprint" "$place/fingerprint"
