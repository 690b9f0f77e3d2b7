/**
 * Parses a reference to one of cert-manager's issuers: its name, or its kind and name, such as
 * `ClusterIssuer/my-private-ca`. Returns undefined for any other text.
 */
export function parseIssuer(text: string): { readonly name: string; readonly kind?: string } | undefined {
  const [first = "", second, ...others] = text.split("/");
  if (first === "" || second === "" || others.length > 0) return undefined;
  return second === undefined ? { name: first } : { name: second, kind: first };
}
