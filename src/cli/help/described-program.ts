import { Command } from 'commander'
import { packageVersion } from '../package-version.js'

/** The root of a command tree, without commands. */
export function describedProgram(name: string, description: string): Command {
  return (
    new Command(name)
      .description(description)
      .version(packageVersion(), '-V, --version', 'print the version')
      .commandsGroup('Help:')
      .showSuggestionAfterError()
      // A command below another one may have options of the same names: after its name they are its own.
      .enablePositionalOptions()
  )
}

/** A command of `kepler-model` as a program of its own. */
export function standalone(command: Command): Command {
  return command.version(packageVersion(), '-V, --version', 'print the version')
}
