/** What `--help` prints: kpt shows it for `kpt fn doc`. */
export const helpText = `tracing-sidecar: a KRM function that gives every selected workload a tracing agent, its client certificate and its
metrics scrape, at build time.

It reads one ResourceList with its functionConfig on stdin and writes one ResourceList, with results, to stdout. Errors
and warnings are also lines on stderr; the status is 1 where there is an error, and nothing is changed then.

Hosts:
  kpt        pipeline.mutators of the Kptfile: image (or exec, with kpt fn render --allow-exec), and configPath
  kustomize  transformers of the kustomization, in the last overlay; the configuration then has the annotation
             config.kubernetes.io/function with container.image or exec.path
             kubectl kustomize --enable-alpha-plugins DIR                 (container)
             kustomize build --enable-alpha-plugins --enable-exec DIR     (exec)
             Without --enable-exec kustomize skips an exec function silently, with status 0.

Configuration:

  apiVersion: tracing-sidecar.dev/v1alpha1
  kind: TracingSidecar
  metadata:
    name: tracing                    # who owns what is added: never rename it
  spec:
    selector:                        # {} is every Deployment
      matchLabels: {tracing: enabled}
    collector:
      endpoint: dns:///jaeger-collector:443
      tls:
        clientCertificate:
          certManager:
            issuerRef: {name: my-private-ca, kind: ClusterIssuer}
    podMonitor: {}

Fields of spec:
  selector          which workloads: kinds, namespaces, names, excludeNamespaces, excludeNames, matchLabels,
                    matchExpressions, podLabels
  collector         endpoint, and tls: serverName, ca, clientCertificate (certManager, secretName or csi)
  agent             the container: type, image, version, imagePullPolicy, name, tags, args, env, resources,
                    securityContext, native, adopt, volumeName, mountPath
  app               env for the workload's own containers
  pod               labels and annotations for the pod template
  imagePullSecrets  added to those of the pod
  podMonitor        {} makes one; absent: none
  namespace         of workloads that name none because a later step sets it
  strict            true: a warning is an error
  state             absent: take back everything that this configuration added

A second kind, PrivateCA, adds a private CA to the cluster: a self-signed ClusterIssuer, the CA's Certificate and the
ClusterIssuer that signs with it. Its fields of spec: namespace, commonName, duration, renewBefore, privateKey, names,
labels, annotations, state.

A ConfigMap (kpt fn eval ... -- key=value) has the keys name, collector, selector, kinds, namespace, issuer, image,
agent, imagePullSecret, podMonitor and state.

To opt out, a workload or its pod template has the annotation tracing-sidecar.dev/inject: "false".

Every field is described in docs/configuration.md of the project, every result in docs/results.md.
`;
