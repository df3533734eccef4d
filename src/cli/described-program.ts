import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { z } from 'zod'

const manifest = z.object({ version: z.string() })

/** The version in package.json, which stands two folders above this file in `src/` and in `dist/`. */
export function packageVersion(): string {
  return manifest.parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version
}

/** The head of a command tree. */
export function describedProgram(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .version(packageVersion(), '-V, --version', 'print the version')
    .commandsGroup('Help:')
    .showSuggestionAfterError()
}

/** A command of `kepler-model` as a program of its own. */
export function standalone(command: Command): Command {
  return command.version(packageVersion(), '-V, --version', 'print the version')
}
