import type { Input } from "./input";
import type { SourceFile } from "./protocol";

/*
 * The input as a link: compressed JSON in the fragment of the page's address, which browsers never send.
 */

/** The longest fragment. Longer links don't fit into many chats, issues and proxies. */
export const maxFragmentLength = 16_000;

/** The most characters that are read from a link, so that a small link can't fill the memory. */
export const maxTextLength = 2_000_000;

const prefix = "#v1=";

/** Reports whether a fragment is a link to an input. */
export function isPermalink(fragment: string): boolean {
  return fragment.startsWith(prefix);
}

/** Returns the fragment for an input; undefined if the input is too long. */
export async function encodePermalink({ files, configuration }: Input): Promise<string | undefined> {
  const json = JSON.stringify({ files: files.map(({ path, text }) => [path, text]), configuration });
  if (json.length > maxTextLength) return undefined;
  const compressed = new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(compressed).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const fragment = prefix + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return fragment.length > maxFragmentLength ? undefined : fragment;
}

/** Returns the input of a fragment; undefined if it is damaged, or too long. */
export async function decodePermalink(fragment: string): Promise<Input | undefined> {
  if (!isPermalink(fragment) || fragment.length > maxFragmentLength) return undefined;
  try {
    const encoded = fragment.slice(prefix.length).replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return toInput(JSON.parse(await inflate(bytes)));
  } catch {
    return undefined;
  }
}

/** @throws Error if the bytes aren't compressed UTF-8, or too long. */
async function inflate(bytes: BlobPart): Promise<string> {
  const texts = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .pipeThrough(new TextDecoderStream("utf-8", { fatal: true, ignoreBOM: true }));
  const reader = texts.getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    if (text.length > maxTextLength) throw new Error("too long");
  }
  return text;
}

/** @throws Error if the value isn't an input. */
function toInput(value: unknown): Input {
  const { files, configuration } = value as Readonly<Record<string, unknown>>;
  if (!Array.isArray(files) || files.length === 0 || typeof configuration !== "string") throw new Error("not an input");
  return { files: files.map(toFile), configuration };
}

function toFile(value: unknown): SourceFile {
  const [path, text] = value as readonly unknown[];
  if (typeof path !== "string" || typeof text !== "string" || !isPath(path)) throw new Error("not a file");
  return { path, text };
}

/** Reports whether a text is possible as the path of a file. */
function isPath(text: string): boolean {
  return text !== "" && !text.includes("\0");
}
