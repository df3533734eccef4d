import { Command } from 'commander'
import { exitCodes } from '../terminal/exit-code.js'

/** The headings under which `kepler-model --help` lists commands. */
export const commandGroups = Object.freeze({
  serve: 'Serve:',
  use: 'Use models:',
  train: 'Train models:',
  help: 'Help:',
})

export interface CommandInfo {
  readonly name: string
  readonly group: keyof typeof commandGroups
  /** One line for the list of commands. */
  readonly summary: string
  /** What it does, what it reads and what it writes. Defaults to the summary. */
  readonly description?: string
  /** `[command line after the program's name, what it is for]`: every command has one. */
  readonly examples: readonly (readonly [command: string, purpose: string])[]
}

/** A command with its place in the help and its examples. Options, arguments and the action are the caller's. */
export function describedCommand({ name, group, summary, description, examples }: CommandInfo): Command {
  return new Command(name)
    .helpGroup(commandGroups[group])
    .summary(summary)
    .description(description ?? summary)
    .addHelpText('after', () => examplesText(examples))
}

export function examplesText(examples: CommandInfo['examples']): string {
  return ['', 'Examples:', ...examples.flatMap(([line, purpose]) => [`  # ${purpose}`, `  $ ${line}`])].join('\n')
}

export function exitCodesText(): string {
  const lines = Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
  return ['', 'Exit codes:', ...lines].join('\n')
}
