#!/usr/bin/env bash
# The console in a real Chromium: run.sh ADAPTER FOLDER; screenshots go to FOLDER. 77 (skipped) where node 20, Chromium
# or playwright-core are absent; `./dev test` installs the last two.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skip() { echo "skipped: $1"; exit 77; }
command -v node >/dev/null || skip "no node"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip "node is older than 20"
PAS_CHROMIUM=$(command -v chromium || command -v chromium-browser) || skip "no chromium"
[ -d "$here/node_modules/playwright-core" ] || skip "no playwright-core (npm ci --prefix tests/console)"
export PAS_CHROMIUM PAS_ADAPTER=$1 PAS_SCREENSHOTS=$2
mkdir -p "$2"
exec node --test --test-concurrency=1 "$here"/*.test.mjs
