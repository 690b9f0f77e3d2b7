import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig } from "vitepress";
import { descriptionOf } from "../../scripts/site/description";
import { slug } from "../../scripts/slug";

/*
 * The site's pages are in site/content, where scripts/site/pages.ts writes them.
 */

const sidebar = new URL("../content/sidebar.json", import.meta.url);

export default defineConfig({
  title: "tracing-sidecar",
  description: "Adds a tracing agent to Kubernetes workloads at build time",
  // GitHub Pages serves a project's site in a folder.
  base: process.env["SITE_BASE"] ?? "/",
  srcDir: "content",
  outDir: "dist",
  cacheDir: fileURLToPath(new URL("../node_modules/.vitepress", import.meta.url)),
  transformPageData: (page, { siteConfig }) => ({
    description: page.description || descriptionOf(readFileSync(join(siteConfig.srcDir, page.filePath), "utf8")),
  }),
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    anchor: { slugify: slug },
    config: (md) => {
      const fence = md.renderer.rules.fence;
      if (fence === undefined) throw new Error("there is no rule for code blocks");
      md.renderer.rules.fence = (tokens, index, ...others) => {
        const token = tokens[index];
        if (token?.info !== "mermaid") return fence(tokens, index, ...others);
        return `<MermaidDiagram code="${encodeURIComponent(token.content)}" />\n`;
      };
    },
  },
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  themeConfig: {
    nav: [
      { text: "Documentation", link: "/docs/", activeMatch: "^/(?!playground)." },
      { text: "Playground", link: "/playground/", target: "_self" },
    ],
    sidebar: [
      { text: "Overview", link: "/overview" },
      ...(JSON.parse(readFileSync(sidebar, "utf8")) as DefaultTheme.SidebarItem[]),
    ],
    outline: { level: [2, 3] },
    search: {
      provider: "local",
      options: {
        _render: (source, env, md) => {
          const html = md.render(source, env);
          return env.frontmatter?.["search"] === false ? "" : html;
        },
      },
    },
  },
});
