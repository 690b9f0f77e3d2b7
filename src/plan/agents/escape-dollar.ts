/**
 * Escapes a text for `args` or the value of an `env` entry, so that the container receives it unchanged. The kubelet
 * replaces `$(NAME)`, and turns `$$` into `$` (kubernetes `third_party/forked/golang/expansion`).
 */
export function escapeDollar(text: string): string {
  return text.replace(/\$(?=[$(])/g, "$$$$");
}
