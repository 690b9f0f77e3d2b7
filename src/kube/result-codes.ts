/**
 * Every code that `tags.code` of a result can have, with its meaning. The reference is generated from this table. `changeCodes`
 * has those that only the command line reports.
 */
export const resultCodes = {
  "invalid-input": "The input can't be read as a ResourceList.",
  "invalid-config": "The configuration is invalid, either in general or for one workload.",
  "invalid-object": "A workload or a generated object is invalid or can't be edited safely.",
  "invalid-record": "The annotation `tracing-sidecar.dev/injected` of a workload was edited, or damaged by a merge.",
  "filtered-by-kpt":
    "The step in the Kptfile has its own `selectors` or `exclude`, which hide resources from the function.",
  managed: "The number of workloads that have the agent, and the number of generated objects, by kind.",
  "skipped-opt-out": "The workload, its pod template, or its Namespace opts out with an annotation.",
  "skipped-windows": "The pod runs on Windows, where the agent's `securityContext` isn't allowed.",
  "skipped-workload-ref": "The Rollout uses the pod template of another workload.",
  "skipped-incomplete":
    "The manifest isn't a complete workload: it has no name or no containers, as with a kustomize patch.",
  "skipped-generated-name":
    "The workload has a `generateName` instead of a name, so no Certificate can be generated for it.",
  "skipped-hook":
    "The workload is a Helm or Argo CD hook that runs before its Certificate is applied, so its pod would wait forever for the Secret.",
  "skipped-collector": "The workload is itself a collector or an agent.",
  "skipped-proxy": "The workload runs only a mesh's proxy, as an Istio gateway does.",
  "conflict-container": "A container with the agent's name already exists.",
  "conflict-volume": "A volume with the same name as one of the agent's volumes already exists.",
  "conflict-port": "Another container already uses one of the agent's ports or port names.",
  "conflict-host-port": "Another workload uses a port of the agent on the node's network.",
  "conflict-pod-metadata": "The pod already has the label or annotation with another value.",
  "conflict-object":
    "An object with the name of a generated object already exists and isn't managed by tracing-sidecar.",
  "conflict-generated-name": "Two workloads would get an object of the same kind and name.",
  "conflict-secret": "Something else already provides the Secret for the client certificate or the CA.",
  "conflict-issuer-namespace": "In the input, the Issuer exists only in a namespace other than the workload's.",
  "conflict-owner": "Another configuration already injected this workload.",
  "warn-nothing-selected": "No workload was selected.",
  "warn-collector-endpoint":
    "The port or the scheme of the collector's endpoint doesn't match the agent's protocol, or the endpoint is the agent's own port.",
  "warn-missing-component":
    "The Collector's image doesn't contain a component that `spec.agent.config` configures, so the Collector doesn't start.",
  "warn-removed-api": "Kubernetes no longer serves the API version of a workload, so the workload can't be selected.",
  "warn-unclear-opt-out":
    '`tracing-sidecar.dev/inject` is an annotation that is neither "true" nor "false", or a label that isn\'t "true". The workload is skipped.',
  "warn-no-pod-monitor": "No PodMonitor could be generated for the workload.",
  "warn-certificate-after-workload": "Argo CD applies the workload before its Certificate, whose Secret the pods need.",
  "warn-scraped-twice": "The PodMonitors of two workloads select the same pods.",
  "warn-bypasses-agent":
    "The environment variables of a container keep its spans from reaching the agent, either with every SDK or with those that the message names.",
  "warn-agent-rejects-spans":
    "Because of `spec.agent.config`, the agent doesn't accept spans over OTLP, or accepts them only with TLS.",
  "warn-unknown-container": "`spec.app.containers` names a container that no selected workload has.",
  "warn-init-container-before-agent":
    "An init container that `spec.app.containers` names ends before the agent starts.",
  "warn-signal-rejected": "A container exports metrics or logs to the agent, which doesn't forward them.",
  "warn-shared-secret": "Something other than the agent uses the Secret that contains the agent's client certificate.",
  "warn-violates-pod-security": "The Namespace's Pod Security level rejects the pod.",
  "warn-blocked-by-network-policy": "The NetworkPolicies that select the pod block traffic that the agent needs.",
  "warn-collector-not-resolved": "The pod uses its node's DNS, which can't resolve the collector's name.",
  "warn-autoscaler-needs-request": "A HorizontalPodAutoscaler needs a resource request that the agent doesn't have.",
  "warn-resource-quota-needs-resources":
    "A ResourceQuota requires a resource request or limit that the agent doesn't have.",
  "warn-violates-limit-range":
    "A LimitRange rejects the agent's resource requests or limits, or those of the pod with the agent.",
  "warn-exceeds-pod-resources":
    "With the agent, the containers' requests or limits exceed the pod's own resources (`spec.resources`).",
  "warn-other-injector": "Another injector would add a second sidecar to the pod, or remove the agent.",
  "warn-mesh-blocks-scrape": "The mesh prevents Prometheus from scraping the agent.",
  "warn-mesh-starts-after-agent": "The mesh's proxy starts after the agent, which is a native sidecar.",
  "warn-job-never-completes":
    "The agent is an ordinary container, so the Job, or the Pod with the `restartPolicy` `Never` or `OnFailure`, never completes.",
  "notice-default-port": "The collector's endpoint has no port, so gRPC uses 443.",
  "notice-pull-secrets-replaced":
    "The pod now lists pull secrets, so Kubernetes no longer adds those of its ServiceAccount.",
  "notice-hook-before-volume":
    "A Helm or Argo CD hook runs before the Secret or ConfigMap that its agent mounts is applied.",
  "notice-qos-class-changed": "With the agent, the QoS class of the pods is Burstable instead of Guaranteed.",
  "notice-immutable-pod-template":
    "The injected workloads are of a kind whose pod template can't change after it is applied.",
  "notice-scraped-by-annotation":
    "The pod's annotations make Prometheus scrape the agent's ports too, because they don't name a port.",
  "notice-jaeger-end-of-life": "The Jaeger agent has reached its end of life.",
  "notice-unknown-components":
    "The Collector's version is newer than any version whose components tracing-sidecar knows, so the Collector's image may lack components of the configuration.",
  "notice-signals-rejected":
    "OpenTelemetry SDKs in the workloads may export metrics or logs to the agent, which doesn't forward them.",
  "notice-no-app-container": "A workload has none of the containers that `spec.app.containers` names.",
  "notice-common-name-shortened": "The common name of a certificate was longer than 64 bytes and was shortened.",
  "notice-unknown-env-from": "A preset may override variables from an `envFrom` source that isn't in the input.",
  "notice-service-link-variable": "A Service sets an environment variable that Jaeger SDKs can't parse.",
  "notice-protocol-unknown":
    "A preset sets no endpoint, because the protocol comes from a Secret, or from a ConfigMap that isn't in the input.",
  "notice-sdk-config-file":
    "An OpenTelemetry SDK reads its configuration from a file, so it ignores the variables of a preset.",
  "notice-certificate-not-reloaded": "The agent doesn't reload a renewed certificate.",
} as const;

/**
 * Codes for what a run changes, which only the command line reports. A host, such as kpt, gets only the state, because it can
 * keep the results in Git, where a second run must change nothing.
 */
export const changeCodes = {
  injected: "The agent was added to the workload, and its objects were generated.",
  updated:
    "A workload or generated objects differed from the configuration and were updated. The message names the first few fields.",
  adopted: "An existing agent was adopted. The message lists what happened to its settings.",
  removed: "Everything that this configuration added to the workload was removed.",
  generated: "The objects of a PrivateCA were generated.",
  pruned: "A generated object is no longer needed and was deleted.",
  "warn-damaged-record":
    "The annotation `tracing-sidecar.dev/injected` of a workload names fields that no longer exist. With `spec.strict`, this is an error, which the function reports too.",
} as const;

/** A code of a finding or result. */
export type ResultCode = keyof typeof resultCodes | keyof typeof changeCodes;

/**
 * Codes for files as a whole, which only the command line's outputs for code review use. The text and JSON reports list
 * files without a code.
 */
export const fileCodes = {
  "outdated-file":
    "The file isn't up to date with the configuration, so `--write` would change it. Only `--check` reports this.",
  "unreadable-file": "The file can't be read as manifests. This is only a warning if the file can be skipped.",
  "unwritten-file":
    "The file wasn't written, because of an error or a signal. The files after it weren't written either. Only `--write` reports this.",
  "skipped-file": "The file isn't changed, because a kustomization lists it as something other than a resource.",
  "notice-kustomization":
    "The files include a kustomization. The run adds the agent only to the files themselves, not to everything that the kustomization builds.",
} as const;

/** A code of a file. */
export type FileCode = keyof typeof fileCodes;
