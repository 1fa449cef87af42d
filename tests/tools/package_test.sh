#!/usr/bin/env bash
# The life of the Debian package on a copy of this system that is thrown away: installed, checked, started as its user
# and asked, upgraded over a changed configuration, removed, purged without a trace. Needs root,
# overlayfs and iproute2.
#
#   package_test.sh PACKAGE.deb
set -euo pipefail
cannot() { echo "package: its life was not tested: $*" >&2; exit 0; }
unshare --mount --pid --net --fork true 2>/dev/null || cannot "no namespaces here"
[ -n "${PAS_PACKAGE_TEST:-}" ] || exec env PAS_PACKAGE_TEST=1 unshare --mount --pid --net --fork "$0" "$(realpath "$1")"
deb=$1
samples=$(realpath "$(dirname "$0")/../../samples/bundles")

ip link set lo up
work=$(mktemp -d)
trap 'umount -l "$work/root" 2>/dev/null; umount -l "$work" 2>/dev/null; rmdir "$work"' EXIT
mount -t tmpfs none "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root" || cannot "no overlayfs here"
mount -t proc proc "$work/root/proc"
mount --rbind /dev "$work/root/dev"
inside() { chroot "$work/root" "$@"; }
fail() { echo "package: $*" >&2; exit 1; }
config=/etc/pas-adapter/adapter.toml

# The next version, for an upgrade.
dpkg-deb -R "$deb" "$work/root/next"
sed -i 's/^Version: .*/&+next/' "$work/root/next/DEBIAN/control"
echo "# new in the package" >>"$work/root/next$config"
dpkg-deb --root-owner-group -b "$work/root/next" "$work/root/next.deb" >/dev/null
rm -r "$work/root/next"
cp "$deb" "$work/root/first.deb"
touch "$work/before"

inside dpkg -i /first.deb >/dev/null
inside getent passwd pas-adapter >/dev/null || fail "no user"
[ "$(inside stat -c '%U:%G %a' $config)" = "root:pas-adapter 640" ] || fail "$config: $(inside stat -c '%U:%G %a' $config)"
[ "$(inside stat -c '%U %a' /var/lib/pas-adapter)" = "pas-adapter 750" ] || fail "the state folder is not its own"
inside systemd-analyze verify /lib/systemd/system/pas-adapter.service || fail "the unit is wrong"
# In place of this shell, so in a subshell.
as_service() { exec chroot "$work/root" setpriv --reuid pas-adapter --regid pas-adapter --clear-groups env -C /var/lib/pas-adapter "$@"; }
(as_service pas-adapter serve --config $config --check) >/dev/null || fail "its own configuration is refused"

start() {
  rm -f "$work/out"  # of the earlier start
  as_service pas-adapter serve --config $config >"$work/out" 2>"$work/log" &
  adapter=$!
  for _ in $(seq 100); do
    grep -qs 'is ready' "$work/out" && return
    sleep 0.1
  done
  fail "it does not start: $(tail -3 "$work/log")"
}
stop() {
  kill -TERM "$adapter"
  wait "$adapter" || fail "it does not stop cleanly"
}
submit() {
  curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/fhir+json' --data-binary "@$samples/$1.json" \
    'http://127.0.0.1:8080/fhir/Claim/$submit'
}
start
[ "$(submit row-09-a1-deferoxamine-overload)" = 200 ] || fail "a sample is not answered"
stop

echo '# changed here' >>"$work/root$config"
inside env DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i /next.deb >/dev/null
grep -q '# changed here' "$work/root$config" || fail "the upgrade lost the configuration"
[ "$(inside stat -c '%U:%G %a' $config)" = "root:pas-adapter 640" ] || fail "the upgrade changed who reads $config"
start
[ "$(submit row-02-insulin-pump)" = 200 ] || fail "a sample is not answered after the upgrade"
stop
inside pas-adapter store verify --store sqlite:/var/lib/pas-adapter/adapter.db >/dev/null || fail "the store is not sound"

inside dpkg -r pas-adapter >/dev/null
[ -e "$work/root/var/lib/pas-adapter/adapter.db" ] || fail "removing it removed the cases"
inside dpkg -P pas-adapter >/dev/null
left=$(find "$work/upper" -newer "$work/before" \( -type f -o -type d \) -path '*pas-adapter*' -not -path '*/dpkg/*' || true)
[ -z "$left" ] || fail "purging leaves $left"
! inside getent passwd pas-adapter >/dev/null || fail "purging leaves its user"
echo "package: installs, starts, upgrades, removes and purges cleanly"
