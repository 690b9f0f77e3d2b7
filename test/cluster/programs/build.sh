#!/usr/bin/env bash
# Builds the programs of the cluster that test/cluster runs: one folder for each set of programs, with their versions in
# its go.mod. Needs go. A program is kept until its folder changes; the caches of the build, several GB, are deleted.
#
# usage: build.sh [FOLDER...]
set -euo pipefail
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$sources/../../support/build-programs.sh"

caches=$(mktemp -d)
trap 'rm -rf "$caches"' EXIT
export GOCACHE=$caches/build GOMODCACHE=$caches/modules GOFLAGS="-modcacherw -buildvcs=false" CGO_ENABLED=0

# build LDFLAGS PACKAGE...: builds programs without debugging information, and Prometheus with only the service discovery
# that the operator configures.
build() { go build -trimpath -tags remove_all_sd,enable_kubernetes_sd -ldflags "-s -w $1" -o bin/ "${@:2}"; }

# definitions MODULE FOLDER: copies the CustomResourceDefinitions from a module's folder.
definitions() { mkdir crds && cp "$(go list -m -f '{{.Dir}}' "$1")/$2"/*.yaml crds; }

build_kubernetes() {
  local version variables=k8s.io/component-base/version
  version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
  # One command for all: most packages are in several programs.
  build "-X $variables.gitVersion=$version -X $variables.gitMajor=1 -X $variables.gitMinor=$(cut -d . -f 2 <<<"$version")" \
    tool ./cert-manager-controller
  mv bin/server bin/etcd
  definitions github.com/cert-manager/cert-manager deploy/crds
}
build_prometheus_operator() {
  build "" tool
  mv bin/operator bin/prometheus-operator
  definitions github.com/prometheus-operator/prometheus-operator example/prometheus-operator-crd
}
build_jaeger() { build "" tool && mv bin/all-in-one bin/jaeger-all-in-one; }
build_jaeger_1_21() { build "" tool && mv bin/agent bin/jaeger-agent-1.21; }
build_hotrod_1_41() { build "" tool && mv bin/hotrod bin/hotrod-1.41; }
# Without containerd's support for other file systems than overlayfs.
build_node() { go build -trimpath -tags no_btrfs,no_devmapper,no_zfs -ldflags "-s -w" -o bin/ tool; }

[ $# -gt 0 ] || set -- kubernetes prometheus-operator jaeger jaeger-1.21 hotrod-1.41 node
build_programs "$HOME/.cache/tracing-sidecar/cluster" "$@"
