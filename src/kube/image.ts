/** The parts of an image reference that the function uses. */
export interface ImageReference {
  /** The last segment of the repository's path, such as `jaeger-agent`. */
  readonly name: string;
  /** Undefined if the reference has no tag. */
  readonly tag?: string;
  /** Such as `sha256:0123...`. Undefined if the reference has no digest. */
  readonly digest?: string;
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
  const digest = at < 0 ? {} : { digest: image.slice(at + 1) };
  if (colon < 0) return { name: lastSegment, ...digest };
  return { name: lastSegment.slice(0, colon), tag: lastSegment.slice(colon + 1), ...digest };
}
