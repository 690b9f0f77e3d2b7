/** A kind of component: the section of the Collector's configuration that has its settings. */
export type ComponentSection = "receivers" | "processors" | "exporters" | "extensions" | "connectors";

/** The sections of the Collector's configuration, with the noun for a component in them. */
export const componentSections: Readonly<Record<ComponentSection, string>> = {
  receivers: "receiver",
  processors: "processor",
  exporters: "exporter",
  extensions: "extension",
  connectors: "connector",
};

/** The components that a distribution of the Collector contains. */
export interface Distribution {
  /** Its name in a sentence, such as `the core distribution`. */
  readonly title: string;
  /** The last 0.x release whose components are known in full. */
  readonly lastMinor: number;
  /**
   * The types of all components of any release, without underscores: a type can have another spelling in another
   * release, such as `hostmetrics` and `host_metrics`.
   */
  readonly components: Readonly<Record<ComponentSection, ReadonlySet<string>>>;
}

const types = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/**
 * The distributions whose list of components is short and known, by the last segment of their images' repository. The
 * contrib distribution gets new components with every release.
 *
 * From every version of `distributions/otelcol/manifest.yaml` and `distributions/otelcol-k8s/manifest.yaml`
 * (opentelemetry-collector-releases). The core distribution's `file_log`, `resource_detection`, and `transform` are from the
 * `metadata.yaml` of their modules in v0.165.0.
 */
const distributions: Readonly<Record<string, Distribution>> = {
  "opentelemetry-collector": {
    title: "the core distribution",
    lastMinor: 159,
    components: {
      receivers: types("filelog hostmetrics jaeger kafka nop opencensus otlp prometheus zipkin"),
      processors: types(
        "attributes batch filter memorylimiter probabilisticsampler resource resourcedetection span transform",
      ),
      exporters: types(
        "debug file jaeger kafka logging nop opencensus otlp otlpgrpc otlphttp prometheus prometheusremotewrite zipkin",
      ),
      extensions: types("healthcheck memoryballast pprof zpages"),
      connectors: types("forward"),
    },
  },
  "opentelemetry-collector-k8s": {
    title: "the k8s distribution",
    lastMinor: 159,
    components: {
      receivers: types(
        "filelog fluentforward hostmetrics httpcheck jaeger journald k8scluster k8sevents k8sobjects kubeletstats opencensus otelarrow otlp prometheus receivercreator zipkin",
      ),
      processors: types(
        "attributes batch cumulativetodelta deltatocumulative deltatorate drain experimentalmetricsgeneration filter groupbyattrs groupbytrace interval k8sattributes logdedup memorylimiter metricsgeneration metricstransform probabilisticsampler redaction remotetap resource resourcedetection tailsampling transform",
      ),
      exporters: types("debug file loadbalancing nop otelarrow otlp otlpgrpc otlphttp"),
      extensions: types(
        "ack basicauth bearertokenauth cgroupruntime filestorage headerssetter healthcheck hostobserver httpforwarder k8sleaderelector k8sobserver oauth2client oidc opamp pprof zpages",
      ),
      connectors: types("count exceptions failover forward otlpjson roundrobin routing servicegraph spanmetrics"),
    },
  },
};

/**
 * Returns the distribution that an image contains; undefined if it isn't known. Only the project's own registries are
 * known, and mirrors whose path contains their names: an image with the same name elsewhere can be the user's own build.
 *
 * @param image an image reference.
 */
export function distributionOf(image: string): Distribution | undefined {
  const match =
    /^(?:(?:.+\/)?(?:index\.)?docker\.io\/|)otel\/([^/:@]+)(?:[:@].*)?$/.exec(image) ??
    /^(?:.+\/)?ghcr\.io\/open-telemetry\/opentelemetry-collector-releases\/([^/:@]+)(?:[:@].*)?$/.exec(image);
  const name = match?.[1] ?? "";
  return Object.hasOwn(distributions, name) ? distributions[name] : undefined;
}

/** Reports whether any release of a distribution contains a component, such as `otlp/backup` among the receivers. */
export function contains({ components }: Distribution, section: ComponentSection, name: string): boolean {
  const [type = ""] = name.split("/", 1);
  return components[section].has(type.replaceAll("_", ""));
}
