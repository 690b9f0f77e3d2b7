import * as fc from "fast-check";
import { Choices, layoutBytes } from "./choices";
import { anyConfiguration, asValue, type Sidecar } from "./configuration-arbitrary";
import { Layout, type LayoutOptions } from "./layout";
import { clashingDeployment, clashingObject, otherObject, workload } from "./object-arbitrary";
import { itemsOf, withConfiguration } from "./sections";
import { isTreeMapping, plain, type Tree, type TreeMapping } from "./tree";
import { lineBreaks, visible } from "./yaml-arbitrary";

/** A ResourceList as text, and what it was written from. */
export class ListText {
  constructor(
    readonly text: string,
    /** The bytes of each item, without the comments behind it. */
    readonly items: readonly string[],
    readonly trees: readonly Tree[],
    readonly configuration: Sidecar,
  ) {}

  /** The same list, for another configuration. */
  with(configuration: Sidecar): string {
    return withConfiguration(this.text, configuration);
  }

  get itemsText(): string {
    return itemsOf(this.text);
  }

  toString(): string {
    return visible(this.text);
  }
}

/** What the generated lists may hold beyond what every kpt package does. */
export interface ListOptions extends LayoutOptions {
  /** All lists, or only those with items and a top level in block style. */
  readonly blockOnly?: boolean;
  /** Names, ports and objects that stand where the function's would. */
  readonly clashes?: boolean;
}

/** As files are: flow style here and there, no anchors. */
export const asWritten: ListOptions = { flow: true, quirks: ["empty-value"] };

/** What YAML allows and Kubernetes never needs: an edit of it may be refused. */
export const atItsWorst: ListOptions = {
  flow: true,
  aliases: true,
  shadows: true,
  quirks: ["empty-value", "empty-flow-value", "tag", "explicit-key", "key-alone"],
};

/** Lists of nought to six items, for the configuration given. */
export function resourceList(
  options: ListOptions = asWritten,
  configuration = anyConfiguration,
): fc.Arbitrary<ListText> {
  const names = ["web", "api", "cart", "worker", "mail", "db"];
  const item = (name: string) =>
    fc.oneof(
      { weight: 3, arbitrary: options.clashes ? clashingDeployment(name) : workload(name) },
      { weight: 2, arbitrary: otherObject(name) },
      { weight: 1, arbitrary: options.clashes ? clashingObject : otherObject("config") },
    );
  const items = fc
    .tuple(...names.map((name) => fc.option(item(name), { nil: undefined, freq: 3 })))
    .map((all) => all.filter((tree) => tree !== undefined));
  return fc
    .tuple(items, host, configuration, layoutBytes, fc.array(layoutBytes, { minLength: 1, maxLength: 6 }))
    .map(([trees, annotate, config, listBytes, itemBytes]) => {
      const annotated = trees.map(annotate);
      const layouts = annotated.map((_, i) => new Choices(itemBytes[i % itemBytes.length] as number[]));
      return writeList(annotated, config, new Choices(listBytes), layouts, options);
    });
}

type Annotate = (tree: TreeMapping, index: number) => TreeMapping;

/** What kpt, kustomize, or nobody adds to the annotations of the items. */
const host: fc.Arbitrary<Annotate> = fc.oneof(
  fc.constant((tree: TreeMapping) => tree),
  fc.constant((tree: TreeMapping, index: number) =>
    annotated(tree, { "internal.config.kubernetes.io/index": String(index) }),
  ),
  fc
    .tuple(fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), fc.boolean())
    .map(([files, inPackage]) => (tree: TreeMapping, index: number) => {
      const path = files[index] ? "deploy.yaml" : "app/web.yaml";
      // A file's indexes may have gaps.
      const place = String(index);
      return annotated(tree, {
        "internal.config.kubernetes.io/path": path,
        "config.kubernetes.io/path": path,
        "internal.config.kubernetes.io/index": place,
        "config.kubernetes.io/index": place,
        "internal.config.kubernetes.io/id": String(index + 1),
        "config.k8s.io/id": String(index + 1),
        ...(inPackage ? { "internal.config.kubernetes.io/package-path": "pkg/sub" } : {}),
      });
    }),
);

function annotated(tree: TreeMapping, annotations: TreeMapping): TreeMapping {
  const metadata = isTreeMapping(tree.metadata) ? tree.metadata : {};
  const own = isTreeMapping(metadata.annotations) ? metadata.annotations : {};
  return { ...tree, metadata: { ...metadata, annotations: { ...own, ...annotations } } };
}

type Style = "block" | "flow-items" | "flow" | "json";

function writeList(
  trees: readonly Tree[],
  configuration: Sidecar,
  choices: Choices,
  itemChoices: readonly Choices[],
  options: ListOptions,
): ListText {
  const lineBreak = lineBreaks(choices);
  const convert = (text: string) => text.replace(/\n/g, lineBreak);
  const style: Style = options.blockOnly
    ? "block"
    : choices.of<Style>("block", "block", "block", "block", "block", "block", "block", "flow-items", "flow", "json");
  const shared = options.aliases && choices.chance(30) ? new Layout(choices, options) : undefined;
  const layouts = itemChoices.map((own) => shared ?? new Layout(own, options));
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
  const texts: string[] = [];
  const items: string[] = [];
  const put = (text: string) => texts.push(convert(text));
  const putItem = (text: string) => {
    const converted = convert(text);
    texts.push(converted);
    items.push(converted);
  };

  const json = style === "json";
  const flow = style === "flow" || json;
  const putFlowItems = () => {
    put("[");
    trees.forEach((tree, i) => {
      if (i > 0) put(json ? "," : choices.of(", ", ", ", ",\n  "));
      putItem(json ? jsonText(tree) : (layouts[i] as Layout).flow(tree, 1));
    });
    put("]");
  };
  const putBlockItems = () => {
    const column = choices.of(0, 0, 2, 4);
    put(`items:${choices.of("", "", "", " # the items", "  ")}\n${outer.gap(column)}`);
    let last = outer;
    trees.forEach((tree, i) => {
      const layout = layouts[i] as Layout;
      put(" ".repeat(column));
      putItem(layout.element(tree, column));
      put(i === trees.length - 1 ? "" : `\n${layout.gap(column)}`);
      last = layout;
    });
    return last;
  };

  if (flow) {
    put("{");
    order.forEach((key, i) => {
      if (i > 0) put(", ");
      put(json ? `"${key}": ` : `${key}: `);
      if (key === "items") putFlowItems();
      else put(json ? jsonText(sections[key] as Tree) : outer.flow(sections[key] as Tree, 1));
    });
    put(choices.of("}\n", "}"));
  } else {
    put(choices.of("", "", "", "---\n", "# head\n"));
    let last: Layout = outer;
    order.forEach((key, i) => {
      if (i > 0) put(`\n${last.gap(0)}`);
      if (key !== "items") {
        put(choices.of(key, key, key, `"${key}"`, `'${key}'`) + outer.value(sections[key] as Tree, 0));
        last = outer;
      } else if (style === "block" && trees.length > 0) {
        last = putBlockItems();
      } else if (trees.length === 0) {
        // Not null: of that the output makes a list, as the specification wants it.
        put(choices.of("items: []", "items: [] # none"));
        last = new Layout(new Choices([]));
      } else {
        put("items: ");
        putFlowItems();
        last = new Layout(new Choices([]));
      }
    });
    put(last.endsWithBlockScalar ? "\n" : choices.of("\n", "\n", "\n", "", "\n# foot\n", "\n\n"));
  }
  return new ListText(texts.join(""), items, trees, configuration);
}

function jsonText(tree: Tree): string {
  return JSON.stringify(plain(tree));
}
