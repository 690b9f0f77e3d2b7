import type { Configuration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import { parseImage } from "../../kube/image";
import { invalid } from "./image-version";
import { agentTypeNames, agentTypeOf, agentTypes } from "./index";

/** Returns an error if `spec.agent.image` is a known image of another agent type than `spec.agent.type`. */
export function imageTypeProblems(configuration: Configuration): readonly Finding[] {
  const { image, type } = configuration.agent;
  const other = agentTypeNames.find((name) => agentTypes[name].images.includes(parseImage(image).name));
  if (other === undefined || other === type) return [];
  const message = `"${image}" is an image of ${agentTypes[other].title}, but spec.agent.type is "${type}". Set spec.agent.type to "${other}", or use an image of ${agentTypeOf(configuration).title}.`;
  return [invalid("spec.agent.image", message).finding];
}
