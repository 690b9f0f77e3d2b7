/** The names of tabs, and the index of the selected one. */
export interface Tabs {
  readonly names: readonly string[];
  readonly selected: number;
}

/**
 * Shows tabs in an element with the role `tablist`. Only the selected tab can be reached with Tab; the arrow keys, Home and
 * End select another one (WAI-ARIA Authoring Practices, "Tabs with Automatic Activation").
 */
export function showTabs(list: HTMLElement, { names, selected }: Tabs, onSelect: (index: number) => void): void {
  const hadFocus = list.contains(document.activeElement);
  const tabs = names.map((name, index) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.role = "tab";
    tab.id = `${list.id}-${index}`;
    tab.append(pathElement(name));
    tab.title = name;
    tab.tabIndex = index === selected ? 0 : -1;
    tab.ariaSelected = String(index === selected);
    tab.setAttribute("aria-controls", list.dataset["panel"] ?? "");
    tab.addEventListener("click", () => onSelect(index));
    return tab;
  });
  list.replaceChildren(...tabs);
  list.onkeydown = (event) => {
    const target = targetOf(event.key, selected, names.length);
    if (target === undefined) return;
    event.preventDefault();
    onSelect(target);
  };
  const current = tabs[selected];
  document.getElementById(list.dataset["panel"] ?? "")?.setAttribute("aria-labelledby", current?.id ?? "");
  current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (hadFocus) current?.focus();
}

/** Returns an element for a path. The style sheet cuts off its start if it's too long, and the end stays visible. */
function pathElement(path: string): HTMLElement {
  const element = document.createElement("bdi");
  element.dir = "ltr";
  element.textContent = path;
  return element;
}

/** Returns the tab that a key selects; undefined for another key. */
function targetOf(key: string, selected: number, count: number): number | undefined {
  switch (key) {
    case "ArrowRight":
      return (selected + 1) % count;
    case "ArrowLeft":
      return (selected + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
