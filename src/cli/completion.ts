import { nearest } from "../config/did-you-mean";
import type { Command, ParsedArguments } from "./parse-arguments";
import { UsageError } from "./parse-arguments";
import type { System } from "./system";

/** The commands by name; the empty name is the command line without a subcommand. */
type Commands = ReadonlyMap<string, Command>;

const shells: Readonly<Record<string, (commands: Commands) => string>> = { bash, zsh, fish };

/**
 * The subcommand `completion`: prints a completion script for a shell.
 *
 * @returns the exit status.
 * @throws UsageError for an unknown shell, or none.
 */
export function completion({ positionals }: ParsedArguments, { stdout }: System, commands: Commands): number {
  const [shell = "", ...others] = positionals;
  const names = Object.keys(shells);
  const script = others.length === 0 && Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (script === undefined) {
    const near = nearest(shell, names);
    if (near !== undefined) throw new UsageError(`unknown shell "${shell}"; did you mean "${near}"?`, "");
    throw new UsageError(`completion requires one shell: ${names.join(", ")}`, "");
  }
  stdout.write(script(commands));
  return 0;
}

/** Returns the long and short forms of a command's options. */
function optionsOf({ options }: Command): string {
  return Object.entries(options)
    .flatMap(([name, { short }]) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])])
    .join(" ");
}

function namesOf(commands: Commands): string {
  return [...commands.keys()].filter((name) => name !== "").join(" ");
}

function bash(commands: Commands): string {
  const cases = [...commands]
    .map(([name, command]) => `    ${name === "" ? "*" : name}) words="${optionsOf(command)}" ;;\n`)
    .sort((one, other) => Number(one.startsWith("    *")) - Number(other.startsWith("    *")));
  return `# Bash completion of tracing-sidecar. To use it: source <(tracing-sidecar completion bash)
_tracing_sidecar() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join("")}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  COMPREPLY=($(compgen -f -- "$word"))
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY+=($(compgen -W "${namesOf(commands)}" -- "$word"))
  fi
}
complete -o filenames -F _tracing_sidecar tracing-sidecar
`;
}

function zsh(commands: Commands): string {
  const script = bash(commands).split("\n").slice(1).join("\n");
  return `# Zsh completion of tracing-sidecar. To use it: source <(tracing-sidecar completion zsh)
autoload -Uz compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
${script}`;
}

function fish(commands: Commands): string {
  const lines = [...commands].flatMap(([name, { options }]) => {
    const condition = name === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${name}`;
    return Object.entries(options).map(
      ([option, { short, value }]) =>
        `complete -c tracing-sidecar -n "${condition}" -l ${option}${short === undefined ? "" : ` -s ${short}`}${value === undefined ? "" : " -r"}\n`,
    );
  });
  return `# Fish completion of tracing-sidecar. To use it: tracing-sidecar completion fish | source
complete -c tracing-sidecar -n __fish_use_subcommand -a "${namesOf(commands)}"
${lines.join("")}`;
}
