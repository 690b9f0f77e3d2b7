import type { Value } from "../../../yaml/value";
import type { AgentParts } from "../../agents/agent-type";
import type { ContainerEnv } from "../../app/container-env";
import { firstSet, type NamedVariable, title } from "../../app/otlp-variables";
import { type Address, isLoopback, parseAddress, reachesAgent } from "../../endpoint-address";

/** What is wrong with a variable, and what to do. `problem` follows the container's name in the message. */
export interface Problem {
  readonly variable: NamedVariable;
  readonly problem: string;
  readonly advice: string;
}

/** A container, and what the agent in its pod listens on. */
export interface ProblemInput {
  readonly env: ContainerEnv;
  readonly parts: AgentParts;
  readonly podSpec: Value;
}

/** Advice for a host that isn't the agent's. */
export const removeOrUseLoopback = "Remove the variable or set it to 127.0.0.1";

/** Returns the problem of the first of some variables that is set, if it points outside the pod. */
export function outsideProblem(input: ProblemInput, names: readonly string[], advice: string): readonly Problem[] {
  const variable = firstSet(input.env, names);
  const address = addressOf(variable);
  if (variable === undefined || address === undefined || isAgents(address, input)) return [];
  return [{ variable, problem: outside(variable), advice }];
}

/** Says that a variable points outside the pod. */
export function outside(variable: NamedVariable): string {
  return `bypasses the agent, which listens only on 127.0.0.1: ${title(variable)} points elsewhere`;
}

/** Returns the address in a variable's value; undefined if it isn't known, or if there is none. */
export function addressOf(variable: NamedVariable | undefined): Address | undefined {
  return variable?.value === undefined ? undefined : parseAddress(variable.value);
}

/** Reports whether an address can be the agent's. Receivers that the user added can listen on any loopback address. */
export function isAgents({ host }: Address, { podSpec, parts }: ProblemInput): boolean {
  return reachesAgent(host, podSpec) || (parts.hasOtherPorts === true && isLoopback(host));
}
