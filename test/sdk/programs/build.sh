#!/usr/bin/env bash
# Builds the programs that test/sdk runs: one folder each, with its versions in its language's own manifest. Needs go, mvn,
# javac, npm and python3. A program is kept until its folder changes.
#
# usage: build.sh [FOLDER...]
set -euo pipefail
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$sources/../../support/build-programs.sh"

# launcher NAME COMMAND: writes an executable.
launcher() { printf '#!/bin/sh\nexec %s "$@"\n' "$2" >"$1" && chmod +x "$1"; }

build_go() { go build -o app . && launcher go "$PWD/app"; }
build_jaeger_go() { go build -o app . && launcher jaeger-go "$PWD/app"; }
build_jaeger_agent() {
  go build -o app github.com/jaegertracing/jaeger/cmd/agent && launcher jaeger-agent "$PWD/app"
}
build_java() {
  local copy=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies
  mvn -q "$copy" -DoutputDirectory=lib -DexcludeArtifactIds=opentelemetry-javaagent
  mvn -q "$copy" -DoutputDirectory=agent -DincludeArtifactIds=opentelemetry-javaagent -Dmdep.stripVersion
  javac -cp 'lib/*' App.java && jar --create --file app.jar App.class
  # For a process that ends at once, a JVM that starts fast.
  local java="java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
  # An archive of the loaded classes shortens the start by a third. It requires a class path that consists of JAR files.
  local app="-Dotel.java.global-autoconfigure.enabled=true -cp $PWD/app.jar:$PWD/lib/* App"
  local offline="OTEL_METRICS_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1"
  env $offline $java -XX:ArchiveClassesAtExit="$PWD/app.jsa" $app span >/dev/null
  launcher java "$java -XX:SharedArchiveFile=$PWD/app.jsa $app"
  # Without the instrumentation of libraries, which the program doesn't use, the agent needs half the time.
  local without="-Dotel.instrumentation.common.default-enabled=false -Dotel.instrumentation.opentelemetry-api.enabled=true"
  launcher javaagent "$java -javaagent:$PWD/agent/opentelemetry-javaagent.jar $without -cp $PWD/app.jar:$PWD/lib/* App"
}
build_node() { npm ci --silent --ignore-scripts && launcher node "node $PWD/app.js"; }
build_python() {
  python3 -m venv venv && venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
  launcher python "$PWD/venv/bin/opentelemetry-instrument $PWD/venv/bin/python $PWD/app.py"
}

[ $# -gt 0 ] || set -- go jaeger-go jaeger-agent java node python
build_programs "$HOME/.cache/tracing-sidecar/sdk" "$@"
