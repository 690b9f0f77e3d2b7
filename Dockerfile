FROM docker.io/library/node:24-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY function-config function-config
COPY scripts scripts
COPY src src
# The build runs the bundle on this input to find the functions that every run calls.
COPY fixtures/article/input.yaml fixtures/article/
RUN npm run build

# binutils removes the debugging symbols from Node's program.
FROM build AS build-executable
RUN apt-get update && apt-get install --yes --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
RUN npm run build:exec && mv dist/tracing-sidecar-linux-* dist/tracing-sidecar
COPY LICENSE /licenses/
RUN cp dist/THIRD-PARTY-LICENSES.txt /licenses/ && cp /usr/local/LICENSE /licenses/NODE-LICENSE.txt

# The executable, in an image with `cp`, so that an init container can copy it to a host without Node.
FROM docker.io/library/debian:trixie-slim AS executable
COPY --from=build-executable /licenses /licenses
COPY --from=build-executable /build/dist/tracing-sidecar /usr/local/bin/
USER 65534:65534
WORKDIR /
ENTRYPOINT ["/usr/local/bin/tracing-sidecar"]
LABEL org.opencontainers.image.title="tracing-sidecar, executable" \
      org.opencontainers.image.description="The executable of tracing-sidecar, in an image from which an init container can copy it" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/tracing-sidecar/tracing-sidecar"

FROM docker.io/library/golang:1.26-trixie AS kustomize
ARG KUSTOMIZE_VERSION=v5.8.2
RUN CGO_ENABLED=0 GOBIN=/kustomize go install -trimpath sigs.k8s.io/kustomize/kustomize/v5@${KUSTOMIZE_VERSION} && \
    cp "$(go env GOMODCACHE)/sigs.k8s.io/kustomize/kustomize/v5@${KUSTOMIZE_VERSION}/LICENSE" /kustomize/

# A sidecar of Argo CD's repo-server: a Config Management Plugin with kustomize and the function.
FROM executable AS cmp
COPY --from=kustomize /kustomize/LICENSE /licenses/KUSTOMIZE-LICENSE.txt
COPY --from=kustomize /kustomize/kustomize /usr/local/bin/
COPY deploy/argocd/plugin/plugin.yaml /home/argocd/cmp-server/config/
USER 999:999
# Argo CD's plugin server, which the repo-server's pod mounts there.
ENTRYPOINT ["/var/run/argocd/argocd-cmp-server"]
LABEL org.opencontainers.image.title="tracing-sidecar, Argo CD plugin" \
      org.opencontainers.image.description="kustomize with tracing-sidecar, as a config management plugin of Argo CD"

# The function: the executable on the C and C++ libraries that it needs, without a shell. It is the default target, so it
# must be last.
FROM gcr.io/distroless/cc-debian13 AS function
LABEL org.opencontainers.image.title="tracing-sidecar" \
      org.opencontainers.image.description="A KRM function that adds a tracing agent, a client certificate, and a Prometheus scrape configuration to the Kubernetes workloads that you select, at build time" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/tracing-sidecar/tracing-sidecar"
COPY --from=build-executable /licenses /licenses
COPY --from=build-executable /build/dist/tracing-sidecar /usr/local/bin/
# nobody, the user as which hosts run functions. The function only reads stdin and writes stdout.
USER 65534:65534
WORKDIR /
ENTRYPOINT ["/usr/local/bin/tracing-sidecar"]
