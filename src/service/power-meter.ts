import type { Config } from '../config/config.js'
import { estimatePath } from '../core/estimate-path.js'
import { createMeterApp } from '../http/meter-app.js'
import { podsOf } from '../kubernetes/fetch-pods.js'
import { type WatchedPodNames, watchPodNames } from '../kubernetes/pod-names.js'
import { cpuDescriptions } from '../machine/cpu-descriptions.js'
import { filesOfHost } from '../machine/system-files.js'
import { findRealMeter, linkToRealMeter, type RealMeter, realMeterReader } from '../meter/powercap/real-meter.js'
import type { PowerSource } from '../meter/power-source.js'
import { topView } from '../meter/top.js'
import type { ExpositionText } from '../metrics/exposition-text.js'
import type { OtlpOptions } from '../metrics/meter-otlp.js'
import { writeMeterExposition } from '../metrics/meter-exposition.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'
import { type Logger, monotonicClock } from '../runtime/ports.js'
import { throttledLog } from '../runtime/throttled-log.js'
import { listen } from './listen.js'
import { createLocalMeter, levelsOf, monotonicSeconds, nodeNameOf, rootsOf } from './meter-parts.js'
import { type Running, runningStack } from './running.js'
import { type ShownTree, showTree } from './shown-tree.js'
import { startTicking } from './ticking.js'

export interface PowerMeterDeps {
  readonly logger: Logger
  readonly version: string
  readonly source: PowerSource
}

export interface RunningPowerMeter extends Running {
  readonly url: string
  /** Folder of the powercap tree, if there is one. */
  readonly folder: string | undefined
  /** The hardware has a meter: this one stands aside, or compares itself with it. */
  readonly realMeter: 'none' | 'aside' | 'compared'
  readonly source: PowerSource
}

const httpLimits = { maxBodyBytes: 1024, requestTimeout: 10, idleTimeout: 65, maxConnections: 64 }
const rowsOfReading = 100
/** Seconds that the last sending may take at the end: whoever stops the meter seldom waits longer than ten. */
const mostOtlpStop = 5

/**
 * Starts the power meter: readings, the powercap tree, `/metrics` and what else the settings want. Beside a real meter
 * it stands aside, and leads readers of its tree to the real one, unless it shall compare itself with it.
 *
 * @throws ModelError `UNAVAILABLE` when port or folder are taken, `INVALID_CONFIG` when a setting cannot be used
 */
export async function startPowerMeter(config: Config, deps: PowerMeterDeps): Promise<RunningPowerMeter> {
  const { logger } = deps
  const levels = levelsOf(config)
  const real = findRealMeter(config.METER_SYSFS)
  const started = runningStack(logger)
  try {
    if (real && !config.METER_COMPARE) return await standAside(config, deps, real, started)
    const pods = podNames(config, logger)
    if (pods) started.add({ name: 'pod names', stop: async () => pods.close() })
    const tree = config.METER_POWERCAP === undefined ? undefined : started.add(await openTree(config, deps))
    const { meter, node, attribution, close } = createLocalMeter(config, deps.source, {
      ...(tree ? { sink: tree.add } : {}),
      ...(real && !real.forbidden ? { measured: realMeterReader(real) } : {}),
      ...(pods ? { pods } : {}),
    })
    started.add({ name: 'meter', stop: async () => close() })
    await pods?.refresh()
    const log = throttledLog()
    started.add(
      startTicking({
        interval: config.METER_INTERVAL,
        now: monotonicSeconds,
        tick(seconds) {
          const { gap } = meter.tick(seconds)
          if (gap !== undefined) log('gap', (more) => logger.warn({ more }, `no new reading: ${gap}`))
        },
        onLate: (seconds) => logger.warn({ seconds }, 'no reading for a while: the process was stopped or had no time'),
      }),
    )
    await startSending(config, deps, started, {
      levels,
      reading: () => meter.reading(monotonicSeconds()),
      workloads: () => attribution?.snapshot(),
    })
    const cpus = cpuDescriptions(filesOfHost(rootsOf(config)).read('/proc/cpuinfo') ?? '')
    const exposition = (text: ExpositionText) => {
      attribution?.exported()
      writeMeterExposition(text, {
        nodeName: nodeNameOf(config),
        levels,
        provenance: deps.source.provenance,
        split: config.METER_SPLIT,
        reading: meter.reading(monotonicSeconds()),
        counters: node.counters(),
        workloads: attribution?.snapshot(),
        zonePath: (zone) => tree?.path(zone) ?? estimatePath,
        cpus,
        comparison: meter.comparison.zones(),
        realMeter: real !== undefined,
        tree: tree?.state(),
      })
    }
    const reading = () =>
      topView(meter.reading(monotonicSeconds()), deps.source.provenance, attribution?.snapshot(), {
        kind: 'processes',
        order: 'watts',
        limit: rowsOfReading,
        zone: 0,
      })
    const notReady = () => {
      const { count, gap } = meter.reading(monotonicSeconds())
      return gap ?? (count === 0 ? 'no reading yet' : undefined)
    }
    const url = await serve(config, deps, started, { exposition, reading, notReady })
    return {
      name: 'power meter',
      url,
      folder: tree?.folder,
      realMeter: real ? 'compared' : 'none',
      source: deps.source,
      stop: () => started.stop(),
    }
  } catch (error) {
    await started.stop()
    throw error
  }
}

type Answers = Pick<Parameters<typeof createMeterApp>[0], 'exposition' | 'reading' | 'notReady'>

async function serve(
  config: Config,
  { logger, version }: PowerMeterDeps,
  started: ReturnType<typeof runningStack>,
  answers: Answers,
): Promise<string> {
  const metrics = createRequestMetrics('kepler_meter_', { eventLoopPrecision: 1000 })
  const app = createMeterApp({ version, metrics, logger, limits: httpLimits, ...answers })
  const http = await listen('power meter', app, {
    host: config.METER_HTTP_HOST,
    port: config.METER_HTTP_PORT,
    shutdownTimeout: config.SHUTDOWN_TIMEOUT,
  })
  return started.add(http).url
}

type Sent = Pick<OtlpOptions, 'levels' | 'reading' | 'workloads'>

async function startSending(
  config: Config,
  { logger, version, source }: PowerMeterDeps,
  started: ReturnType<typeof runningStack>,
  sent: Sent,
): Promise<void> {
  const url = config.METER_OTLP_URL
  if (url === undefined) return
  // Loaded when it is needed: it is the largest part of all.
  const { startOtlp } = await import('../metrics/meter-otlp.js')
  const log = throttledLog()
  let failing = false
  const sender = startOtlp({
    url,
    interval: config.METER_OTLP_INTERVAL,
    stopTimeout: Math.min(config.SHUTDOWN_TIMEOUT, mostOtlpStop),
    version,
    nodeName: nodeNameOf(config),
    provenance: source.provenance,
    ...sent,
    onSent(failure) {
      if (failure !== undefined)
        log('otlp', (more) => logger.warn({ url, more }, `metrics could not be sent: ${failure}`))
      else if (failing) logger.info({ url }, 'metrics are sent again')
      failing = failure !== undefined
    },
  })
  started.add({ name: 'OpenTelemetry', stop: () => sender.stop() })
}

/** Estimates of ours beside measurements would be counted twice by whoever reads both. */
async function standAside(
  config: Config,
  deps: PowerMeterDeps,
  real: RealMeter,
  started: ReturnType<typeof runningStack>,
): Promise<RunningPowerMeter> {
  const { logger, source } = deps
  const zones = [...new Set(real.zones.map(({ zone }) => zone))].join(', ') || 'its zones may be read by root alone'
  logger.info({ zones }, 'this machine has a meter of its own: standing aside (--compare estimates beside it)')
  const folder = config.METER_POWERCAP
  if (folder !== undefined) linkToRealMeter(folder, config.METER_SYSFS)
  const reading = { count: 0, usage: undefined, zones: [], gap: 'this machine has a meter of its own', age: 0 }
  const url = await serve(config, deps, started, {
    exposition: (text) =>
      writeMeterExposition(text, {
        nodeName: nodeNameOf(config),
        levels: [],
        provenance: source.provenance,
        split: config.METER_SPLIT,
        reading,
        counters: undefined,
        workloads: undefined,
        zonePath: () => '',
        cpus: [],
        comparison: [],
        realMeter: true,
        tree: undefined,
      }),
    reading: () => ({ gap: reading.gap }),
    notReady: () => undefined,
  })
  return { name: 'power meter', url, folder, realMeter: 'aside', source, stop: () => started.stop() }
}

function podNames(config: Config, logger: Logger): WatchedPodNames | undefined {
  if (config.METER_PODS === 'off') return undefined
  const fetchPods = podsOf({
    kind: config.METER_PODS,
    address: config.METER_KUBE_ADDRESS,
    nodeName: nodeNameOf(config),
    tokenFile: config.METER_KUBE_TOKEN_FILE,
    caFile: config.METER_KUBE_CA_FILE,
    proxies: { httpProxy: config.HTTP_PROXY, httpsProxy: config.HTTPS_PROXY, noProxy: config.NO_PROXY },
  })
  return watchPodNames({ fetchPods, logger, clock: monotonicClock })
}

function openTree(config: Config, { source, logger }: PowerMeterDeps): Promise<ShownTree> {
  const bootId = filesOfHost(rootsOf(config)).read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  return showTree({ folder: config.METER_POWERCAP ?? '', source, bootId, logger, clock: monotonicClock })
}
