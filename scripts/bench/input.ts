import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A TracingSidecar that generates every kind of object, as a document for kpt and kustomize. */
export const functionConfig = (selector: string) => `apiVersion: tracing-sidecar.dev/v1alpha1
kind: TracingSidecar
metadata:
  name: jaeger-agent
spec:
  selector: ${selector}
  collector:
    endpoint: dns:///jaeger-collector:443
    tls:
      clientCertificate:
        certManager:
          issuerRef:
            name: my-private-ca
            kind: ClusterIssuer
  agent:
    type: jaeger
  podMonitor: {}
`;

const indented = (text: string) => text.replace(/^(?=.)/gm, "  ");

const list = (items: readonly string[], selector: string) =>
  `${head}${items.map((text) => `- ${indented(text).slice(2)}`).join("")}functionConfig:\n${indented(functionConfig(selector))}`;

const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n";

/** A list with only the HotROD Deployment of the article. */
export function hotrodList(): string {
  return readFileSync(join(__dirname, "..", "..", "fixtures", "article", "input.yaml"), "utf8");
}

const times = <T>(length: number, create: (i: number) => T) => Array.from({ length }, (_, i) => create(i));

/**
 * A list of Deployments as kpt sends them: of 4 kB, as large as one of a typical Helm chart, or of 1 kB, like one that was
 * written by hand.
 */
export function deploymentList(length: number, size: Size = "4 kB"): string {
  return list(
    times(length, (i) => deploymentOf[size](i, hostAnnotations(i))),
    "{}",
  );
}

/** The size of each Deployment in a list. */
export type Size = "1 kB" | "4 kB";

const deploymentOf: Readonly<Record<Size, typeof deployment>> = { "1 kB": ordinaryDeployment, "4 kB": deployment };

/** The same Deployments, from index `from` up to `to`, as documents of a file: without a host's annotations. */
export function deploymentDocuments(from: number, to: number, size: Size): string {
  return times(to - from, (i) => deploymentOf[size](from + i, "")).join("---\n");
}

/** Alternating Deployments and Services. A label selects one object in a hundred. */
export function fewSelected(length: number): string {
  const items = times(length, (i) => {
    const text = i % 2 === 0 ? deployment(i, hostAnnotations(i)) : service(i);
    return i % 100 === 0 ? text.replace("  labels:\n", "  labels:\n    tracing: enabled\n") : text;
  });
  return list(items, "{matchLabels: {tracing: enabled}}");
}

/** Minimal Deployments. */
export function smallDeployments(length: number): string {
  return list(times(length, smallDeployment), "{}");
}

const hostAnnotations = (i: number) => `  annotations:
    config.kubernetes.io/index: '0'
    config.kubernetes.io/path: 'apps/web-${i}.yaml'
    internal.config.kubernetes.io/index: '0'
    internal.config.kubernetes.io/path: 'apps/web-${i}.yaml'
    config.k8s.io/id: '${i}'
    internal.config.kubernetes.io/id: '${i}'
`;

function smallDeployment(i: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-${i}
  namespace: shop
${hostAnnotations(i)}spec:
  selector:
    matchLabels:
      app: web-${i}
  template:
    metadata:
      labels:
        app: web-${i}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1.4.0
`;
}

function ordinaryDeployment(i: number, annotations: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-${i}
  namespace: shop
  labels:
    app: web-${i}
${annotations}spec:
  replicas: 2
  selector:
    matchLabels:
      app: web-${i}
  template:
    metadata:
      labels:
        app: web-${i}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1.4.0
        ports:
        - name: http
          containerPort: 8080
        env:
        - name: LOG_LEVEL
          value: info
        - name: DATABASE_HOST
          value: postgres.shop.svc.cluster.local
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
          limits:
            memory: 256Mi
`;
}

function service(i: number): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: web-${i}
  namespace: shop
  labels:
    app.kubernetes.io/name: web-${i}
    app.kubernetes.io/part-of: shop
${hostAnnotations(i)}spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: web-${i}
  ports:
  - name: http
    port: 80
    targetPort: http
    protocol: TCP
  - name: metrics
    port: 9090
    targetPort: metrics
    protocol: TCP
`;
}

function deployment(i: number, annotations: string): string {
  const name = `web-${i}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/instance: ${name}
    app.kubernetes.io/version: "1.4.${i % 10}"
    app.kubernetes.io/part-of: shop
    helm.sh/chart: web-2.1.0
${annotations}spec:
  replicas: 3 # kpt-set: \${replicas}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
      app.kubernetes.io/instance: ${name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
        app.kubernetes.io/instance: ${name}
      annotations:
        checksum/config: 4f2d1c0b9a8e7d6c5b4a39281706f5e4d3c2b1a0
    spec:
      serviceAccountName: ${name}
      securityContext:
        runAsNonRoot: true
        fsGroup: 2000
      initContainers:
      - name: migrate
        image: registry.example.com/shop/web:1.4.${i % 10}
        command: ["/app/migrate", "--wait"]
        envFrom:
        - secretRef:
            name: ${name}-database
      containers:
      # The application itself.
      - name: web
        image: registry.example.com/shop/web:1.4.${i % 10}
        imagePullPolicy: IfNotPresent
        args:
        - serve
        - --listen=:8080
        env:
        - name: LOG_LEVEL
          value: info
        - name: DATABASE_HOST
          value: postgres.${name}.svc.cluster.local
        - name: DATABASE_PASSWORD
          valueFrom:
            secretKeyRef:
              name: ${name}-database
              key: password
        - name: FEATURE_FLAGS
          value: "checkout=on,search=off"
        envFrom:
        - configMapRef:
            name: ${name}
        ports:
        - name: http
          containerPort: 8080
          protocol: TCP
        - name: metrics
          containerPort: 9090
          protocol: TCP
        livenessProbe:
          httpGet:
            path: /healthz
            port: http
          initialDelaySeconds: 10
          periodSeconds: 10
        readinessProbe:
          httpGet:
            path: /ready
            port: http
          periodSeconds: 5
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
          limits:
            cpu: "1"
            memory: 512Mi
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities:
            drop: [ALL]
        volumeMounts:
        - name: config
          mountPath: /etc/web
          readOnly: true
        - name: cache
          mountPath: /var/cache/web
      volumes:
      - name: config
        configMap:
          name: ${name}
      - name: cache
        emptyDir: {}
      nodeSelector:
        kubernetes.io/arch: amd64
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
          - weight: 100
            podAffinityTerm:
              topologyKey: kubernetes.io/hostname
              labelSelector:
                matchLabels:
                  app.kubernetes.io/name: ${name}
      tolerations: []
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: topology.kubernetes.io/zone
        whenUnsatisfiable: ScheduleAnyway
        labelSelector:
          matchLabels:
            app.kubernetes.io/name: ${name}
`;
}
