import { byId } from "./elements";

/** Where VitePress keeps the user's choice, so that the whole site has the same appearance. */
const key = "vitepress-theme-appearance";

/** Makes the button switch between the light and the dark theme. A script in the page's head has set the current one. */
export function showAppearance(): void {
  const button = byId("appearance");
  const root = document.documentElement;
  const show = () => {
    button.ariaPressed = String(root.classList.contains("dark"));
  };
  button.addEventListener("click", () => {
    const isDark = root.classList.toggle("dark");
    show();
    try {
      localStorage.setItem(key, isDark ? "dark" : "light");
    } catch {
      // The user doesn't allow the page to store anything.
    }
  });
  show();
}
