import type { Finding } from "../kube/finding";
import { type Identity, identityOf, toObject } from "../kube/object";
import { utf8Length } from "../kube/utf8-length";
import { getString, type Value } from "../yaml/value";
import { maxCommonNameBytes } from "./common-name";
import { lifetimeProblems } from "./duration";
import type { PrivateCA } from "./generated/private-ca/types";
import validatePrivateCa from "./generated/private-ca/validate";
import type { Problem } from "./problem";
import { apiVersion, toFinding, validate, wrongTypeMeta } from "./validate";

/** A PrivateCA with every default filled in. */
export interface PrivateCaConfiguration {
  /** The configuration's `metadata.name`: the owner of everything that it adds. */
  readonly name: string;
  /** The functionConfig itself. The generated objects are added to its folder. */
  readonly object: Identity;
  readonly state: "present" | "absent";
  /** cert-manager's cluster resource namespace. */
  readonly namespace: string;
  readonly commonName: string;
  /** A Go duration. */
  readonly duration: string;
  /** A Go duration. If omitted, cert-manager's default applies. */
  readonly renewBefore?: string;
  readonly privateKey: { readonly algorithm: "RSA" | "ECDSA"; readonly size: number; readonly encoding?: string };
  readonly names: Readonly<Record<"selfSignedIssuer" | "certificate" | "secret" | "issuer", string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Reports whether a functionConfig's kind is PrivateCA, valid or not. */
export function isPrivateCa(functionConfig: Value | undefined): boolean {
  return functionConfig !== undefined && getString(functionConfig, "kind") === "PrivateCA";
}

/**
 * Reads a functionConfig of kind PrivateCA.
 *
 * @returns the configuration, or an `invalid-config` finding for each error in it.
 */
export function readPrivateCa(
  functionConfig: Value,
): { readonly privateCa: PrivateCaConfiguration } | { readonly findings: readonly Finding[] } {
  const outcome = read(functionConfig);
  if ("privateCa" in outcome) return outcome;
  return { findings: outcome.problems.map(toFinding) };
}

function read(
  functionConfig: Value,
): { readonly privateCa: PrivateCaConfiguration } | { readonly problems: readonly Problem[] } {
  const object = toObject(functionConfig);
  if (object.apiVersion !== apiVersion)
    return { problems: [wrongTypeMeta(functionConfig, "apiVersion", [apiVersion])] };
  const outcome = validate(validatePrivateCa, functionConfig);
  if ("problems" in outcome) return outcome;
  const privateCa = toPrivateCa(outcome.value, identityOf(object));
  const problems = [
    ...lifetimeProblems(privateCa, "spec"),
    ...commonNameProblems(privateCa),
    ...nameProblems(privateCa),
  ];
  return problems.length === 0 ? { privateCa } : { problems };
}

function toPrivateCa({ metadata: { name }, spec }: PrivateCA, object: Identity): PrivateCaConfiguration {
  const names = { selfSignedIssuer: `${name}-selfsigned`, certificate: name, secret: name, issuer: name };
  return { commonName: name, ...spec, name, object, names: { ...names, ...spec.names } };
}

function commonNameProblems({ commonName, name }: PrivateCaConfiguration): Problem[] {
  if (utf8Length(commonName) <= maxCommonNameBytes) return [];
  const message =
    commonName === name
      ? `is required, because metadata.name is longer than ${maxCommonNameBytes} bytes`
      : `must be at most ${maxCommonNameBytes} bytes`;
  return [{ path: "spec.commonName", message }];
}

function nameProblems({ names }: PrivateCaConfiguration): Problem[] {
  const { selfSignedIssuer, issuer } = names;
  if (selfSignedIssuer === issuer) {
    return [{ path: "spec.names.issuer", message: `"${issuer}" must differ from spec.names.selfSignedIssuer` }];
  }
  if (selfSignedIssuer.length <= 253) return [];
  return [
    {
      path: "spec.names.selfSignedIssuer",
      message: "is required, because metadata.name is too long for the default name",
    },
  ];
}
