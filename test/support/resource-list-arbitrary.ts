import * as fc from "fast-check";
import { Choices, layoutBytes } from "./choices";
import { anyConfiguration, asValue, type Sidecar } from "./configuration-arbitrary";
import { Layout, type LayoutOptions } from "./layout";
import { conflictingDeployment, conflictingObject, objects, otherObject, workload } from "./object-arbitrary";
import { itemsOf, withConfiguration } from "./sections";
import { isTreeMapping, plain, type Tree, type TreeMapping } from "./tree";
import { lineBreaks, visible } from "./yaml-arbitrary";

/** A ResourceList as text, and the data that it was generated from. */
export class ListText {
  constructor(
    readonly text: string,
    /** The text of each item, without the comments after it. */
    readonly items: readonly string[],
    readonly trees: readonly Tree[],
    readonly configuration: Sidecar,
  ) {}

  /** Returns the same list with another configuration. */
  with(configuration: Sidecar): string {
    return withConfiguration(this.text, configuration);
  }

  /** The text of the items, as `itemsOf` returns it. */
  get itemsText(): string {
    return itemsOf(this.text);
  }

  toString(): string {
    return visible(this.text);
  }
}

/** What the generated lists may contain beyond what every kpt package does. */
export interface ListOptions extends LayoutOptions {
  /** If true, the items and the top level are always in block style. */
  readonly blockOnly?: boolean;
  /** If true, names, ports and objects may conflict with what the function adds. */
  readonly conflicts?: boolean;
}

/** As people write files: some flow style, no anchors. */
export const asWritten: ListOptions = { flow: true, quirks: ["empty-value", "shallow"] };

/** What YAML allows but Kubernetes manifests never need. Edits of it may be refused. */
export const atItsWorst: ListOptions = {
  flow: true,
  aliases: true,
  shadows: true,
  quirks: ["empty-value", "empty-flow-value", "tag", "explicit-key", "key-alone", "shallow"],
};

/** Lists of zero to six items, with a configuration of the given arbitrary. */
export function resourceList(
  options: ListOptions = asWritten,
  configuration = anyConfiguration,
): fc.Arbitrary<ListText> {
  const anyWorkload = options.conflicts ? conflictingDeployment : workload;
  const item = (name: string) =>
    fc.oneof(
      { weight: 3, arbitrary: anyWorkload(name) },
      { weight: 2, arbitrary: otherObject(name) },
      { weight: 1, arbitrary: options.conflicts ? conflictingObject : otherObject("config") },
    );
  return fc
    .tuple(
      objects(anyWorkload, item),
      host,
      configuration,
      layoutBytes,
      fc.array(layoutBytes, { minLength: 1, maxLength: 6 }),
    )
    .map(([trees, annotate, config, listBytes, itemBytes]) => {
      const annotated = trees.map(annotate);
      const itemChoices = annotated.map((_, i) => new Choices(itemBytes[i % itemBytes.length] as number[]));
      return writeList(annotated, config, { list: new Choices(listBytes), items: itemChoices }, options);
    });
}

type Annotate = (tree: TreeMapping, index: number) => TreeMapping;

/** Adds the annotations of no host, of kustomize, or of kpt to the items. */
const host: fc.Arbitrary<Annotate> = fc.oneof(
  fc.constant((tree: TreeMapping) => tree),
  fc.constant((tree: TreeMapping, index: number) =>
    annotated(tree, { "internal.config.kubernetes.io/index": String(index) }),
  ),
  fc
    .tuple(fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), fc.boolean())
    .map(([files, inPackage]) => (tree: TreeMapping, index: number) => {
      const path = files[index] ? "deploy.yaml" : "app/web.yaml";
      // Of one file, the indexes may have gaps.
      const indexText = String(index);
      return annotated(tree, {
        "internal.config.kubernetes.io/path": path,
        "config.kubernetes.io/path": path,
        "internal.config.kubernetes.io/index": indexText,
        "config.kubernetes.io/index": indexText,
        "internal.config.kubernetes.io/id": String(index + 1),
        "config.k8s.io/id": String(index + 1),
        ...(inPackage ? { "internal.config.kubernetes.io/package-path": "pkg/sub" } : {}),
      });
    }),
);

function annotated(tree: TreeMapping, annotations: TreeMapping): TreeMapping {
  const metadata = isTreeMapping(tree.metadata) ? tree.metadata : {};
  const existing = isTreeMapping(metadata.annotations) ? metadata.annotations : {};
  return { ...tree, metadata: { ...metadata, annotations: { ...existing, ...annotations } } };
}

type Style = "block" | "flow-items" | "flow" | "json";

/** The sources of the decisions for a list: one for the list itself, and one for each item. */
interface ListChoices {
  readonly list: Choices;
  readonly items: readonly Choices[];
}

/** Everything that is decided about a list before its text is written. */
interface ListPlan {
  readonly style: Style;
  readonly trees: readonly Tree[];
  /** The keys of the top level, in order. */
  readonly order: readonly string[];
  /** The values of the top level, except the items. */
  readonly sections: Readonly<Record<string, Tree>>;
  readonly choices: Choices;
  /** The layout of everything except the items. */
  readonly outer: Layout;
  /** The layout of each item. */
  readonly layouts: readonly Layout[];
}

/** Collects a list's text, and the text of each item, with their final line breaks. */
class ListOutput {
  readonly #lineBreak: () => string;
  readonly #texts: string[] = [];
  readonly items: string[] = [];

  constructor(lineBreak: () => string) {
    this.#lineBreak = lineBreak;
  }

  get text(): string {
    return this.#texts.join("");
  }

  put(text: string): void {
    this.#texts.push(text.replace(/\n/g, this.#lineBreak));
  }

  putItem(text: string): void {
    this.put(text);
    this.items.push(this.#texts.at(-1) as string);
  }
}

function writeList(
  trees: readonly Tree[],
  configuration: Sidecar,
  choices: ListChoices,
  options: ListOptions,
): ListText {
  const output = new ListOutput(lineBreaks(choices.list));
  const plan = planList(trees, configuration, choices, options);
  if (plan.style === "flow" || plan.style === "json") writeFlowList(plan, output);
  else writeBlockList(plan, output);
  return new ListText(output.text, output.items, trees, configuration);
}

function planList(
  trees: readonly Tree[],
  configuration: Sidecar,
  { list: choices, items }: ListChoices,
  options: ListOptions,
): ListPlan {
  const style: Style = options.blockOnly
    ? "block"
    : choices.of<Style>("block", "block", "block", "block", "block", "block", "block", "flow-items", "flow", "json");
  const shared = options.aliases && choices.chance(30) ? new Layout(choices, options) : undefined;
  const layouts = items.map((itemChoices) => shared ?? new Layout(itemChoices, options));
  const outer = new Layout(choices, { flow: options.flow ?? false });
  const order = choices.of<readonly string[]>(
    ["apiVersion", "kind", "items", "functionConfig"],
    ["apiVersion", "kind", "items", "functionConfig", "results"],
    ["apiVersion", "kind", "functionConfig", "items"],
    ["kind", "apiVersion", "functionConfig", "results", "items"],
    ["results", "items", "apiVersion", "functionConfig", "kind"],
  );
  const sections: Record<string, Tree> = {
    apiVersion: choices.of("config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"),
    kind: "ResourceList",
    functionConfig: asValue(configuration) as Tree,
    results: choices.of<Tree>(
      [{ message: "earlier", severity: "info" }],
      [{ message: "- items:\n- a: b\n", severity: "error" }],
      [],
      null,
    ),
  };
  return { style, trees, order, sections, choices, outer, layouts };
}

function writeFlowList(plan: ListPlan, output: ListOutput): void {
  const { order, sections, choices, outer } = plan;
  const json = plan.style === "json";
  output.put("{");
  order.forEach((key, i) => {
    if (i > 0) output.put(", ");
    output.put(json ? `"${key}": ` : `${key}: `);
    if (key === "items") writeFlowItems(plan, output);
    else output.put(json ? jsonText(sections[key] as Tree) : outer.flow(sections[key] as Tree, 1));
  });
  output.put(choices.of("}\n", "}"));
}

function writeFlowItems({ style, trees, choices, layouts }: ListPlan, output: ListOutput): void {
  const json = style === "json";
  output.put("[");
  trees.forEach((tree, i) => {
    if (i > 0) output.put(json ? "," : choices.of(", ", ", ", ",\n  "));
    output.putItem(json ? jsonText(tree) : (layouts[i] as Layout).flow(tree, 1));
  });
  output.put("]");
}

function writeBlockList(plan: ListPlan, output: ListOutput): void {
  const { order, choices } = plan;
  output.put(choices.of("", "", "", "---\n", "# head\n"));
  let last: Layout = plan.outer;
  order.forEach((key, i) => {
    if (i > 0) output.put(`\n${last.gap(0)}`);
    last = key === "items" ? writeItems(plan, output) : writeSection(key, plan, output);
  });
  output.put(last.endsWithBlockScalar ? "\n" : choices.of("\n", "\n", "\n", "", "\n# foot\n", "\n\n"));
}

/** Writes an entry of the top level, in block style. Returns the layout that wrote its end. */
function writeSection(key: string, { sections, choices, outer }: ListPlan, output: ListOutput): Layout {
  output.put(choices.of(key, key, key, `"${key}"`, `'${key}'`) + outer.value(sections[key] as Tree, 0));
  return outer;
}

/** Writes the items of a top level in block style. Returns the layout that wrote their end. */
function writeItems(plan: ListPlan, output: ListOutput): Layout {
  const { style, trees, choices } = plan;
  if (style === "block" && trees.length > 0) return writeBlockItems(plan, output);
  if (trees.length === 0) {
    // Not null: the output replaces null with a list, as the specification requires.
    output.put(choices.of("items: []", "items: [] # none"));
  } else {
    output.put("items: ");
    writeFlowItems(plan, output);
  }
  return new Layout(new Choices([]));
}

function writeBlockItems({ trees, choices, outer, layouts }: ListPlan, output: ListOutput): Layout {
  const column = choices.of(0, 0, 2, 4);
  output.put(`items:${choices.of("", "", "", " # the items", "  ")}\n${outer.gap(column)}`);
  trees.forEach((tree, i) => {
    const layout = layouts[i] as Layout;
    output.put(" ".repeat(column));
    output.putItem(layout.element(tree, column));
    output.put(i === trees.length - 1 ? "" : `\n${layout.gap(column)}`);
  });
  return layouts.at(-1) as Layout;
}

function jsonText(tree: Tree): string {
  return JSON.stringify(plain(tree));
}
