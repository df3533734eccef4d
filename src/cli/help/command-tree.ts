import type { Command } from 'commander'
import { completionValues } from './completion-values.js'

/** A command as completion scripts and the reference in `docs/cli.md` need it, read from commander's objects. */
export interface CommandTree {
  readonly name: string
  readonly summary: string
  readonly options: readonly CommandOption[]
  /** Values that the first argument may take, where they are known. */
  readonly choices: readonly string[]
  readonly commands: readonly CommandTree[]
}

export interface CommandOption {
  readonly long: string
  readonly short: string | undefined
  readonly description: string
  readonly takesValue: boolean
  /** What a shell completes: all possible values, or those of `completionValues`. */
  readonly choices: readonly string[]
}

/** Reads a command with its visible options and subcommands. */
export function commandTree(command: Command): CommandTree {
  const help = command.createHelp()
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).flatMap(({ long, short, description, required, optional, argChoices }) =>
      long
        ? [
            {
              long,
              short,
              description,
              takesValue: required || optional,
              choices: argChoices ?? completionValues[long] ?? [],
            },
          ]
        : [],
    ),
    choices: command.registeredArguments[0]?.argChoices ?? [],
    commands: help
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map((child) => commandTree(child)),
  }
}
