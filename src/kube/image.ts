/** What an image reference says about the image. */
export interface ImageReference {
  /** The last segment of the repository's path: `jaeger-agent`. */
  readonly name: string;
  readonly tag?: string;
}

/**
 * Takes an image reference apart: `[registry[:port]/]path[:tag][@digest]` (distribution/reference). A colon before the
 * last slash is a registry's port, not a tag.
 */
export function parseImage(image: string): ImageReference {
  const at = image.indexOf("@");
  const tagged = at < 0 ? image : image.slice(0, at);
  const last = tagged.slice(tagged.lastIndexOf("/") + 1);
  const colon = last.indexOf(":");
  return colon < 0 ? { name: last } : { name: last.slice(0, colon), tag: last.slice(colon + 1) };
}
