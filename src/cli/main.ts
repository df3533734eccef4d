import { type Command, CommanderError } from 'commander'
import { ModelError, messageOf } from '../core/errors.js'
import { withoutLeftovers } from './options/original-arguments.js'
import { exitCodeOf, exitCodes } from './terminal/exit-code.js'
import type { CliIo } from './terminal/io.js'
import { settingsIo } from './terminal/settings-io.js'

/** Makes a program; one of many commands may look at the arguments and load no other than the one that they name. */
export type MakeProgram = (io: CliIo, args: readonly string[]) => Command | Promise<Command>

/** Options of the original that have two letters after one dash, which commander does not support. */
const twoLetterOptions: Readonly<Record<string, string>> = {
  '-tm': '--thirdparty-metrics',
  '-ot': '--output-type',
  '-fg': '--feature-group',
}

/**
 * Runs a program to its exit code. Answers go to `io.stdout`; a failure is one line on `io.stderr` and, where that is
 * known, a second one that says what to do next.
 */
export async function run(program: Command, args: readonly string[], io: CliIo): Promise<number> {
  configure(program, io)
  const { args: own, leftovers } = withoutLeftovers(program.name(), args)
  if (leftovers.length > 0) {
    io.stderr.write(`warning: arguments of the original's image are ignored: ${leftovers.join(' ')}\n`)
  }
  try {
    await program.parseAsync(spellOut(own), { from: 'user' })
    return exitCodes.ok.code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok.code : exitCodes.usage.code
    io.stderr.write(`error: ${messageOf(error)}\n`)
    const next = nextStep(error, program.name())
    if (next !== undefined) io.stderr.write(`${next}\n`)
    return exitCodeOf(error, io.signal)
  }
}

/** Runs a program on this process: its streams, its settings, its signals. The second signal ends it at once. */
export async function runProcess(makeProgram: MakeProgram): Promise<void> {
  const stop = new AbortController()
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(name === 'SIGTERM' ? exitCodes.terminated.code : exitCodes.interrupted.code)
    stop.abort(name)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // A reader that closes the pipe early (`| head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.ok.code : exitCodes.failure.code)
  })

  const io: CliIo = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    ...settingsIo(process.stderr),
    signal: stop.signal,
  }
  const args = process.argv.slice(2)
  const code = await run(await makeProgram(io, args), args, io)
  // Writes to a pipe may be pending in its buffer: without this, exiting would truncate a long result.
  await Promise.all([process.stdout, process.stderr].map(written))
  process.exit(code)
}

/** Resolves when all pending writes are done or have failed. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}

function configure(command: Command, io: CliIo): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stderr.columns ?? 100,
  })
  for (const child of command.commands) configure(child, io)
}

function spellOut(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  return args.map((arg, index) => (end >= 0 && index > end ? arg : (twoLetterOptions[arg] ?? arg)))
}

function nextStep(error: unknown, program: string): string | undefined {
  if (!(error instanceof ModelError)) return undefined
  if (error.code === 'INVALID_CONFIG') return `see \`${program} --help\`, or docs/configuration.md for every setting`
  return undefined
}
