import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Rehearsal {
  /** The arguments of every command that it would start, its name first, as the shell reads them. */
  readonly commands: readonly (readonly string[])[]
  /** What the shell says is wrong, or nothing. */
  readonly error: string
}

const endOfCommand = '\u0001'

/** No command is found, so that bash gives each to this function instead of starting it. What only prepares is real. */
const recordAll = `
PATH=/nonexistent
command_not_found_handle() { printf '%s\\0' "$@" $'\\1' >&3; }
mkdir() { command -p mkdir "$@"; }
date() { command -p date "$@"; }
`

/** Lets bash read a script without starting anything. It runs in an empty folder: builtins and redirections are real. */
export function rehearse(script: string): Rehearsal {
  const folder = mkdtempSync(join(tmpdir(), 'kepler-rehearsal-'))
  try {
    const run = spawnSync('bash', ['-s'], {
      cwd: folder,
      input: `${recordAll}${script}\nwait\n`,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      timeout: 60_000,
      env: { HOME: folder, PWD: folder },
    })
    const words = String(run.output[3] ?? '').split('\0')
    const commands: string[][] = [[]]
    for (const word of words.slice(0, -1)) {
      if (word === endOfCommand) commands.push([])
      else commands.at(-1)!.push(word)
    }
    return { commands: commands.slice(0, -1), error: String(run.stderr).trim() }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
