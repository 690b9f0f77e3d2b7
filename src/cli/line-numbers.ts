import type { Manifest } from "../krm/manifest";
import type { FilePosition } from "../kube/object";
import { getOrInsert } from "../yaml/maps";

/** Converts the positions of objects to `path:line`, such as `shop/web.yaml:12`, for messages. */
export class LineNumbers {
  readonly #manifests: ReadonlyMap<string, Manifest>;
  /** The offsets at which lines start, by path. */
  readonly #starts = new Map<string, readonly number[]>();

  constructor(manifests: readonly Manifest[]) {
    this.#manifests = new Map(manifests.map((manifest) => [manifest.path, manifest]));
  }

  /** Returns the path, followed by the line of the object (from 1) if the position is that of a manifest's item. */
  locate(position: FilePosition): string {
    const line = this.lineOf(position);
    return line === undefined ? position.path : `${position.path}:${line}`;
  }

  /** Returns the line of the object at a position, from 1; undefined if the position isn't that of a manifest's item. */
  lineOf({ path, index }: FilePosition): number | undefined {
    const manifest = this.#manifests.get(path);
    const item = index === undefined ? undefined : manifest?.items[index];
    if (manifest === undefined || item === undefined) return undefined;
    return this.#lineAt(manifest, item.offset + contentStart(item.text));
  }

  #lineAt({ path, text }: Manifest, offset: number): number {
    const starts = getOrInsert(this.#starts, path, () => lineStarts(text));
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
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

/** The offset of the content after comments, blank lines, directives and the document marker. */
function contentStart(text: string): number {
  return /^\ufeff?(?:(?:[ \t]*(?:#.*)?|%.*|---[ \t]*(?:#.*)?)\r?\n)*/.exec(text)?.[0].length ?? 0;
}
