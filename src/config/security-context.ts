import { get, getList, type Mapping, type Value } from "../yaml/value";
import { type ApiRule, choice, fields, flag, integer, list, removable, text, textLike } from "./api-fields";
import { formatPath, type Path } from "./json-path";
import type { Problem } from "./problem";

/**
 * A seccomp or AppArmor profile.
 *
 * @param file the rule for the profile's name.
 * @param required the fields without a default.
 */
function profile(file: ApiRule, required: readonly string[] = []): ApiRule {
  const type = choice("RuntimeDefault", "Localhost", "Unconfined");
  const ownFields = fields({ known: { type, localhostProfile: file }, required });
  return (value, path) => {
    const isLocal = get(value, "type") === "Localhost";
    const hasFile = get(value, "localhostProfile") !== undefined;
    const message = isLocal ? "is required with `type: Localhost`" : "requires `type: Localhost`";
    return [
      ...ownFields(value, path),
      ...(isLocal === hasFile ? [] : [{ path: formatPath([...path, "localhostProfile"]), message }]),
    ];
  };
}

const relativePath = textLike(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))./, "a relative path without `..`");
const trimmed = textLike(/^\S(?:.*\S)?$/, "a name without leading or trailing spaces");
const capabilities = removable(list(text));
const id = removable(integer(0, 2 ** 31 - 1));

/** Every field may be null, which removes a default. */
const contextFields = fields({
  known: {
    allowPrivilegeEscalation: removable(flag),
    appArmorProfile: removable(profile(trimmed, ["type"])),
    capabilities: removable(fields({ known: { add: capabilities, drop: capabilities } })),
    privileged: removable(flag),
    procMount: removable(choice("Default", "Unmasked")),
    readOnlyRootFilesystem: removable(flag),
    runAsGroup: id,
    runAsNonRoot: removable(flag),
    runAsUser: id,
    seLinuxOptions: removable(
      fields({
        known: { level: removable(text), role: removable(text), type: removable(text), user: removable(text) },
      }),
    ),
    seccompProfile: removable(profile(relativePath)),
  },
  refused: { windowsOptions: "can't be set: the agent doesn't run on Windows" },
});

/**
 * Returns a problem for each field of a securityContext that the API or the kubelet would reject (kubernetes
 * `pkg/apis/core/validation/validation.go`, `ValidateSecurityContext`; `pkg/kubelet/kuberuntime/security_context.go`,
 * `verifyRunAsNonRoot`).
 *
 * @param context is merged over the defaults: `allowPrivilegeEscalation` is false, and `runAsNonRoot` is true.
 */
export function securityContextProblems(context: Mapping, path: Path): readonly Problem[] {
  /** Returns a problem if a field has a value that isn't allowed; `undefined` stands for the default. */
  const conflict = (field: string, isAllowed: (value: Value | undefined) => boolean, message: string) =>
    isAllowed(get(context, field)) ? [] : [{ path: formatPath([...path, field]), message }];
  const canEscalate = (value: Value | undefined) => value === true || value === null;
  const canBeRoot = (value: Value | undefined) => value === false || value === null;
  const escalation = "allowPrivilegeEscalation";
  return [
    ...contextFields(context, path),
    ...(get(context, "privileged") === true
      ? conflict(escalation, canEscalate, "must be true with `privileged: true`; the default is false")
      : []),
    ...(getList(context, "capabilities", "add").includes("CAP_SYS_ADMIN")
      ? conflict(escalation, canEscalate, "must be true with the capability `CAP_SYS_ADMIN`; the default is false")
      : []),
    ...(get(context, "runAsUser") === 0
      ? conflict("runAsNonRoot", canBeRoot, "must be false with `runAsUser: 0`; the default is true")
      : []),
  ];
}
