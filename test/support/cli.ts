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
}

/** Runs a program in this process and keeps what it writes. Settings come from `environment` only. */
export async function runCli(
  makeProgram: MakeProgram,
  args: readonly string[],
  { stdin = process.stdin, environment = {}, signal = new AbortController().signal, columns }: CliRunOptions = {},
): Promise<CliRun> {
  const written = { stdout: '', stderr: '' }
  const output = (name: keyof typeof written) => ({
    ...(columns === undefined ? {} : { isTTY: true, columns }),
    write(text: string) {
      written[name] += text
    },
  })
  const isolated = { CONFIG_PATH: '/nonexistent', ...environment }
  const io: CliIo = {
    stdin,
    stdout: output('stdout'),
    stderr: output('stderr'),
    ...settingsIo(output('stderr'), isolated),
    signal,
  }
  return { code: await run(await makeProgram(io, args), args, io), ...written }
}
