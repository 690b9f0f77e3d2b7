import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { buildWorker } from "../../scripts/site/playground";
import { runTask } from "../../site/playground/engine";
import type { OutcomeMessage, Run, TaskMessage } from "../../site/playground/protocol";
import { readResourceList } from "../../src/krm/resource-list";
import type { RunResult } from "../../src/pipeline/run";
import { printBlock } from "../../src/yaml/print";
import { defaultStyle } from "../../src/yaml/style";
import { changesOf } from "../support/changes";
import { fixtureNames, inputOf, readFixture, reportOf, splitResults } from "../support/fixture";
import { sameText } from "../support/same-text";
import { openPage, serve, startBrowser, temporaryPage, withoutBrowser } from "./support";

/*
 * In a browser, the function's output is the same as in Node, byte for byte.
 */

test("fixtures in Chromium's Web Worker", { skip: withoutBrowser }, async (t) => {
  const context = await startBrowser(t);
  const server = await serve(t, temporaryPage(t));
  const page = await openPage(t, context, server.url);

  await t.test("whole lists have the expected output and results", async () => {
    const source = await buildWorker(join(__dirname, "fixture-worker.ts"));
    const outcomes = await inWorker<string, RunResult>(page, source, fixtureNames.map(inputOf));
    assert.equal(outcomes.length, fixtureNames.length);
    for (const [index, name] of fixtureNames.entries()) {
      const outcome = outcomes[index] as RunResult;
      const before = splitResults(inputOf(name)).rest;
      const after = splitResults(outcome.stdout).rest;
      sameText(after === before ? undefined : after, readFixture(name, "expected.yaml"), `${name}/expected.yaml`);
      sameText(reportOf(outcome, changesOf(inputOf(name))), readFixture(name, "results.yaml"), `${name}/results.yaml`);
    }
  });

  await t.test("the playground's own worker returns for their items what it returns in Node", async () => {
    const tasks = fixtureNames.flatMap(tasksOf);
    assert.ok(tasks.length > 400, String(tasks.length));
    const messages = tasks.map((task, id): TaskMessage => ({ id, task }));
    const outcomes = await inWorker<TaskMessage, OutcomeMessage>(page, await buildWorker(), messages);
    for (const [id, task] of tasks.entries()) assert.deepEqual(outcomes[id], { id, outcome: runTask(task) });
  });
});

/** Returns the tasks for a fixture's items and configuration; none if the fixture isn't a valid list. */
function tasksOf(name: string): Run[] {
  try {
    const { items, functionConfig } = readResourceList(inputOf(name));
    const texts = items.map(({ text, source }) => (source.form === "block" ? `-${text.slice(1)}` : text));
    const text = `apiVersion: v1\nkind: List\nitems:\n${texts.join("")}`;
    const configuration = `${printBlock(functionConfig ?? null, 0, defaultStyle)}\n`;
    const files = [{ path: "list.yaml", text }];
    return [false, true].map((remove) => ({ kind: "run", files, configuration, remove }));
  } catch {
    return [];
  }
}

/** Sends messages to a worker, one after the other, and returns its answers. */
function inWorker<Input, Output>(page: Page, source: string, inputs: readonly Input[]): Promise<readonly Output[]> {
  return page.evaluate(
    async ([code, messages]) => {
      const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
      const outputs: Output[] = [];
      for (const message of messages) {
        const answer = new Promise<Output>((done, fail) => {
          worker.onmessage = ({ data }) => done(data);
          worker.onerror = ({ message: reason }) => fail(new Error(reason));
        });
        worker.postMessage(message);
        outputs.push(await answer);
      }
      worker.terminate();
      return outputs;
    },
    [source, inputs] as const,
  ) as Promise<readonly Output[]>;
}
