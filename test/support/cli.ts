import { type MakeProgram, run } from '../../src/cli/main.js'
import type { CliIo } from '../../src/cli/terminal/io.js'
import { settingsIo } from '../../src/cli/terminal/settings-io.js'
import type { Environment } from '../../src/config/sources.js'

export interface CliRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CliRunOptions {
  readonly stdin?: NodeJS.ReadableStream
  readonly environment?: Environment
  readonly signal?: AbortSignal
  /** A terminal of this width instead of a pipe. */
  readonly columns?: number
  /** Called with all that was written to a stream so far. */
  readonly onWrite?: (stream: 'stdout' | 'stderr', text: string) => void
}

/** Runs a program in this process and keeps what it writes. Settings come from `environment` only. */
export async function runCli(
  makeProgram: MakeProgram,
  args: readonly string[],
  options: CliRunOptions = {},
): Promise<CliRun> {
  const { io, written } = recordedIo(options)
  return { code: await run(await makeProgram(io, args), args, io), ...written }
}

/** What a command throws, for the field that it names; options of two letters are spelled out. */
export async function failureOf(
  makeProgram: MakeProgram,
  args: readonly string[],
  options: CliRunOptions = {},
): Promise<unknown> {
  const { io } = recordedIo(options)
  const program = await makeProgram(io, args)
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    return error
  }
  throw new Error(`nothing was thrown by ${args.join(' ')}`)
}

/** What a command uses of a process, and what it has written. */
export function recordedIo({
  stdin = process.stdin,
  environment = {},
  signal = new AbortController().signal,
  columns,
  onWrite,
}: CliRunOptions = {}): { readonly io: CliIo; readonly written: { readonly stdout: string; readonly stderr: string } } {
  const written = { stdout: '', stderr: '' }
  const output = (name: keyof typeof written) => ({
    ...(columns === undefined ? {} : { isTTY: true, columns }),
    write(text: string) {
      written[name] += text
      onWrite?.(name, written[name])
    },
  })
  const isolated = { CONFIG_PATH: '/nonexistent', ...environment }
  const io = {
    stdin,
    stdout: output('stdout'),
    stderr: output('stderr'),
    ...settingsIo(output('stderr'), isolated),
    signal,
  }
  return { io, written }
}

/**
 * Runs a program that runs until a signal: `use` gets what `ready` found in what it wrote, then SIGTERM stops the program.
 *
 * @throws Error when the program ends before it is ready
 */
export async function runServer(
  makeProgram: MakeProgram,
  args: readonly string[],
  ready: RegExp,
  use: (match: RegExpExecArray) => unknown = () => {},
  options: Omit<CliRunOptions, 'signal' | 'onWrite'> = {},
): Promise<CliRun> {
  const stop = new AbortController()
  let found: (match: RegExpExecArray) => void = () => {}
  const started = new Promise<RegExpExecArray>((resolve) => {
    found = resolve
  })
  const onWrite = (_: 'stdout' | 'stderr', text: string) => {
    const match = ready.exec(text)
    if (match) found(match)
  }
  const ended = runCli(makeProgram, args, { ...options, signal: stop.signal, onWrite })
  const early = ended.then(({ stdout, stderr }) => {
    throw new Error(`ended before ${ready}: ${stdout}${stderr}`)
  })
  try {
    await use(await Promise.race([started, early]))
  } finally {
    stop.abort('SIGTERM')
    early.catch(() => {})
  }
  return ended
}
