import assert from "node:assert/strict";
import { join } from "node:path";
import { otelcol } from "../collector/support";
import { find } from "../hosts/support";
import type { Image } from "./images";
import { type ClusterProgram, programPath } from "./programs";

/*
 * The published images that the examples use, made from the programs that are built for the tests.
 */

/** The images whose version depends on the programs. */
export const images = {
  hotrod: "jaegertracing/example-hotrod:1.62.0",
  jaeger: "jaegertracing/all-in-one:1.62.0",
  otelcol: `otel/opentelemetry-collector:${/[\d.]+/.exec(otelcol)}`,
};

/** The programs of the cluster that the images contain. */
export const imagePrograms: readonly ClusterProgram[] = [
  "hotrod",
  "hotrod-1.41",
  "jaeger-agent",
  "jaeger-agent-1.21",
  "jaeger-all-in-one",
];

/**
 * Returns the published images, or only those in `names`. They trust only the root certificates in the file `roots`, or none
 * if it's omitted.
 */
export function publishedImages(roots?: string, names?: readonly string[]): readonly Image[] {
  const files = roots === undefined ? {} : { "/etc/ssl/certs/ca-certificates.crt": roots };
  const image = (name: string, program: string, path: string, user?: string): Image => ({
    name,
    program,
    entrypoint: [path],
    files,
    ...(user === undefined ? {} : { user }),
  });
  const jaegerAgent = "/go/bin/agent-linux";
  const hotrod = "/go/bin/hotrod-linux";
  const all = [
    image("jaegertracing/jaeger-agent:1.21", programPath("jaeger-agent-1.21"), jaegerAgent, "10001"),
    image("jaegertracing/jaeger-agent:1.62.0", join(programPath("jaeger-agent"), "../app"), jaegerAgent, "10001"),
    image("jaegertracing/example-hotrod:1.41", programPath("hotrod-1.41"), hotrod),
    image(images.hotrod, programPath("hotrod"), hotrod),
    image(images.jaeger, programPath("jaeger-all-in-one"), "/go/bin/all-in-one-linux"),
    image(images.otelcol, find(otelcol) as string, "/otelcol", "10001:10001"),
  ];
  const chosen =
    names?.map((name) => all.find((one) => one.name === name) ?? assert.fail(`${name} isn't published`)) ?? all;
  return chosen.map((one) => ({ ...one, name: `docker.io/${one.name}` }));
}
