import type { Config, ShownSetting } from '../../config/config.js'
import type { ConfigKey } from '../../config/options.js'

/** What a command writes to: the terminal, a pipe, or a test's recorder. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Width of the terminal, where there is one. */
  readonly columns?: number
  /** Its height. */
  readonly rows?: number
  /** Tells of another size. */
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
}

/** Values of command-line options that stand for settings; `undefined` where the option was not given. */
export type SettingOverrides = Readonly<Partial<Record<ConfigKey, string | undefined>>>

/** What a command uses of the process. Commands get it as a parameter, so tests run them without a process. */
export interface CliIo {
  readonly stdin: NodeJS.ReadableStream
  /** Results. With `--json`, only JSON. */
  readonly stdout: Output
  /** Progress, warnings, logs. */
  readonly stderr: Output
  /** Settings from files, the environment and defaults, below the options the user gave. */
  /** @param onUnused gets a sentence for each setting that was given and is not used; by default a warning on stderr */
  loadConfig(overrides?: SettingOverrides, onUnused?: (warning: string) => void): Config
  showConfig(overrides?: SettingOverrides): readonly ShownSetting[]
  /** Aborted by SIGINT and SIGTERM, with the signal's name as reason. */
  readonly signal: AbortSignal
}

/** One JSON document and a newline. */
export function writeJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value, null, 2)}\n`)
}

/**
 * Lines that explain a table: next to it on a terminal; on stderr where stdout is a pipe, which then has the table alone.
 */
export function writeNotes(io: Pick<CliIo, 'stdout' | 'stderr'>, lines: readonly string[]): void {
  if (io.stdout.isTTY) writeLines(io.stdout, lines)
  else
    writeLines(
      io.stderr,
      lines.filter((line) => line !== ''),
    )
}

/** Announces what a server does: lines for people on a terminal; on a pipe one line of JSON, and nothing else. */
export function writeAnnouncement(output: Output, lines: readonly string[], facts: object): void {
  if (output.isTTY) writeLines(output, lines)
  else output.write(`${JSON.stringify(facts)}\n`)
}

/** Lines for people. */
export function writeLines(output: Output, lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(''))
}
