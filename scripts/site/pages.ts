import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, posix, relative, sep } from "node:path";

/*
 * Copies the project's documents to a folder from which VitePress builds the site. They stay where they are in the project,
 * except that README.md becomes index.md, so links between them work on the site as on GitHub. Other files and folders that a
 * document links to become pages too, which show their content.
 */

/** The folders with documents, and the documents in the project's root. */
const folders = ["docs", "examples"];
const rootDocuments = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md"];

/** The page for the project's README. The site has its own home page. */
const overview = "overview.md";

/** The languages of the shown files, by extension. */
const languages: Readonly<Record<string, string>> = {
  ".json": "json",
  ".lua": "lua",
  ".md": "md",
  ".sh": "sh",
  ".yaml": "yaml",
  ".yml": "yaml",
};

/** Writes all pages, images and the sidebar into a folder, and deletes what was in it. */
export function writePages(root: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of pagesOf(root)) write(path, text);
  cpSync(join(root, "docs", "images"), join(folder, "docs", "images"), { recursive: true });
  cpSync(join(root, "site", "home.md"), join(folder, "index.md"));
  write("sidebar.json", JSON.stringify(sidebarOf(readFileSync(join(root, "docs", "README.md"), "utf8")), null, 2));
}

/** Returns the text of every page, by its path on the site. */
export function pagesOf(root: string): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  const shown = new Set<string>();
  for (const path of documentsOf(root)) {
    const text = readFileSync(join(root, path), "utf8");
    pages.set(
      pageOf(path),
      withLinks(text, (target) => linkTo(root, path, target, shown)),
    );
  }
  for (const path of shown) pages.set(pageOf(path, root), contentPage(root, path));
  return pages;
}

function documentsOf(root: string): string[] {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
      (file) => `${folder}/${file.split(sep).join("/")}`,
    ),
  );
  return [...rootDocuments, ...below.filter((path) => path.endsWith(".md"))];
}

/** Returns the path of a document's page, or that of the page that shows a file or a folder. */
function pageOf(path: string, root?: string): string {
  if (path === "README.md") return overview;
  if (path.endsWith(".md")) return path.replace(/(?<=\/)README\.md$/, "index.md");
  return root !== undefined && statSync(join(root, path)).isDirectory() ? `${path}/index.md` : `${path}.md`;
}

/** Replaces the targets of links outside of code blocks. */
function withLinks(text: string, replace: (target: string) => string): string {
  return text
    .split(/^( *```[\s\S]*?^ *```)$/m)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replace(/\]\(([^)\s]+)\)/g, (_, target: string) => `](${replace(target)})`),
    )
    .join("");
}

/**
 * Returns the target of a link on the site.
 *
 * @param shown receives the files and folders that need a page of their own.
 * @throws Error if the target doesn't exist.
 */
function linkTo(root: string, from: string, target: string, shown: Set<string>): string {
  const [file = "", anchor] = target.split("#");
  if (file === "" || /^\w+:/.test(target)) return target;
  const path = posix.join(posix.dirname(from), file).replace(/\/$/, "");
  if (!existsSync(join(root, path))) throw new Error(`${from}: the target of the link ${target} doesn't exist`);
  if (path.startsWith("docs/images/")) return target;
  const isFolder = statSync(join(root, path)).isDirectory();
  const document = isFolder && existsSync(join(root, path, "README.md")) ? `${path}/README.md` : path;
  if (!document.endsWith(".md")) shown.add(document);
  const link = posix.relative(posix.dirname(pageOf(from)), pageOf(document, root));
  return `${link.startsWith(".") ? "" : "./"}${link}${anchor === undefined ? "" : `#${anchor}`}`;
}

/** Returns a page that shows a file, or all files of a folder. */
function contentPage(root: string, path: string): string {
  const absolute = join(root, path);
  const isFolder = statSync(absolute).isDirectory();
  const blocks = isFolder
    ? filesBelow(absolute).map((file) => `## ${relative(absolute, file).split(sep).join("/")}\n\n${codeBlock(file)}`)
    : [codeBlock(absolute)];
  // The search finds the documents. These pages have many of their words too.
  const description = JSON.stringify(`The content of ${path} in tracing-sidecar`);
  return `---\nsearch: false\ndescription: ${description}\n---\n\n# ${path}\n\n${blocks.join("\n")}`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

function codeBlock(file: string): string {
  const text = readFileSync(file, "utf8");
  const language = languages[extname(file)] ?? (file.endsWith("Kptfile") ? "yaml" : "text");
  return `\`\`\`\`${language}\n${text.replace(/\n*$/, "\n")}\`\`\`\`\n`;
}

/** A group of the sidebar, in VitePress's form. */
interface SidebarGroup {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** Returns the sidebar: the sections of docs/README.md, with their links to other pages. */
export function sidebarOf(index: string): SidebarGroup[] {
  return index
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [text = "", ...lines] = section.split("\n");
      const links = [...lines.join("\n").matchAll(/\[([^\]]+)\]\(([^)#\s]+\.md)\)/g)];
      const items = links.map(([, title = "", target = ""]) => ({
        text: title.charAt(0).toUpperCase() + title.slice(1),
        link: `/${pageOf(posix.join("docs", target)).replace(/(?:index)?\.md$/, "")}`,
      }));
      return { text, items };
    });
}
