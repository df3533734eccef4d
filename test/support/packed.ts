import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { observed, type RunningProgram } from './program.js'

/** Why the package cannot be packed as it is published, or false. */
export const notPackable = existsSync('dist/bin') ? false : 'needs the built programs: npm run build'

export type Environment = Readonly<Record<string, string>>

/** The tarball, installed as a user does, in a project of its own. */
export interface InstalledPackage {
  /** The project's folder; everybody may read it. */
  readonly folder: string
  /** Path of a program as npm links it. */
  bin(name: string): string
}

/** Packs and installs. No package may want a newer Node than this one. */
export function installPacked(folder: string): InstalledPackage {
  chmodSync(folder, 0o755)
  const packed = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], process.cwd())
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }))
  npm(['install', '--engine-strict', '--no-audit', '--no-fund', join(folder, filename)], project)
  return { folder: project, bin: (name) => join(project, 'node_modules/.bin', name) }
}

function npm(args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  const run = spawnSync('npm', args, { cwd, encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr)
  return run
}

/** Whether this process may become another user. */
const isRoot = process.getuid?.() === 0

/** As a user without rights, on a machine where /mnt is empty and theirs to look at only. */
const asNobody = [
  ...['unshare', '--mount', 'sh', '-c'],
  'mount -t tmpfs -o mode=755,size=64k none /mnt && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$0" "$@"',
] as const

function commandLine(command: readonly string[]): readonly [string, ...string[]] {
  const [program, ...args] = isRoot ? [...asNobody, ...command] : command
  assert.ok(program)
  return [program, ...args]
}

export interface StartedProgram extends RunningProgram {
  /** npx starts a shell, which starts the program: a terminal's Ctrl-C reaches all of them, and so does this. */
  signalGroup(name: NodeJS.Signals): void
}

/** What such a user has: a home, and nothing else. */
export interface UnprivilegedUser {
  /** Runs a command to its end, in the user's home. */
  run(command: readonly string[], environment?: Environment): SpawnSyncReturns<string>
  start(command: readonly string[], environment?: Environment): StartedProgram
}

export function unprivilegedUser(home: string): UnprivilegedUser {
  chmodSync(home, 0o777)
  const environmentOf = (more: Environment) => ({ PATH: process.env.PATH, HOME: home, TMPDIR: home, ...more })
  return {
    run(command, environment = {}) {
      const [program, ...args] = commandLine(command)
      return spawnSync(program, args, { cwd: home, env: environmentOf(environment), encoding: 'utf8' })
    },
    start(command, environment = {}) {
      const [program, ...args] = commandLine(command)
      const options = { cwd: home, env: environmentOf(environment), detached: true } as const
      const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
      return {
        ...observed(command.join(' '), child),
        signalGroup(name) {
          try {
            if (child.pid !== undefined) process.kill(-child.pid, name)
          } catch (error) {
            // All of them have ended.
            if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
          }
        },
      }
    },
  }
}
