import { hostname } from 'node:os'
import type { Config } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import { noPodNames, type PodNames } from '../meter/attribution/account.js'
import { type Attribution, createAttribution } from '../meter/attribution/attribution.js'
import { createMeter, type Meter, type MeterParts } from '../meter/meter.js'
import type { PowerSource } from '../meter/power-source.js'
import { KernelFiles } from '../meter/proc/kernel-files.js'
import { createNodeReader, type NodeReader, type SystemRoots } from '../meter/proc/node-reader.js'
import { createProcessTable } from '../meter/workload/process-table.js'
import { type MetricsLevel, metricsLevels } from '../metrics/meter-exposition.js'

/** The meter of this machine, made of the settings. */
export interface LocalMeter {
  readonly meter: Meter
  readonly node: NodeReader
  /** Absent where only the node is looked at. */
  readonly attribution: Attribution | undefined
  close(): void
}

/** Seconds since some moment in the past, which no step of the clock changes. It stands still while the machine is suspended. */
export function monotonicSeconds(): number {
  return performance.now() / 1000
}

export function rootsOf(config: Pick<Config, 'METER_PROCFS' | 'METER_SYSFS'>): SystemRoots {
  return { proc: config.METER_PROCFS, sys: config.METER_SYSFS }
}

export function nodeNameOf(config: Pick<Config, 'METER_NODE_NAME'>): string {
  return config.METER_NODE_NAME ?? hostname()
}

/** @throws ModelError `INVALID_CONFIG` naming the level that there is none of */
export function levelsOf({ METER_LEVELS: wanted }: Pick<Config, 'METER_LEVELS'>): readonly MetricsLevel[] {
  return wanted.map((name) => {
    const level = metricsLevels.find((one) => one === name)
    if (level !== undefined) return level
    throw new ModelError(
      'INVALID_CONFIG',
      `METER_LEVELS: expected some of ${metricsLevels.join(', ')}, got "${name}"`,
      {
        field: 'METER_LEVELS',
      },
    )
  })
}

export function createLocalMeter(
  config: Config,
  source: PowerSource,
  more: Pick<MeterParts, 'sink' | 'measured'> & { readonly pods?: PodNames } = {},
): LocalMeter {
  const { pods = noPodNames, ...sinks } = more
  const roots = rootsOf(config)
  const files = new KernelFiles()
  const node = createNodeReader(files, roots)
  const parts = { node, source, split: config.METER_SPLIT, now: monotonicSeconds, ...sinks }
  if (levelsOf(config).every((level) => level === 'node')) {
    return { meter: createMeter(parts), node, attribution: undefined, close() {} }
  }
  const table = createProcessTable(files, roots)
  const attribution = createAttribution(source.zones.length, pods)
  return {
    meter: createMeter({ ...parts, workloads: { table, attribution } }),
    node,
    attribution,
    close: () => table.close(),
  }
}
