/** A release of the Jaeger agent. The major version is always 1. */
export interface JaegerVersion {
  readonly minor: number;
  readonly patch: number;
}

/**
 * The first release with the admin port 14271 and with tags (v1.12.0 `ports/ports.go`,
 * `cmd/agent/app/reporter/flags.go`).
 */
export const firstMinor = 12;
/** The last release with an image (jaegertracing/jaeger#6081 removed the agent from the distribution). */
export const lastMinor = 62;
/** The first release with flags for a client certificate (v1.14.0 `cmd/agent/app/reporter/grpc/flags.go`). */
export const clientCertificateMinor = 14;
/** The first release whose flag for the admin port is an address instead of a number (v1.18.0 `cmd/flags/admin.go`). */
export const hostPortMinor = 18;
/** The first release whose image has a USER (jaegertracing/jaeger#2466). */
export const userMinor = 20;
/** The first release that reloads a renewed certificate from a mounted Secret (jaegertracing/jaeger#3968, #4159). */
export const renewalMinor = 42;

/**
 * The first release in which gRPC resolves an address without a scheme by DNS, so that its port is optional (v1.57.0
 * `cmd/agent/app/reporter/grpc/builder.go`).
 */
export const dnsByDefaultMinor = 57;

/** The default lifetime of a client certificate for an agent that doesn't reload a renewed one. */
export const longLifetime = { duration: "9600h", renewBefore: "4800h" };

/** The newest patch of each minor version that has releases after .0 (the tags of jaegertracing/jaeger). */
const newestPatches: Readonly<Record<number, number>> = {
  13: 1,
  15: 1,
  17: 1,
  18: 1,
  19: 2,
  34: 1,
  35: 2,
  38: 1,
  58: 1,
};

/** Returns the newest patch number of a minor version. */
export function newestPatch(minor: number): number {
  return newestPatches[minor] ?? 0;
}

/** One spelling of a flag, with the first minor version that has it and the first one that no longer has it. */
interface Spelling {
  readonly name: string;
  readonly from: number;
  readonly before?: number;
}

/** The flag for the collector's endpoint, in every version. */
export const endpointFlag = "--reporter.grpc.host-port";

/**
 * The history of the flags that the function writes, keyed by their meaning. Source: v1.12.0 to v1.62.0 of
 * `cmd/agent/app/flags.go`, `cmd/agent/app/reporter/flags.go`, `cmd/agent/app/reporter/grpc/flags.go`,
 * `pkg/config/tlscfg/flags.go`, `cmd/flags/admin.go`.
 */
const flags = {
  endpoint: [{ name: endpointFlag, from: 12 }],
  tlsEnabled: [
    { name: "--reporter.grpc.tls", from: 12, before: 17 },
    { name: "--reporter.grpc.tls.enabled", from: 17 },
  ],
  tlsCa: [{ name: "--reporter.grpc.tls.ca", from: 12 }],
  tlsCert: [{ name: "--reporter.grpc.tls.cert", from: clientCertificateMinor }],
  tlsKey: [{ name: "--reporter.grpc.tls.key", from: clientCertificateMinor }],
  tlsServerName: [{ name: "--reporter.grpc.tls.server-name", from: 12 }],
  tags: [
    { name: "--jaeger.tags", from: 12, before: 16 },
    { name: "--agent.tags", from: 16 },
  ],
  jaegerCompact: [{ name: "--processor.jaeger-compact.server-host-port", from: 12 }],
  jaegerBinary: [{ name: "--processor.jaeger-binary.server-host-port", from: 12 }],
  zipkinCompact: [{ name: "--processor.zipkin-compact.server-host-port", from: 12 }],
  sampling: [{ name: "--http-server.host-port", from: 12 }],
  admin: [
    { name: "--admin-http-port", from: 12, before: hostPortMinor },
    { name: "--admin.http.host-port", from: hostPortMinor },
  ],
} as const satisfies Record<string, readonly Spelling[]>;

/** The meaning of a flag, independent of its spelling. */
export type Flag = keyof typeof flags;

/**
 * Returns the argument `--name=value` in the spelling of the version.
 *
 * @throws Error if the version doesn't have the flag. The caller must check this first.
 */
export function flag(meaning: Flag, value: string, version: JaegerVersion): string {
  const spellings: readonly Spelling[] = flags[meaning];
  const spelling = spellings.find(
    ({ from, before }) => version.minor >= from && (before === undefined || version.minor < before),
  );
  if (spelling === undefined) throw new Error(`Jaeger agent 1.${version.minor} has no flag for ${meaning}`);
  return `${spelling.name}=${value}`;
}
