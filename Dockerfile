FROM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY function-config function-config
COPY scripts scripts
COPY src src
RUN npm run build

FROM gcr.io/distroless/nodejs24-debian12
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
