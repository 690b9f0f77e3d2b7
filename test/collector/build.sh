#!/usr/bin/env bash
# Builds the OpenTelemetry Collector for the tests with the Collector's own builder, unless it is installed:
#
#     test/collector/build.sh                   # the version that builder.yaml names
#     test/collector/build.sh 0.144.0           # another version, from 0.95.0
#     test/collector/build.sh 0.130.0 0.129.0   # with components of another release of opentelemetry-collector-contrib
#
# The program goes to the folder where `.ci/run` installs programs. Its name contains its version.
set -euo pipefail
manifest=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/builder.yaml
tools=$HOME/.cache/tracing-sidecar/bin
default=$(sed -nE 's/^  version: +//p' "$manifest")
version=${1:-$default}
contrib=${2:-$version}
program=$(sed -nE "s/^  name: +//p" "$manifest")
program=${program/$default/$version}
if [ -x "$tools/$program" ] || command -v "$program" >/dev/null; then
  echo "$program is installed"
  exit
fi

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
if [ "$version" = "$default" ]; then
  cp "$manifest" "$work/builder.yaml"
else
  # The components of a release have its version. The providers of 0.95 are 1.1, those of 0.96 are 1.2, and so on. The
  # tests use the exporter and the providers that are left out only with the default version.
  minor=${version#0.}
  minor=${minor%.*}
  sed -E -e '/(fileexporter|fileprovider|yamlprovider) /d' -e "s/(name|version): (otelcol-)?$default/\1: \2$version/" \
    -e "/opentelemetry-collector-contrib/s/ v[0-9.]+$/ v$contrib/" -e "/go\.opentelemetry/s/ v0\.[0-9.]+$/ v$version/" \
    -e "s/ v1\.[0-9.]+$/ v1.$((minor - 94)).0/" "$manifest" > "$work/builder.yaml"
fi
GOBIN=$work go install "go.opentelemetry.io/collector/cmd/builder@v$version"
(cd "$work" && ./builder --config builder.yaml)
mkdir -p "$tools"
mv "$work/otelcol/$program" "$tools/"
