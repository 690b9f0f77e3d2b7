FROM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY function-config function-config
COPY scripts scripts
COPY src src
# What a run over it calls is compiled as the bundle is loaded; the executable holds it compiled.
COPY fixtures/article/input.yaml fixtures/article/
RUN npm run build

# binutils takes the debugging symbols out of Node's program.
FROM build AS build-executable
RUN apt-get update && apt-get install --yes --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
RUN npm run build:exec && mv dist/tracing-sidecar-linux-* dist/tracing-sidecar
# Node's own licence is in its image, but not in every image that stands in for it.
COPY LICENSE /licenses/
RUN cp dist/THIRD-PARTY-LICENSES.txt /licenses/ && \
    find /usr/local -maxdepth 1 -name LICENSE -exec cp {} /licenses/NODE-LICENSE.txt \;

# The executable, in an image with `cp`: an init container copies it to where a host without Node needs it.
FROM docker.io/library/debian:bookworm-slim AS executable
COPY --from=build-executable /licenses /licenses
COPY --from=build-executable /build/dist/tracing-sidecar /usr/local/bin/
USER 65534:65534
WORKDIR /
ENTRYPOINT ["/usr/local/bin/tracing-sidecar"]

FROM docker.io/library/golang:1.26-bookworm AS kustomize
ARG KUSTOMIZE_VERSION=v5.7.1
RUN CGO_ENABLED=0 GOBIN=/kustomize go install -trimpath sigs.k8s.io/kustomize/kustomize/v5@${KUSTOMIZE_VERSION} && \
    cp "$(go env GOMODCACHE)/sigs.k8s.io/kustomize/kustomize/v5@${KUSTOMIZE_VERSION}/LICENSE" /kustomize/

# A sidecar of Argo CD's repo-server: kustomize with the function beside it, as a Config Management Plugin.
FROM executable AS cmp
COPY --from=kustomize /kustomize/LICENSE /licenses/KUSTOMIZE-LICENSE.txt
COPY --from=kustomize /kustomize/kustomize /usr/local/bin/
COPY deploy/argocd/plugin/plugin.yaml /home/argocd/cmp-server/config/
USER 999:999
# Argo CD's own server of plugins, which the repo-server's pod mounts there.
ENTRYPOINT ["/var/run/argocd/argocd-cmp-server"]

# The function: the default target, so it stays last.
FROM gcr.io/distroless/nodejs24-debian12 AS function
LABEL org.opencontainers.image.title="tracing-sidecar" \
      org.opencontainers.image.description="A KRM function that gives every selected Kubernetes workload a tracing agent, its client certificate and its metrics scrape, at build time" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY LICENSE /
COPY --from=build /build/dist/tracing-sidecar.js /build/dist/THIRD-PARTY-LICENSES.txt /
# nobody, as the hosts run functions; the function reads stdin, writes stdout and needs nothing else.
USER 65534:65534
WORKDIR /
ENTRYPOINT ["/nodejs/bin/node", "/tracing-sidecar.js"]
