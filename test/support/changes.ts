import { InputError } from "../../src/krm/item";
import { readResourceList } from "../../src/krm/resource-list";
import { toLine } from "../../src/krm/results";
import type { Finding } from "../../src/kube/finding";
import { computeChanges, readFunctionConfig } from "../../src/pipeline/run";

/** Returns what a run changes in a ResourceList, as the command line reports it. */
export function changesOf(list: string): readonly Finding[] {
  try {
    const { functionConfig, items, configProblem } = readResourceList(list);
    const read = readFunctionConfig(functionConfig);
    return configProblem !== undefined || "findings" in read ? [] : computeChanges(read, items).describe();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [];
  }
}

/** Returns the codes of what a run changes in a ResourceList. */
export function changeCodesOf(list: string): readonly string[] {
  return changesOf(list).map(({ code }) => code);
}

/** Returns what a run changes in a ResourceList, one line for each change. */
export function changeLinesOf(list: string): readonly string[] {
  return changesOf(list).map(toLine);
}
