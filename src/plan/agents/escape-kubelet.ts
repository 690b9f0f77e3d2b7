/**
 * A text as it must stand in args or in an env value to reach the container as it is: the kubelet replaces `$(NAME)`,
 * and makes `$` of `$$` (kubernetes `third_party/forked/golang/expansion`).
 */
export function escapeDollar(text: string): string {
  return text.replace(/\$(?=[$(])/g, "$$$$");
}
