import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { observed, type RunningProgram } from '../program.js'
import type { OurContainer } from './cluster.js'
import type { Manifest } from './manifest.js'
import { settingsGiven } from './settings-policy.js'

/** A user that no machine knows, as OpenShift gives them, and the group of the volumes. */
const user = '1000540000'
const confine = ['setpriv', '--reuid', user, '--regid', '0', '--groups', user]
const noRights = ['--bounding-set', '-all', '--inh-caps', '-all', '--no-new-privs']

/** Why nothing can be confined here, `false` where it can. */
export const notConfinable: string | false = (() => {
  if (process.platform !== 'linux') return 'needs mount namespaces, which Linux has'
  const probe = spawnSync('unshare', ['--mount', 'mount', '-o', 'remount,ro,bind', '/'])
  return probe.status === 0 ? false : 'needs the right to mount (root)'
})()

/**
 * Volumes are folders of a small disk, where the user's group may write; everything else is read-only. Called with the
 * folder of the settings, the folders of the volumes, `--`, and the command. The checkout moves to where it is seen though
 * it be below `/tmp`, or in a folder that is closed to the user.
 */
const script = `
set -e
mount -t tmpfs -o mode=755,size=256m tmpfs /mnt
mkdir /mnt/checkout
mount --bind . /mnt/checkout
mount -o remount,ro,bind /mnt/checkout
cp -r "$1" /mnt/settings && chmod -R a+rX /mnt/settings
shift
while [ "$1" != -- ]; do mkdir -p "$1"; chown ":${user}" "$1"; chmod 2770 "$1"; shift; done
shift
mount -t tmpfs -o mode=1777,size=64m tmpfs /tmp
mount -o remount,ro,bind /
cd /mnt/checkout
exec "$@"
`

/** The variables that choose another port than the manifest, so that tests can run side by side. */
const anyPort = {
  MODEL_SERVER_PORT: '0',
  ONLINE_TRAINER_PORT: '0',
  OFFLINE_TRAINER_PORT: '0',
  ESTIMATOR_HTTP_PORT: '0',
}

/**
 * Runs a container's program on this machine as confined as its manifest says: its settings, its volumes and no other
 * folder to write to, no rights, a user without name or home.
 */
export function startConfined(ours: OurContainer, manifests: readonly Manifest[]): RunningProgram {
  const { program, container, mounts } = ours
  const settings = settingsGiven(ours, manifests)
  const folder = mkdtempSync(join(tmpdir(), 'kepler-confined-'))
  after(() => rmSync(folder, { recursive: true }))
  for (const [key, value] of Object.entries(settings.map)) writeFileSync(join(folder, key), value)
  const volumes = mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath)
  const strange = volumes.find((path) => path !== '/tmp' && !path.startsWith('/mnt/'))
  if (strange) throw new Error(`${container.name} writes to ${strange}: teach this test to mount it`)
  const own = volumes.filter((path) => path !== '/tmp')
  const node = [process.execPath, '--import', 'tsx', `src/bin/${program}.ts`]
  const inside = ['sh', '-c', script, 'confined', folder, ...own, '--', ...confine, ...noRights, ...node]
  const environment = { ...settings.environment, ...anyPort, OFFLINE: 'true', CONFIG_PATH: '/mnt/settings' }
  const child = spawn('unshare', ['--mount', '--propagation', 'private', ...inside], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return observed(program, child)
}

/** Runs a program that ends by itself, by a user who owns nothing. */
export function runAsNobody(program: string, environment: Readonly<Record<string, string>>) {
  const [command = '', ...args] = [...confine, ...noRights, process.execPath, '--import', 'tsx']
  return spawnSync(command, [...args, `src/bin/${program}.ts`], {
    env: { PATH: process.env.PATH, CONFIG_PATH: '/nonexistent', ...anyPort, ...environment },
    encoding: 'utf8',
    timeout: 30_000,
  })
}
