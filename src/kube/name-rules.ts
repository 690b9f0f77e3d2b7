/** A validation rule of the Kubernetes API for a text. */
export interface NameRule {
  /** Completes "must be". */
  readonly description: string;
  /** Returns true if the API accepts the text. */
  readonly matches: (text: string) => boolean;
}

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${label}(\\.${label})*$`);

/** For the name of a volume or a namespace: apimachinery `IsDNS1123Label`. */
export const dnsLabel: NameRule = {
  description: 'a DNS label: at most 63 lowercase letters, digits, or "-", starting and ending with a letter or digit',
  matches: (text) => text.length <= 63 && labelPattern.test(text),
};

/** For the name of a Secret, a Certificate or a PodMonitor: apimachinery `IsDNS1123Subdomain`. */
export const dnsSubdomain: NameRule = {
  description:
    'a DNS subdomain: at most 253 lowercase letters, digits, "-", or ".", with each part starting and ending with a letter or digit',
  matches: (text) => text.length <= 253 && subdomainPattern.test(text),
};

/** For a name in a certificate: RFC 1034, with underscores, and with `*` as the first label. */
export const dnsName: NameRule = {
  description: 'a DNS name: at most 253 characters, with 1 to 63 letters, digits, "-", or "_" between its dots',
  matches: (text) => text.length <= 253 && /^(?:\*\.)?[-A-Za-z0-9_]{1,63}(?:\.[-A-Za-z0-9_]{1,63})*$/.test(text),
};

/** For the key of a label or annotation: apimachinery `IsQualifiedName`. */
export const qualifiedName: NameRule = {
  description:
    'a name of at most 63 letters, digits, "-", "_", or ".", starting and ending with a letter or digit, optionally after a domain and "/"',
  matches: (text) => {
    const slash = text.indexOf("/");
    const name = text.slice(slash + 1);
    return (slash < 0 || dnsSubdomain.matches(text.slice(0, slash))) && name !== "" && labelValue.matches(name);
  },
};

/** For the value of a label: apimachinery `IsValidLabelValue`. */
export const labelValue: NameRule = {
  description:
    'a label value: at most 63 letters, digits, "-", "_", or ".", starting and ending with a letter or digit, or empty',
  matches: (text) => text.length <= 63 && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(text),
};

/**
 * For the path where a volume is mounted. The API rejects only a colon, but the agent's flags need an absolute path.
 */
export const mountPath: NameRule = {
  description: 'an absolute path other than "/", without ":" or ".."',
  matches: (text) => /^\/+[^/:]/.test(text) && !text.includes(":") && !text.split("/").includes(".."),
};
