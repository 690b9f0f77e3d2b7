import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The configuration of the article's names, as every benchmark uses it. */
const functionConfig = `functionConfig:
  apiVersion: tracing-sidecar.dev/v1alpha1
  kind: TracingSidecar
  metadata:
    name: jaeger-agent
  spec:
    selector: {}
    collector:
      endpoint: dns:///jaeger-collector:443
      tls:
        clientCertificate:
          certManager:
            issuerRef:
              name: my-private-ca
              kind: ClusterIssuer
    podMonitor: {}
`;

const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n";

/** The article's Deployment alone. */
export function hotrodList(): string {
  const input = readFileSync(join(__dirname, "..", "fixtures", "article", "input.yaml"), "utf8");
  return input;
}

/** A list of Deployments as kpt sends them, each of the size that a Helm chart's usually has. */
export function deploymentList(count: number): string {
  const items: string[] = [];
  for (let i = 0; i < count; i++) items.push(deployment(i));
  return head + items.join("") + functionConfig;
}

function deployment(i: number): string {
  const name = `web-${i}`;
  return `- apiVersion: apps/v1
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
    annotations:
      config.kubernetes.io/index: '0'
      config.kubernetes.io/path: 'apps/${name}.yaml'
      internal.config.kubernetes.io/index: '0'
      internal.config.kubernetes.io/path: 'apps/${name}.yaml'
      config.k8s.io/id: '${i}'
      internal.config.kubernetes.io/id: '${i}'
  spec:
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
