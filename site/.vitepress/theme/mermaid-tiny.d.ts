/*
 * @mermaid-js/tiny has no types.
 */

/** The part of Mermaid that the site uses. */
interface Mermaid {
  initialize(options: {
    readonly startOnLoad: boolean;
    readonly theme: string;
    readonly themeVariables: Readonly<Record<string, string>>;
    readonly fontFamily: string;
  }): void;
  render(id: string, code: string): Promise<{ readonly svg: string }>;
}

declare var mermaid: Mermaid;
