import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, sep } from "node:path";

/**
 * Returns the links and images of a built site whose target doesn't exist, each with its page. An anchor must be the ID of an
 * element of its page.
 *
 * @param base the path of the site on its server, such as `/tracing-sidecar/`.
 */
export function deadLinks(folder: string, base: string): string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => file.endsWith(".html"))
    .sort();
  const texts = new Map(pages.map((page) => [page, readFileSync(join(folder, page), "utf8")]));
  return pages.flatMap((page) =>
    targetsOf(texts.get(page) ?? "")
      .filter((target) => !exists(target, page))
      .map((target) => `${page}: ${target}`),
  );

  function exists(target: string, page: string): boolean {
    const url = new URL(target, `http://site${posix.join(base, page)}`);
    // Pages of other sites aren't requested.
    if (url.host !== "site" || !url.protocol.startsWith("http")) return true;
    const path = decodeURIComponent(url.pathname);
    if (!path.startsWith(base)) return false;
    const file = fileOf(path.slice(base.length));
    if (file === undefined) return false;
    const anchor = decodeURIComponent(url.hash.slice(1));
    return anchor === "" || idsOf(file).has(anchor);
  }

  function fileOf(path: string): string | undefined {
    const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    const absolute = join(folder, file);
    return existsSync(absolute) && statSync(absolute).isFile() ? file : undefined;
  }

  function idsOf(page: string): ReadonlySet<string> {
    return new Set([...(texts.get(page) ?? "").matchAll(/ id="([^"]*)"/g)].map(([, id = ""]) => unescapeHtml(id)));
  }
}

function targetsOf(html: string): string[] {
  return [...html.matchAll(/<(?:a|img|link|script)\b[^>]*? (?:href|src)="([^"]*)"/g)].map(([, target = ""]) =>
    unescapeHtml(target),
  );
}

function unescapeHtml(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
