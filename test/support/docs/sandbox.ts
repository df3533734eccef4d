import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import type { PageScript, Step } from './page-script.js'

/**
 * Runs `$1` in bash in a copy of the clone `$CLONE`, on a machine that has `/tmp`, `/mnt` and ports of its own, and no
 * network: so the ports and sockets of a page are free, whatever runs beside it. `$PACKAGES` becomes its node_modules,
 * read-only. The copy is in memory, and gone at the end.
 */
const inNamespace = `
ip link set lo up
mount -t tmpfs tmpfs /srv
mkdir /srv/kepler-model-server /srv/home /srv/steps
cp -a "$CLONE/." /srv/kepler-model-server
mount --bind "$STEPS" /srv/steps
if [ -n "$PACKAGES" ]; then
  mkdir -p /srv/kepler-model-server/node_modules
  mount -o bind,ro "$PACKAGES" /srv/kepler-model-server/node_modules
fi
mount -t tmpfs tmpfs /mnt
mount -t tmpfs tmpfs /tmp
cd /srv/kepler-model-server
export HOME=/srv/home STEPS=/srv/steps
unset CLONE PACKAGES
exec bash "$1"
`
const unshare = [
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-e', '-c'],
]

/** Why pages cannot be run here, or false. */
export const noSandbox: string | false =
  spawnSync('unshare', [...unshare, 'ip link set lo up && mount -t tmpfs tmpfs /mnt && curl --version']).status === 0
    ? false
    : 'needs Linux with unshare, ip and curl, and the right to make namespaces'

const notCloned = /^(node_modules|dist|data|coverage|\.git|\.cache|\.stryker-tmp)$/

/** A folder as `git clone` makes it, of what is here now. */
export function cloneTo(folder: string): void {
  const root = resolve('.')
  cpSync(root, folder, { recursive: true, filter: (path) => !notCloned.test(relative(root, path)) })
}

export interface SandboxOptions {
  /** A folder from `cloneTo`. It is copied. */
  readonly clone: string
  /** Packages to put in place; without them the page installs them. */
  readonly packages?: string
  /** Milliseconds after which it is stopped. */
  readonly timeout: number
}

export interface SandboxRun {
  /** What each step printed, those that were reached. */
  readonly printed: readonly string[]
  /** The step that failed, its exit code or signal, and what it printed. */
  readonly failed?: { readonly step: Step | undefined; readonly code: number | string; readonly printed: string }
}

/** Runs the script of a page in a clone. */
export async function runInSandbox({ script, steps }: PageScript, options: SandboxOptions): Promise<SandboxRun> {
  const folder = mkdtempSync(join(tmpdir(), 'kepler-page-'))
  try {
    writeFileSync(join(folder, 'page.sh'), script)
    const { code, said } = await ended(start(folder, options), options.timeout)
    const printed = steps.map((_, i) => readOrEmpty(join(folder, String(i))))
    if (code === 0) return { printed }
    const current = Number(readOrEmpty(join(folder, 'current')) || -1)
    return { printed, failed: { step: steps[current], code, printed: `${printed[current] ?? ''}${said}` } }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function start(folder: string, { clone, packages = '' }: SandboxOptions): ChildProcess {
  return spawn('unshare', [...unshare, inNamespace, 'sh', '/srv/steps/page.sh'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: [dirname(process.execPath), process.env.PATH].join(':'),
      CLONE: clone,
      STEPS: folder,
      PACKAGES: packages,
      // Packages come from npm's cache, where the checks' own `npm ci` has put them, under its registry's name.
      npm_config_cache: join(homedir(), '.npm'),
      npm_config_userconfig: join(homedir(), '.npmrc'),
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => /^npm_config_(cache|registry)$/i.test(name)),
      ),
      npm_config_offline: 'true',
    },
  })
}

async function ended(child: ChildProcess, timeout: number): Promise<{ code: number | string; said: string }> {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)))
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout)
  const code = await new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? `${signal}, after ${timeout / 1000} s at most`)),
  )
  clearTimeout(timer)
  return { code, said }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
