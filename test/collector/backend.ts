import { join } from "node:path";
import type { TestContext } from "node:test";
import { get, getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { freePort } from "../support/free-port";
import { answers, type Collector, start, textOf, until } from "./support";

/** A Collector that receives spans from the agents, and whose spans the tests can read. */
export interface Backend extends Collector {
  /** Returns the attributes of the resource of every span with this name that it has received. */
  received(name: string): readonly Mapping[];
  /** Reports whether it has received a span, a metric, or a scope with this name. */
  has(name: string): boolean;
  /** Waits for a span, and returns the attributes of its resource. */
  span(name: string, sender: Collector): Promise<unknown>;
}

/**
 * Starts a Collector with a configuration in which only the exporters, telemetry and extensions are replaced: it writes
 * traces to a file, logs why a handshake fails, and has a health check.
 *
 * @param config The configuration, as YAML or JSON.
 */
export async function startBackend(t: TestContext, folder: string, config: string): Promise<Backend> {
  const health = await freePort();
  const file = join(folder, `spans-${health}.json`);
  const end: Mapping = {
    exporters: { file: { path: file, flush_interval: "100ms" } },
    extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
    service: {
      extensions: ["health_check"],
      pipelines: { traces: { exporters: ["file"] } },
      telemetry: { metrics: { level: "none" }, logs: { level: "debug" } },
    },
  };
  const env = new Map([
    ["BACKEND", config],
    ["END", JSON.stringify(end)],
  ]);
  const args = ["--config=env:BACKEND", "--config=env:END"];
  const collector = await start(t, args, env, () => answers(`http://127.0.0.1:${health}/`));
  const received = (name: string) =>
    textOf(file)
      .split("\n")
      .filter((line) => line.includes(`"name":"${name}"`))
      .flatMap((line) => resourcesOf(JSON.parse(line), name));
  const has = (name: string) => textOf(file).includes(`"name":"${name}"`);
  return {
    ...collector,
    received,
    has,
    async span(name, sender) {
      await until(
        () => has(name),
        () => `no span "${name}":\n${sender.log()}\n${collector.log()}`,
      );
      return received(name)[0];
    },
  };
}

/** Returns the attributes of the resource of each span with a name, from a request in OTLP's JSON. */
function resourcesOf(request: Value, name: string): Mapping[] {
  return getList(request, "resourceSpans").flatMap((resource) => {
    const attributes = getList(resource, "resource", "attributes").map((attribute) => [
      getString(attribute, "key"),
      get(attribute, "value"),
    ]);
    return getList(resource, "scopeSpans")
      .flatMap((scope) => getList(scope, "spans"))
      .filter((span) => getString(span, "name") === name)
      .map((): Mapping => Object.fromEntries(attributes));
  });
}
