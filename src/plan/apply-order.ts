type Annotations = Readonly<Record<string, string>>;

/** The annotation that makes an object a hook of Argo CD. */
export const argoHook = "argocd.argoproj.io/hook";
const helmHook = "helm.sh/hook";

/** The annotation that orders objects of the same phase in Argo CD. */
export const syncWave = "argocd.argoproj.io/sync-wave";

/** When an object is applied, compared with the objects that aren't hooks: before them (-1), with them (0), or after. */
export type Phase = -1 | 0 | 1;

/**
 * The phase of each hook (argo-cd `gitops-engine/pkg/sync/common/types.go` and `controller/hook.go`, helm
 * `pkg/release/v1/hook.go`). Other values don't make a hook: Helm doesn't apply such an object, and Argo CD ignores them.
 */
const phases: ReadonlyMap<string, ReadonlyMap<string, Phase>> = new Map([
  [
    argoHook,
    new Map<string, Phase>([
      ["PreSync", -1],
      ["Sync", 0],
      ["PostSync", 1],
      ["SyncFail", 1],
      ["PreDelete", 1],
      ["PostDelete", 1],
    ]),
  ],
  [
    helmHook,
    new Map<string, Phase>([
      ["pre-install", -1],
      ["pre-upgrade", -1],
      ["pre-rollback", -1],
      ["post-install", 1],
      ["post-upgrade", 1],
      ["post-rollback", 1],
      ["pre-delete", 1],
      ["post-delete", 1],
      ["test", 1],
      ["test-success", 1],
    ]),
  ],
]);

/** Returns the phase of an object. If it is a hook of several phases, or of both tools, the first phase counts. */
export function phaseOf(annotations: Annotations): Phase {
  const found = hooksOf(annotations).map(({ phase }) => phase);
  return found.length === 0 ? 0 : (Math.min(...found) as Phase);
}

/** Reports whether Helm or Argo CD runs an object as a hook. */
export function isHook(annotations: Annotations): boolean {
  return hooksOf(annotations).length > 0;
}

/** Returns the annotation that makes an object a hook that is applied before other objects; undefined if it isn't one. */
export function earlyHookOf(annotations: Annotations): string | undefined {
  return hooksOf(annotations).find(({ phase }) => phase < 0)?.annotation;
}

function hooksOf(annotations: Annotations): { readonly annotation: string; readonly phase: Phase }[] {
  return [...phases].flatMap(([annotation, phaseByHook]) =>
    (annotations[annotation] ?? "").split(",").flatMap((entry) => {
      const hook = annotation === helmHook ? entry.trim().toLowerCase() : entry.trim();
      const phase = phaseByHook.get(hook);
      return phase === undefined ? [] : [{ annotation, phase }];
    }),
  );
}

/** The annotation that orders the hooks of Helm. Argo CD uses it if there is no valid wave. */
export const hookWeight = "helm.sh/hook-weight";

/**
 * Returns the wave that an object's annotations set, as Argo CD reads them; undefined if they set none (argo-cd
 * `gitops-engine/pkg/sync/syncwaves/waves.go`).
 */
export function setWaveOf(annotations: Annotations): number | undefined {
  const wave = [annotations[syncWave], annotations[hookWeight]].find((text = "") => /^[-+]?\d+$/.test(text));
  return wave === undefined ? undefined : Number(wave);
}

/** Returns an object's wave within its phase. */
export function waveOf(annotations: Annotations): number {
  return setWaveOf(annotations) ?? 0;
}
