import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { defaultHttpPort } from '../../../src/cli/options/setting-options.js'
import { type Config, loadConfig } from '../../../src/config/config.js'
import { isKnownSetting } from '../../../src/config/unused-settings.js'
import { messageOf } from '../../../src/core/errors.js'
import { configMapIn, isOursAlone, type Labels, type OurContainer } from './cluster.js'
import { broken } from './container-policy.js'
import type { Manifest } from './manifest.js'

const settingsFolder = '/etc/kepler/kepler.config'

interface Program {
  readonly port: (config: Config) => number | undefined
  /** Folders that it writes to, besides /tmp. */
  readonly writes: (config: Config) => readonly string[]
}

const programs: Readonly<Record<string, Program>> = {
  'model-server': { port: (config) => config.MODEL_SERVER_PORT, writes: ({ MODEL_PATH }) => [MODEL_PATH] },
  'online-trainer': {
    port: (config) => config.ONLINE_TRAINER_PORT,
    writes: ({ MODEL_PATH, ONLINE_HISTORY_PATH }) => [MODEL_PATH, ONLINE_HISTORY_PATH],
  },
  'offline-trainer': {
    port: (config) => config.OFFLINE_TRAINER_PORT,
    writes: ({ MODEL_PATH, JOBS_PATH }) => [MODEL_PATH, JOBS_PATH],
  },
  'power-meter': {
    port: ({ METER_HTTP_HOST, METER_HTTP_PORT }) => (METER_HTTP_HOST === '0.0.0.0' ? METER_HTTP_PORT : undefined),
    writes: ({ METER_POWERCAP }) => (METER_POWERCAP === undefined ? [] : [METER_POWERCAP]),
  },
  estimator: {
    // Kubernetes asks at the pod's address: on loopback nothing would answer it.
    port: ({ ESTIMATOR_HTTP_HOST, ESTIMATOR_HTTP_PORT }) =>
      ESTIMATOR_HTTP_HOST === '0.0.0.0' && ESTIMATOR_HTTP_PORT === Number(defaultHttpPort)
        ? ESTIMATOR_HTTP_PORT
        : undefined,
    writes: ({ MODEL_PATH, ESTIMATOR_SOCKETS }) => [MODEL_PATH, ...ESTIMATOR_SOCKETS.map((path) => dirname(path))],
  },
}

/**
 * Holds a container against the settings that its program will read there: every name is one of ours, every value can be
 * used, ports are those it listens on, and what it writes lies on a volume.
 */
export function settingsProblems(ours: OurContainer, manifests: readonly Manifest[]): string[] {
  const { name, container, workload, mounts } = ours
  const program = programs[ours.program]
  if (!program) return [`${name} runs ${ours.program}, which is none of our programs`]
  const { map, environment } = settingsGiven(ours, manifests)
  const unknown = [...Object.keys(map), ...Object.keys(environment)].filter((key) => !isKnownSetting(key))
  if (unknown.length > 0) return [`${name} has settings that do not exist: ${unknown.join(', ')}`]
  let config: Config
  try {
    config = asRead(map, environment)
  } catch (error) {
    return [`${name}: ${messageOf(error)}`]
  }
  const folders = ['/tmp', ...program.writes(config)]
  const writable = new Set(mounts.flatMap(({ mountPath, readOnly }) => (readOnly ? [] : [mountPath])))
  const files = [config.PROM_CA_FILE, config.PROM_BEARER_TOKEN_FILE].filter((path) => path !== undefined)
  const isTrainer = ours.program === 'online-trainer'
  return broken(name, {
    'has a port that its program does not listen on':
      container.ports?.some(({ containerPort }) => containerPort !== program.port(config)) !== false,
    'writes to a folder that is no volume': folders.some((folder) => !writable.has(folder)),
    'reads a file that no volume has':
      isTrainer && files.some((file) => !mounts.some(({ mountPath }) => mountPath === dirname(file))),
    'is ended before it can stop': (workload.pod.terminationGracePeriodSeconds ?? 0) <= config.SHUTDOWN_TIMEOUT + 5,
    'may take less memory than twice its history':
      isTrainer && bytes(container.resources?.limits?.memory) < 2 * config.ONLINE_HISTORY_MAX_BYTES,
    // A service called model-server would set MODEL_SERVER_PORT to tcp://...
    'gets settings from the names of services': isOursAlone(workload) && workload.pod.enableServiceLinks !== false,
  })
}

/** Stands for the value of every secret. */
export const madeUpSecret = 'made-up-secret'

/** What stands in the mounted config map, and in the environment; a secret's value is made up. */
export function settingsGiven({ container, workload, mounts }: OurContainer, manifests: readonly Manifest[]) {
  const settings = mounts.find(({ mountPath }) => mountPath === settingsFolder)?.name
  const volume = workload.pod.volumes?.find(({ name }) => name === settings)
  const map: Labels = (volume?.configMap?.name && configMapIn(manifests, volume.configMap.name)) || {}
  const environment = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value ?? madeUpSecret]))
  return { map, environment }
}

/** Reads settings as the program does: from the files of a folder, then from the environment. */
function asRead(map: Labels, environment: Labels): Config {
  const folder = mkdtempSync(join(tmpdir(), 'kepler-settings-'))
  try {
    for (const [key, value] of Object.entries(map)) writeFileSync(join(folder, key), value)
    return loadConfig({ environment: { ...environment, CONFIG_PATH: folder } })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const units: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }

function bytes(quantity: string | number | undefined): number {
  const [, number, unit = ''] = /^(\d+)(Ki|Mi|Gi)?$/.exec(String(quantity)) ?? []
  return Number(number ?? 0) * (units[unit] ?? 1)
}
