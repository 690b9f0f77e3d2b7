import { parseItem, parseObject } from "../../src/krm/item";
import { readManifest } from "../../src/krm/manifest";
import { plural } from "../../src/kube/message-text";
import { describe } from "../../src/kube/object";
import { toWorkload } from "../../src/kube/workload";
import { configVariable } from "../../src/plan/agents/otelcol/index";
import { getList, getString } from "../../src/yaml/value";
import type { AgentConfiguration, SourceFile } from "./protocol";

/** How many workloads' configurations are read. They differ little. */
const maxWorkloads = 20;

/** Returns the Collector's configurations in the result's workloads. Workloads with the same one share it. */
export function agentConfigurationsOf(files: readonly SourceFile[]): AgentConfiguration[] {
  const items = files
    .filter(({ text }) => text.includes(configVariable))
    .flatMap(({ path, text }) => readManifest(path, text).items)
    .filter(({ text }) => text.includes(configVariable));
  const titles = new Map<string, string[]>();
  for (const item of items.slice(0, maxWorkloads)) {
    const object = parseObject(parseItem(item));
    for (const [container, text] of configurationsIn(object)) {
      titles.set(text, [...(titles.get(text) ?? []), `${describe(object)}: ${container}`]);
    }
  }
  const omitted = items.length - maxWorkloads;
  return [...titles].map(([text, names], index) => ({
    title: names.join(", ") + (index === 0 && omitted > 0 ? `, and ${plural(omitted, "more workload")}` : ""),
    text,
  }));
}

/** Returns the names of the agents' containers in an object, with their configuration. */
function configurationsIn(object: Parameters<typeof toWorkload>[0]): [container: string, text: string][] {
  const spec = toWorkload(object)?.podSpec ?? {};
  return ["containers", "initContainers"].flatMap((list) =>
    getList(spec, list).flatMap((container) =>
      getList(container, "env")
        .filter((variable) => getString(variable, "name") === configVariable)
        .map((variable): [string, string] => [getString(container, "name") ?? "", getString(variable, "value") ?? ""]),
    ),
  );
}
