#!/bin/sh
# Records the image of a container, or checks it. docs/automation.md describes it. ARCHIVE is the file system of the
# image as one tar: podman create --name c IMAGE && podman export -o ARCHIVE c
#
#   image.sh record ARCHIVE BASELINE          ends as integ init does, and prints the seal
#   image.sh check ARCHIVE BASELINE SEAL      ends as integ check does, and writes integ.sarif
#
# As root, since the owners and rights of the files are those of the image only then.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tar --extract --file "$2" --directory "$root" --numeric-owner --same-permissions --xattrs --xattrs-include='*'

case $1 in
  record) integ init --root "$root" --policy "$here/policy.yaml" --baseline "$3" ;;
  check) integ check --root "$root" --baseline "$3" --expect-seal "$4" --format sarif --output integ.sarif ;;
  *) exit 64 ;;
esac
