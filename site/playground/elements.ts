/** Returns the page's element with an ID. */
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element "${id}"`);
  return element as T;
}

/** Returns the value of the selected radio button with a name. */
export function chosen(name: string): string {
  return document.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value ?? "";
}

/** Calls a function if the user changes one of the inputs with a name or an ID. */
export function onChoice(names: readonly string[], listener: () => void): void {
  for (const name of names)
    for (const input of document.querySelectorAll(`input[name="${name}"], input#${name}`))
      input.addEventListener("change", listener);
}
