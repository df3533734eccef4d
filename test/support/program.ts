import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { typescript } from './typescript.js'

export interface RunningProgram {
  /** What it wrote so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves when standard output has matched, with the match; rejects when the program ends first. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  signal(name: NodeJS.Signals): void
  readonly pid: number
  /** Exit code, or the signal that killed it. */
  readonly ended: Promise<number | string>
}

/** Starts a program of this package as users do, from its sources. Settings come from `environment` alone. */
export function startProgram(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  return startNode(name, [...typescript, `src/bin/${name}.ts`, ...args], environment)
}

/** The same as it is built and published: bundled, with its threads beside it. */
export function startBuilt(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  return startNode(name, [`dist/bin/${name}.js`, ...args], environment)
}

/** Node with these arguments. */
export function startNode(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, CONFIG_PATH: '/nonexistent', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return observed(name, child)
}

/** A program that was started some other way, with what it writes. */
export function observed(name: string, child: ChildProcessByStdio<null, Readable, Readable>): RunningProgram {
  const written = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (written.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (written.stderr += text))
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  return {
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    async waitFor(pattern) {
      for (;;) {
        const match = pattern.exec(written.stdout)
        if (match) return match
        const more = once(child.stdout, 'data').then(() => undefined)
        const code = await Promise.race([more, ended])
        const last = pattern.exec(written.stdout)
        if (last) return last
        if (code !== undefined) throw new Error(`${name} ended with ${code}\n${written.stdout}\n${written.stderr}`)
      }
    },
    signal: (signal) => child.kill(signal),
    pid: child.pid ?? 0,
    ended,
  }
}
