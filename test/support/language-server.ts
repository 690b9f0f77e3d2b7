import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";

/** A position in a document: both numbers start at 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** What a server reports about a document, such as an error. */
export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the protocol has many kinds of messages
  readonly params?: any;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A server that speaks the Language Server Protocol on its stdin and stdout, as an editor runs it. */
export class LanguageServer {
  readonly #process: ChildProcess;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #pending = new Map<number, (message: Message) => void>();
  #listener: (diagnostics: readonly Diagnostic[]) => void = () => undefined;
  #received = Buffer.alloc(0);
  #lastId = 0;
  #version = 0;

  /** @param settings the editor's settings, by section. */
  constructor(program: string, args: readonly string[], settings: Readonly<Record<string, unknown>>) {
    this.#settings = settings;
    this.#process = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout?.on("data", (data: Buffer) => {
      this.#received = Buffer.concat([this.#received, data]);
      for (let message = this.#next(); message !== undefined; message = this.#next()) this.#handle(message);
    });
  }

  /** Returns the next message, if it has arrived as a whole. */
  #next(): Message | undefined {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const length = Number(/^Content-Length: (\d+)/im.exec(this.#received.toString("latin1", 0, end))?.[1]);
    const body = this.#received.subarray(end + 4, end + 4 + length);
    if (body.length < length) return undefined;
    this.#received = this.#received.subarray(end + 4 + length);
    return JSON.parse(body.toString("utf8"));
  }

  #handle(message: Message): void {
    const { id, method, params } = message;
    if (method === "textDocument/publishDiagnostics") this.#listener(params.diagnostics);
    if (id === undefined) return;
    if (method === undefined) {
      this.#pending.get(id)?.(message);
      return;
    }
    const items: readonly { section: string }[] = params?.items ?? [];
    const result =
      method === "workspace/configuration" ? items.map(({ section }) => this.#settings[section] ?? null) : null;
    this.#send({ id, result });
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** Sends a request, and returns the answer. */
  // biome-ignore lint/suspicious/noExplicitAny: the protocol has many kinds of answers
  async request(method: string, params: object): Promise<any> {
    this.#lastId++;
    const id = this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#pending.set(id, resolve));
    this.#send({ id, method, params });
    const { result, error } = await answer;
    assert.equal(error, undefined, JSON.stringify(error));
    return result;
  }

  #notify(method: string, params: object): void {
    this.#send({ method, params });
  }

  /** Starts a session. */
  async initialize(folder: string): Promise<void> {
    const capabilities = {
      textDocument: {
        completion: { completionItem: { documentationFormat: ["markdown"] } },
        hover: { contentFormat: ["markdown"] },
      },
      workspace: { configuration: true },
    };
    await this.request("initialize", { processId: process.pid, rootUri: `file://${folder}`, capabilities });
    this.#notify("initialized", {});
    this.#notify("workspace/didChangeConfiguration", { settings: this.#settings });
  }

  /**
   * Opens a document, or changes it, and waits until the server reports what is expected about it. The reports don't say
   * which version of the document they are about.
   */
  async show(
    uri: string,
    text: string,
    isExpected: (diagnostics: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    this.#version++;
    const document = { uri, version: this.#version };
    if (this.#version === 1) {
      this.#notify("textDocument/didOpen", { textDocument: { ...document, languageId: "yaml", text } });
    } else this.#notify("textDocument/didChange", { textDocument: document, contentChanges: [{ text }] });
    for (;;) {
      const diagnostics = await new Promise<readonly Diagnostic[]>((resolve) => {
        this.#listener = resolve;
      });
      if (isExpected(diagnostics)) return diagnostics;
    }
  }

  /** Ends the server. */
  stop(): void {
    this.#process.kill();
  }
}
