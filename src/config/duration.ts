import type { Problem } from "./problem";

/** Seconds in each unit of a Go duration. */
const units: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, "\u00b5s": 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

const hour = 3600;
const minute = 60;

/** cert-manager's default duration: 90 days. */
export const defaultDuration = "2160h";

/** In seconds. Go represents a duration as nanoseconds in 64 bits. */
const longest = 2 ** 63 * 1e-9;

/** Converts a Go duration such as `1h30m`, which must be well-formed, to seconds. */
export function seconds(duration: string): number {
  const parts = duration.matchAll(/([0-9.]+)(ns|us|\u00b5s|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0), 0);
}

/**
 * Returns a problem if the CSI driver would reject a certificate's duration. The driver has no minimum.
 *
 * @param path the path of the mapping that has the field `duration`.
 */
export function durationProblems(duration: string | undefined, path: string): readonly Problem[] {
  if (duration === undefined || (seconds(duration) > 0 && seconds(duration) < longest)) return [];
  const rule = seconds(duration) > 0 ? "must be at most 2562047h" : "must be more than 0";
  return [{ path: `${path}.duration`, message: `"${duration}" ${rule}` }];
}

/**
 * Returns a problem for each field of a certificate's lifetime that cert-manager would reject.
 *
 * @param path the path of the mapping that has the fields.
 */
export function lifetimeProblems(
  lifetime: { readonly duration?: string; readonly renewBefore?: string },
  path: string,
): readonly Problem[] {
  const { duration, renewBefore } = lifetime;
  const problems: Problem[] = [];
  const reject = (field: "duration" | "renewBefore", message: string): void => {
    problems.push({ path: `${path}.${field}`, message: `"${lifetime[field]}" ${message}` });
  };
  if (duration !== undefined) {
    if (seconds(duration) < hour) reject("duration", "must be at least 1h");
    if (seconds(duration) >= longest) reject("duration", "must be at most 2562047h");
  }
  if (renewBefore !== undefined) {
    if (seconds(renewBefore) < 5 * minute) reject("renewBefore", "must be at least 5m");
    else if (seconds(renewBefore) >= seconds(duration ?? defaultDuration)) {
      const limit = duration === undefined ? `which defaults to ${defaultDuration}` : `"${duration}"`;
      reject("renewBefore", `must be less than the duration, ${limit}`);
    }
  }
  return problems;
}
