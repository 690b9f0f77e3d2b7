import type { Manifest } from "../krm/manifest";
import type { FilePosition } from "../kube/object";

/** Where objects start, for messages: `shop/web.yaml:12`. */
export class LineNumbers {
  readonly #manifests: ReadonlyMap<string, Manifest>;
  /** By path, the offsets at which lines start. */
  readonly #starts = new Map<string, readonly number[]>();

  constructor(manifests: readonly Manifest[]) {
    this.#manifests = new Map(manifests.map((manifest) => [manifest.path, manifest]));
  }

  /** The path, with the line of the object where it is one of a manifest's. */
  locate({ path, index }: FilePosition): string {
    const manifest = this.#manifests.get(path);
    const item = index === undefined ? undefined : manifest?.items[index];
    if (manifest === undefined || item === undefined) return path;
    return `${path}:${this.#lineOf(manifest, item.offset + contentStart(item.text))}`;
  }

  #lineOf({ path, text }: Manifest, offset: number): number {
    const starts = this.#starts.get(path) ?? lineStarts(text);
    this.#starts.set(path, starts);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Behind comments, blank lines, directives and the marker of a document. */
function contentStart(text: string): number {
  return /^\ufeff?(?:(?:[ \t]*(?:#.*)?|%.*|---[ \t]*(?:#.*)?)\r?\n)*/.exec(text)?.[0].length ?? 0;
}
