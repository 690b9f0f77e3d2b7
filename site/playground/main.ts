import starter from "playground:starter";
import workerSource from "playground:worker";
import { showAppearance } from "./appearance";
import { ConfigurationEditor } from "./configuration-editor";
import { byId, chosen } from "./elements";
import { areExampleFiles, ExampleList, firstExample, isExampleConfiguration } from "./example-list";
import type { Input } from "./input";
import { ManifestsEditor } from "./manifests-editor";
import { chosenFiles, droppedFiles, type FoundFile, isConfiguration, readFiles } from "./open-files";
import { decodePermalink, encodePermalink, isPermalink } from "./permalink";
import type { Failure, Place, RunResult, SourceFile } from "./protocol";
import { ResultPanel } from "./result-panel";
import { WorkerClient } from "./worker-client";

/*
 * Connects the parts of the page.
 */

/** How long the page waits for more input before a run, in milliseconds. */
const delay = 150;

const manifests = new ManifestsEditor(byId("tabs"), byId("manifest"), {
  onChange: onEdit,
  onPasteAll: useStarter,
  onSelect: () => result.select(manifests.path),
});
const configuration = new ConfigurationEditor(byId("configuration"), onEdit);
const result = new ResultPanel({ goTo, runAgain: runSoon });
const examples = new ExampleList(byId("example"), { current: currentInput, onChoose: replaceInput });
const client = new WorkerClient(startWorker, onOutcome);
/** Set while the page waits for more input. */
let timer: number | undefined;

/** Starts the worker from a copy of its source, because only such a worker has the Content-Security-Policy of the page. */
function startWorker(): Worker {
  const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}

/** The user changed the input, so the last message and the link in the address aren't about it any more. */
function onEdit(): void {
  tell("");
  if (isPermalink(location.hash)) history.replaceState(null, "", location.pathname + location.search);
  runSoon();
}

function runSoon(): void {
  result.expectResult();
  window.clearTimeout(timer);
  timer = window.setTimeout(run, delay);
}

function run(): void {
  timer = undefined;
  const input = currentInput();
  examples.select(input);
  client.run({ kind: "run", ...input, remove: chosen("run") === "remove" });
}

/** Returns a copy of the input. It doesn't change when the user goes on editing. */
function currentInput(): Input {
  return { files: manifests.files, configuration: configuration.text };
}

function onOutcome(outcome: RunResult | Failure, isNewest: boolean): void {
  if (outcome.kind === "failure") {
    result.showFailure(outcome.message);
  } else {
    manifests.showFindings(outcome.findings);
    configuration.showFindings(outcome.findings);
    result.show(outcome);
  }
  if (timer !== undefined || !isNewest) result.expectResult();
}

function goTo(place: Place): void {
  if (place.path === undefined) configuration.goTo(place);
  else manifests.goTo(place);
}

/** Tells the user the outcome of an action. */
function tell(message: string): void {
  byId("message").textContent = message;
}

/** Shows another input. */
function showInput(input: Input): void {
  configuration.text = input.configuration;
  manifests.set(input.files);
  runSoon();
}

/** Shows an input that the user chose. */
function replaceInput(input: Input): void {
  showInput(input);
  onEdit();
}

/** Replaces the configuration of an example, because the manifests aren't those of the example any more. */
function useStarter(): void {
  if (!isExampleConfiguration(configuration.text)) return;
  configuration.text = starter;
  tell("The configuration now selects every Deployment, StatefulSet, and DaemonSet.");
}

/** Returns the files to which others are added: all except those of an example that wasn't changed. */
function keptFiles(): readonly SourceFile[] {
  const { files } = manifests;
  return areExampleFiles(files) ? [] : files;
}

/** Opens files. They are added to the user's own files. */
async function open(found: readonly FoundFile[]): Promise<void> {
  const { files, skipped } = await readFiles(found, keptFiles());
  const [config, ...more] = files.filter(isConfiguration);
  const opened = config === undefined || more.length > 0 ? files : files.filter((file) => file !== config);
  if (opened.length > 0) {
    if (keptFiles().length === 0) manifests.set(opened);
    else manifests.add(opened);
    useStarter();
  }
  if (config !== undefined && more.length === 0) configuration.text = config.text;
  if (files.length > 0) onEdit();
  const [first] = skipped;
  const sum = skipped.length > 1 ? `${skipped.length} files, such as ` : "";
  const reason = first === undefined ? "" : ` Skipped ${sum}${first}.`;
  tell(`Opened ${files.length} ${files.length === 1 ? "file" : "files"}.${reason}`);
}

/** Copies a link to the input, unless the input contains a Secret. */
async function share(): Promise<void> {
  // The link has exactly the input that is checked, also if the user goes on editing.
  const input = currentInput();
  const files = [...input.files, { path: "configuration", text: input.configuration }];
  const outcome = await client.request({ kind: "find-secrets", files });
  if (outcome.kind === "failure") return tell(`The page can't check for Secrets: ${outcome.message}.`);
  const [secret] = outcome.kind === "find-secrets" ? outcome.places : [];
  if (secret !== undefined)
    return tell(`Not shared: ${secret.path}:${secret.line} may contain a Secret. Remove it first.`);
  const fragment = await encodePermalink(input);
  if (fragment === undefined) return tell("Not shared: the input is too long for a link. Share the files instead.");
  history.replaceState(null, "", fragment);
  try {
    await navigator.clipboard.writeText(location.href);
    tell("Copied the link. It contains the manifests and the configuration.");
  } catch {
    tell("The link is in the address bar. It contains the manifests and the configuration.");
  }
}

/** Shows the input of the link in the address. Returns false if there is none, or if it's damaged. */
async function showLink(): Promise<boolean> {
  if (!isPermalink(location.hash)) return false;
  const shared = await decodePermalink(location.hash);
  tell(shared === undefined ? "The link is damaged or too long." : "");
  if (shared !== undefined) showInput(shared);
  return shared !== undefined;
}

/** Shows the input of the link in the address, or else the first example. */
async function showStart(): Promise<void> {
  if (!(await showLink())) showInput(firstExample);
}

/** Lets a button open the dialog of a file input. */
function connectInput(button: string, input: string): void {
  const element = byId<HTMLInputElement>(input);
  byId(button).addEventListener("click", () => element.click());
  element.addEventListener("change", async () => {
    await open(chosenFiles(element.files ?? new DataTransfer().files));
    // Choosing the same files again is a change too.
    element.value = "";
  });
}

/** Accepts files and folders that are dropped anywhere. */
function acceptDrops(): void {
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
  const showTarget = (isShown: boolean) => document.body.classList.toggle("dropping", isShown);
  // An editor would insert the content of the files.
  const options = { capture: true };
  const accept = (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    showTarget(true);
  };
  document.addEventListener("dragenter", accept, options);
  document.addEventListener("dragover", accept, options);
  document.addEventListener("dragleave", ({ relatedTarget }) => showTarget(relatedTarget !== null), options);
  const drop = async (event: DragEvent) => {
    if (!holdsFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.stopPropagation();
    showTarget(false);
    await open(await droppedFiles(event.dataTransfer));
  };
  document.addEventListener("drop", drop, options);
}

/** Makes the page work offline. Looks for a new version, which the next page shows. */
async function keepOffline(): Promise<void> {
  // Only a page that is served can have a service worker.
  if (location.protocol === "file:") return;
  const registration = await navigator.serviceWorker?.register("service-worker.js");
  await registration?.update().catch(() => {
    // The page is offline.
  });
}

showAppearance();
connectInput("open-files", "files");
connectInput("open-folder", "folder");
acceptDrops();
byId("share").addEventListener("click", share);
byId("add-file").addEventListener("click", () => {
  manifests.add([{ path: "manifest.yaml", text: "" }]);
  manifests.focus();
  onEdit();
});
byId("remove-file").addEventListener("click", () => {
  manifests.removeCurrent();
  onEdit();
});
window.addEventListener("hashchange", showLink);
showStart();
keepOffline();
