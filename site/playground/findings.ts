import type { Place, ShownFinding } from "./protocol";

/*
 * The list of findings below the result.
 */

const words = { error: "Error", warning: "Warning", notice: "Notice", info: "Info" } as const;

/** The most findings in the list. A browser is slow with thousands of elements. */
const maxShown = 200;

/**
 * Shows findings in a list.
 *
 * @param onPlace called if the user follows a finding to its place.
 */
export function showFindings(
  list: HTMLElement,
  findings: readonly ShownFinding[],
  onPlace: (place: Place) => void,
): void {
  const elements = findings.slice(0, maxShown).map((finding) => elementOf(finding, onPlace));
  const omitted = findings.length - elements.length;
  if (omitted > 0) elements.push(createElement("li", "finding", `${omitted.toLocaleString("en")} more`));
  list.replaceChildren(...elements);
}

function elementOf({ severity, code, text, place }: ShownFinding, onPlace: (place: Place) => void): HTMLElement {
  const element = createElement("li", `finding ${severity}`, "");
  element.append(createElement("span", "severity", words[severity]), " ");
  if (place?.line !== undefined) {
    const button = createElement("button", "place", placeText(place));
    button.type = "button";
    button.addEventListener("click", () => onPlace(place));
    element.append(button, " ");
  }
  element.append(createElement("span", "message", text));
  const link = createElement("a", "code", code);
  link.href = `../docs/reference/results.html#${code}`;
  element.append(" ", link);
  return element;
}

/** Returns a place as the command line prints it. */
function placeText({ path, line, column }: Place): string {
  return [path ?? "configuration", line, column].filter((part) => part !== undefined).join(":");
}

function createElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text: string,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
