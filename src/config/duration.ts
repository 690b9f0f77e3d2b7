import type { Problem } from "./problem";

/** Seconds in each unit of a Go duration. */
const units: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, "\u00b5s": 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

const hour = 3600;
const minute = 60;

/** cert-manager's own duration, which holds where none is given: 90 days. */
const defaultDuration = "2160h";

/** Go keeps a duration as nanoseconds in 64 bits. */
const longest = 2 ** 63 * 1e-9;

/** The seconds of a Go duration such as `1h30m`, whose form is known to be right. */
export function seconds(duration: string): number {
  const parts = duration.matchAll(/([0-9.]+)(ns|us|\u00b5s|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit as string] as number), 0);
}

/** What the CSI driver would refuse in a certificate's duration, which may be as short as one likes. */
export function durationProblems(duration: string | undefined, path: string): readonly Problem[] {
  if (duration === undefined || (seconds(duration) > 0 && seconds(duration) < longest)) return [];
  return [{ path: `${path}.duration`, message: `"${duration}" must be more than 0 and at most 2562047h` }];
}

/** What cert-manager would refuse in a certificate's lifetime. */
export function lifetimeProblems(
  lifetime: { readonly duration?: string; readonly renewBefore?: string },
  path: string,
): readonly Problem[] {
  const { duration, renewBefore } = lifetime;
  const problems: Problem[] = [];
  const refuse = (field: "duration" | "renewBefore", message: string): void => {
    problems.push({ path: `${path}.${field}`, message: `"${lifetime[field]}" ${message}` });
  };
  if (duration !== undefined) {
    if (seconds(duration) < hour) refuse("duration", "must be at least 1h");
    if (seconds(duration) >= longest) refuse("duration", "must be at most 2562047h, the longest Go duration");
  }
  if (renewBefore !== undefined) {
    if (seconds(renewBefore) < 5 * minute) refuse("renewBefore", "must be at least 5m");
    else if (seconds(renewBefore) >= seconds(duration ?? defaultDuration)) {
      const given = duration === undefined ? `${defaultDuration}, where none is given` : `"${duration}"`;
      refuse("renewBefore", `must be less than the duration, ${given}`);
    }
  }
  return problems;
}
