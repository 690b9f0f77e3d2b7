/// <reference types="vite/client" />
import script from "@mermaid-js/tiny/dist/mermaid.tiny.js?url";
import { useData } from "vitepress";
import { defineComponent, h, onMounted, ref, useId, watch } from "vue";

/**
 * A Mermaid diagram. Only pages that have one load Mermaid. Until it is drawn, and without JavaScript, the page shows the
 * diagram's code.
 */
export const MermaidDiagram = defineComponent({
  props: { code: { type: String, required: true } },
  setup(props) {
    const { isDark } = useData();
    const svg = ref<string>();
    const id = useId();
    const code = decodeURIComponent(props.code);
    const draw = async () => {
      const mermaid = await loadMermaid();
      mermaid.initialize({
        startOnLoad: false,
        theme: isDark.value ? "dark" : "neutral",
        // In the dark theme, Mermaid's own background has too little contrast.
        themeVariables: isDark.value ? { edgeLabelBackground: "#1b1b1f" } : {},
        fontFamily: "inherit",
      });
      svg.value = (await mermaid.render(`mermaid-${id}`, code)).svg;
    };
    onMounted(draw);
    watch(isDark, draw);
    return () =>
      svg.value === undefined
        ? h("pre", { class: "mermaid-diagram", tabindex: 0 }, code)
        : h("div", {
            class: "mermaid-diagram",
            role: "img",
            "aria-label": "Diagram",
            // The keyboard can scroll a wide diagram.
            tabindex: 0,
            style: { "--diagram-width": widthOf(svg.value) },
            innerHTML: svg.value,
          });
  },
});

/** Returns the width that Mermaid drew a diagram for. */
function widthOf(svg: string): string {
  return /max-width: ([\d.]+px)/.exec(svg)?.[1] ?? "0";
}

let loading: Promise<Mermaid> | undefined;

/** Loads Mermaid, once. It is a script that sets a global variable, and is long, so the build doesn't bundle it. */
function loadMermaid(): Promise<Mermaid> {
  loading ??= new Promise((done, fail) => {
    const element = document.createElement("script");
    element.src = script;
    element.onload = () => done(globalThis.mermaid);
    element.onerror = fail;
    document.head.append(element);
  });
  return loading;
}
