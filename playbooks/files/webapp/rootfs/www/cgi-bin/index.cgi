#!/bin/sh
# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The page. It includes data from the volume of the backend, which it queries by name.
ask() {
  wget -q -O - "http://backend:8080/$1" || echo "nothing: it does not answer"
}

printf 'Content-Type: text/html\r\n\r\n'
cat <<PAGE
<!DOCTYPE html>
<html lang="en">
<head><title>slipway.docker</title></head>
<body>
<h1>It works</h1>
<p>Served by $(hostname).</p>
<p>The backend says: $(ask origin.txt) It has been in use since $(ask since.txt).</p>
</body>
</html>
PAGE
