import { certificateGenerator } from "./certificate";
import type { ObjectGenerator } from "./object-generator";
import { podMonitorGenerator } from "./pod-monitor";

/** What is generated for each workload and each namespace, in the order in which the objects follow it in its file. */
export const objectGenerators: readonly ObjectGenerator[] = [certificateGenerator, podMonitorGenerator];
