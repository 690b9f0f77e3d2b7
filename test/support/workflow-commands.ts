/** A workflow command, as the runner of GitHub Actions reads it from the log. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** The commands that the runner knows, with the one that stops them. */
const names =
  "add-mask|add-path|debug|echo|endgroup|error|group|notice|save-state|set-env|set-output|stop-commands|warning";

const unescapeData = (text: string) => text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
const unescapeProperty = (text: string) =>
  text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");

/** Returns the workflow commands in a log, in both forms: `::name k=v,k=v::data` and `##[name k=v;k=v]data`. */
export function workflowCommandsIn(log: string): WorkflowCommand[] {
  return log.split(/\r\n|\n|\r/).flatMap((line): WorkflowCommand[] => {
    const [, name, properties = "", data = ""] =
      new RegExp(`^\\s*::(${names})(?: (.*?))?::(.*)$`).exec(line) ??
      new RegExp(`##\\[(${names})( .*?)?\\](.*)$`).exec(line) ??
      [];
    if (name === undefined) return [];
    const pairs = properties.split(",").flatMap((pair) => {
      const [, key, value] = /^\s*([^=]+)=(.+)$/s.exec(pair) ?? [];
      return key === undefined || value === undefined ? [] : [[key, unescapeProperty(value)] as const];
    });
    return [{ name, properties: Object.fromEntries(pairs), data: unescapeData(data) }];
  });
}
