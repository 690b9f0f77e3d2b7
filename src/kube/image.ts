/** The parts of an image reference that the function uses. */
export interface ImageReference {
  /** The last segment of the repository's path, such as `jaeger-agent`. */
  readonly name: string;
  /** Undefined if the reference has no tag. */
  readonly tag?: string;
}

/**
 * Parses an image reference: `[registry[:port]/]path[:tag][@digest]` (distribution/reference). A colon before the last
 * slash starts a registry's port, not a tag.
 */
export function parseImage(image: string): ImageReference {
  const at = image.indexOf("@");
  const withoutDigest = at < 0 ? image : image.slice(0, at);
  const lastSegment = withoutDigest.slice(withoutDigest.lastIndexOf("/") + 1);
  const colon = lastSegment.indexOf(":");
  return colon < 0 ? { name: lastSegment } : { name: lastSegment.slice(0, colon), tag: lastSegment.slice(colon + 1) };
}
