import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { messageOf } from '../core/errors.js'
import type { Account, WorkloadSnapshot, Workloads } from '../meter/attribution/account.js'
import type { MeterReading } from '../meter/meter.js'
import type { PowerProvenance } from '../meter/power-source.js'
import type { Zone } from '../meter/zone.js'
import type { MetricsLevel } from './meter-exposition.js'

export interface OtlpOptions {
  /** With its path, e.g. `http://localhost:4318/v1/metrics`. */
  readonly url: string
  /** Seconds. */
  readonly interval: number
  readonly version: string
  readonly nodeName: string
  readonly levels: readonly MetricsLevel[]
  readonly reading: () => MeterReading
  readonly workloads: () => WorkloadSnapshot | undefined
  readonly provenance: PowerProvenance
  /** Seconds that the last sending may take. */
  readonly stopTimeout: number
  /** Told of each sending: why it failed, or `undefined`. */
  readonly onSent: (failure: string | undefined) => void
}

export interface OtlpSender {
  /** Sends a last time and stops. A collector that does not answer is told to `onSent`, and is no failure. */
  stop(): Promise<void>
}

type Attributes = Readonly<Record<string, string | number | boolean>>

interface Sample {
  readonly watts: number
  readonly joules: number
  readonly attributes: Attributes
}

/** `hw.type` of the semantic conventions for hardware. */
const hardwareTypes: Readonly<Record<Zone, string>> = {
  psys: 'enclosure',
  package: 'cpu',
  core: 'cpu',
  uncore: 'cpu',
  dram: 'memory',
}
/** More series of an instrument than this go into one that is called overflow. */
const mostSeries = 200_000

/**
 * Sends the meter's readings to an OpenTelemetry collector by OpenTelemetry's own SDK: `hw.energy` and `hw.power` by
 * zone, and of processes, containers, pods and virtual machines with the attributes that the semantic conventions name.
 * Its own variables (`OTEL_EXPORTER_OTLP_HEADERS` and others) are the SDK's.
 */
export function startOtlp(options: OtlpOptions): OtlpSender {
  const { url, interval, version, nodeName, reading, provenance, onSent } = options
  const reader = new PeriodicExportingMetricReader({
    exporter: watched(
      new OTLPMetricExporter({ url, temporalityPreference: AggregationTemporality.CUMULATIVE }),
      onSent,
    ),
    exportIntervalMillis: interval * 1000,
    exportTimeoutMillis: Math.min(interval * 1000, 10_000),
    cardinalityLimits: { default: mostSeries },
  })
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': 'power-meter',
      'service.version': version,
      'host.name': nodeName,
      'k8s.node.name': nodeName,
    }),
    readers: [reader],
  })
  const meter = provider.getMeter('power-meter', version)
  const energy = meter.createObservableCounter('hw.energy', {
    unit: 'J',
    description: 'Energy, estimated; of workloads their active part.',
  })
  const power = meter.createObservableGauge('hw.power', {
    unit: 'W',
    description: 'Power, estimated; of workloads their active part.',
  })
  const lower = meter.createObservableGauge('hw.power.lower', {
    unit: 'W',
    description: 'Lower end of the 90 % interval.',
  })
  const upper = meter.createObservableGauge('hw.power.upper', {
    unit: 'W',
    description: 'Upper end of the 90 % interval.',
  })
  meter.addBatchObservableCallback(
    (result) => {
      const { zones } = reading()
      const model = { 'power.estimate': true, 'power.model': provenance.model }
      for (const { zone, watts, low, high, joules } of zones) {
        const attributes = { ...model, ...hardware(zone) }
        result.observe(energy, joules, attributes)
        result.observe(power, watts, attributes)
        result.observe(lower, low, attributes)
        result.observe(upper, high, attributes)
      }
      for (const { attributes, watts, joules } of workloadSamples(
        options,
        zones.map(({ zone }) => zone),
      )) {
        result.observe(energy, joules, attributes)
        result.observe(power, watts, attributes)
      }
    },
    [energy, power, lower, upper],
  )
  return {
    stop: () =>
      provider
        .shutdown({ timeoutMillis: options.stopTimeout * 1000 })
        .catch((error: unknown) => onSent(`the last one: ${messageOf(error)}`)),
  }
}

/** The SDK keeps failures to itself. */
function watched(exporter: OTLPMetricExporter, onSent: OtlpOptions['onSent']): PushMetricExporter {
  return {
    export: (metrics, done) =>
      exporter.export(metrics, (result) => {
        onSent(result.code === 0 ? undefined : (result.error?.message ?? 'no reason was given'))
        done(result)
      }),
    selectAggregationTemporality: (type) => exporter.selectAggregationTemporality(type),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
}

function hardware(zone: Zone): Attributes {
  return { 'hw.id': zone, 'hw.name': zone, 'hw.type': hardwareTypes[zone] }
}

function* workloadSamples({ workloads, levels }: OtlpOptions, zones: readonly Zone[]): Iterable<Sample> {
  const snapshot = workloads()
  if (!snapshot) return
  const { activeWatts, processes, containers, pods, virtualMachines } = snapshot
  function* kind<A extends Account>({ running }: Workloads<A>, describe: (account: A) => Attributes): Iterable<Sample> {
    for (const account of running) {
      const own = describe(account)
      for (const [index, zone] of zones.entries()) {
        const watts = account.share * (activeWatts[index] ?? 0)
        yield { watts, joules: account.joules[index] ?? 0, attributes: { ...own, ...hardware(zone) } }
      }
    }
  }
  if (levels.includes('process')) {
    yield* kind(processes, ({ process: { pid, comm, identity } }) => ({
      'process.pid': pid,
      'process.executable.name': comm,
      ...(identity.exe === '' ? {} : { 'process.executable.path': identity.exe }),
      ...(identity.container ? { 'container.id': identity.container.id } : {}),
    }))
  }
  if (levels.includes('container')) {
    yield* kind(containers, ({ container: { identity }, name, pod }) => ({
      'container.id': identity.id,
      'container.runtime.name': identity.runtime,
      ...(name === '' ? {} : { 'container.name': name }),
      ...(pod ? { 'k8s.pod.uid': pod.id } : {}),
    }))
  }
  if (levels.includes('pod')) {
    yield* kind(pods, ({ id, name, namespace }) => ({
      'k8s.pod.uid': id,
      ...(name === '' ? {} : { 'k8s.pod.name': name, 'k8s.namespace.name': namespace }),
    }))
  }
  if (levels.includes('vm')) {
    yield* kind(virtualMachines, ({ identity: { id, name, hypervisor } }) => ({
      'vm.id': id,
      'vm.name': name,
      'vm.hypervisor': hypervisor,
    }))
  }
}
