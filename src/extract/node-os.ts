import { append } from '../core/multimap.js'
import { ModelError } from '../core/errors.js'
import { isNodeOsFeature, type NodeOsFeature, nodeOsFeatures } from '../core/feature-group.js'
import type { OutputType } from '../core/output-type.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { rowsOn } from '../table/timeline.js'
import {
  neededMetrics,
  nodeExporter,
  nodeOsCpuModes,
  type NodeOsVocabulary,
  nodeOsVocabularies,
  type OsMetric,
} from '../vocabulary/node-os.js'
import type { Dataset } from './dataset.js'
import type { Findings } from './findings.js'
import { gaugeAsCounter } from './gauge.js'
import { seriesOf } from './lookup.js'
import { targetOf } from './scrapes.js'

/** Processor time of all kinds: what ratios are parts of. It is measured with them and is no feature of a model. */
const allCpuTime = 'node_cpu_seconds'

/** The feature that a machine need not tell: 0 stands for it. */
export const untoldFeature: NodeOsFeature = 'node_cpu_frequency_hertz'

/** The series of another exporter that are of one machine. @throws ModelError when none is */
type Joined = (series: readonly Series[]) => readonly Series[]

/** Whether a column is measured by the operating system, and not by Kepler. */
export function isNodeOsColumn(name: string): boolean {
  return name === allCpuTime || isNodeOsFeature(name)
}

/** The columns to measure for features: with ratios of processor time, all of that time. */
export function measuredColumns(features: readonly string[]): readonly string[] {
  return features.some((feature) => modesOf(feature) !== undefined) ? [...features, allCpuTime] : features
}

/** A dataset whose ratios are seconds a second, and seconds of all kinds beside them, with the ratios. */
export function withCpuRatios(dataset: Dataset): Dataset {
  const all = dataset.features.find(({ name }) => name === allCpuTime)
  if (all === undefined) return dataset
  const features = dataset.features
    .filter((column) => column !== all)
    .map((column) =>
      modesOf(column.name) === undefined
        ? column
        : { ...column, values: column.values.map((seconds, row) => ratio(seconds, all.values[row]!)) },
    )
  return { ...dataset, features }
}

/** @throws ModelError `INVALID_REQUEST` for rows by container: an operating system counts for the whole machine */
export function checkOutputType(features: readonly string[], outputType: OutputType): void {
  const feature = features.find(isNodeOsFeature)
  if (feature === undefined || outputType === 'AbsPower') return
  throw new ModelError(
    'INVALID_REQUEST',
    `${feature} is of the whole machine, and ${outputType} is of its containers: NodeOS has AbsPower only`,
    { field: 'feature-group' },
  )
}

/** The features of the operating system that a response has metrics of: all, or none. */
export function nodeOsFeaturesIn(metrics: ReadonlyMap<string, unknown>): readonly string[] {
  return exportersIn(metrics).length > 0 ? nodeOsFeatures : []
}

/** The metrics that a feature may be made of, for messages and to know what to read. */
export function metricsOfNodeOs(feature: NodeOsFeature): readonly string[] {
  return [...new Set(nodeOsVocabularies.flatMap((vocabulary) => metricsOf(vocabulary, feature)))]
}

function metricsOf(vocabulary: NodeOsVocabulary, feature: NodeOsFeature): readonly string[] {
  switch (feature) {
    case 'node_context_switches_per_second':
      return [vocabulary.contextSwitches.metric]
    case 'node_page_faults_per_second':
      return [vocabulary.pageFaults.metric]
    case 'node_memory_used_ratio':
      return [vocabulary.memoryAvailable.metric, vocabulary.memoryTotal.metric]
    case 'node_load1':
      return [vocabulary.load1.metric]
    case 'node_cpu_frequency_hertz':
      return [vocabulary.frequency.metric]
    default:
      return [vocabulary.cpuSeconds]
  }
}

/** One counter a target, to know which machines tell what their operating system counts. */
export function nodeOsTargets(response: PrometheusResponse, features: readonly string[]): readonly Series[] {
  if (!features.some(isNodeOsColumn)) return []
  return exportersIn(response.series).flatMap(
    ({ contextSwitches }) => response.series.get(contextSwitches.metric) ?? [],
  )
}

/**
 * The series of columns that an operating system measures, of the first exporter that the machine has. Ratios are counters
 * of seconds here; see {@link withCpuRatios}. A frequency that is not told has no series.
 *
 * @throws ModelError `INVALID_DATA` that names a metric that is missing, or none of whose series are of the machine
 */
export function nodeOsSeries(
  response: PrometheusResponse,
  columns: readonly string[],
  joined: Joined,
  findings: Findings,
): ReadonlyMap<string, readonly Series[]> {
  if (columns.length === 0) return new Map()
  const exporters = exportersIn(response.series)
  if (exporters.length === 0) {
    for (const metric of neededMetrics(nodeExporter)) seriesOf(response, metric)
  }
  let first: unknown
  for (const exporter of exporters) {
    try {
      return new Map(columns.map((column) => [column, columnSeries(response, exporter, column, joined, findings)]))
    } catch (error) {
      // The machine may have the other exporter.
      first ??= error
    }
  }
  throw first
}

function exportersIn(metrics: ReadonlyMap<string, unknown>): readonly NodeOsVocabulary[] {
  return nodeOsVocabularies.filter((vocabulary) => neededMetrics(vocabulary).every((metric) => metrics.has(metric)))
}

function columnSeries(
  response: PrometheusResponse,
  exporter: NodeOsVocabulary,
  column: string,
  joined: Joined,
  findings: Findings,
): readonly Series[] {
  const own = ({ metric, where = {} }: OsMetric) =>
    joined(seriesOf(response, metric)).filter(({ labels }) =>
      Object.entries(where).every(([label, value]) => labels[label] === value),
    )
  switch (column) {
    case allCpuTime:
      return own({ metric: exporter.cpuSeconds })
    case 'node_context_switches_per_second':
      return own(exporter.contextSwitches)
    case 'node_page_faults_per_second':
      return own(exporter.pageFaults)
    case 'node_memory_used_ratio':
      return usedRatio(own(exporter.memoryTotal), own(exporter.memoryAvailable)).map(asCounter)
    case 'node_load1':
      return own(exporter.load1).map(asCounter)
    case 'node_cpu_frequency_hertz':
      return frequencies(response, exporter, joined, findings).map(asCounter)
    default: {
      const modes = modesOf(column) ?? []
      return own({ metric: exporter.cpuSeconds }).filter(({ labels }) => modes.includes(labels.mode ?? ''))
    }
  }
}

const asCounter = (series: Series) => gaugeAsCounter(series, { stands: 'between', interval: undefined })

/** The mean of the processors at each time; nothing where the machine does not tell it. */
function frequencies(
  response: PrometheusResponse,
  { frequency: { metric, scale = 1 } }: NodeOsVocabulary,
  joined: Joined,
  findings: Findings,
): readonly Series[] {
  const all = response.series.get(metric) ?? []
  const own = all.length === 0 ? [] : orNone(() => joined(all))
  if (own.length === 0) findings.add('not told', metric, 1, untoldFeature)
  return byTarget(own).map((processors) => meanOf(processors, scale))
}

/** Another machine may tell its frequency where this one does not. */
function orNone(find: () => readonly Series[]): readonly Series[] {
  try {
    return find()
  } catch (error) {
    if (error instanceof ModelError) return []
    throw error
  }
}

function meanOf(processors: readonly [Series, ...Series[]], scale: number): Series {
  const [first] = processors
  const sums = new Float64Array(first.timestamps.length)
  const counts = new Float64Array(first.timestamps.length)
  for (const { timestamps, values } of processors) {
    rowsOn(first.timestamps, timestamps).forEach((row, i) => {
      if (row < 0 || !Number.isFinite(values[i])) return
      sums[row]! += values[i]!
      counts[row]!++
    })
  }
  return { ...first, values: sums.map((sum, row) => (scale * sum) / counts[row]!) }
}

/** Memory in use as a part of all, at the times at which both are known. */
function usedRatio(total: readonly Series[], available: readonly Series[]): readonly Series[] {
  return available.flatMap((free) => {
    const all = total.find(({ labels }) => targetOf(labels) === targetOf(free.labels))
    if (all === undefined) return []
    const [left, whole] = [free.values, all.values]
    const values = new Float64Array(left.length).fill(Number.NaN)
    rowsOn(free.timestamps, all.timestamps).forEach((row, i) => {
      if (row >= 0) values[row] = 1 - ratio(left[row]!, whole[i]!)
    })
    return [{ ...free, values }]
  })
}

function byTarget(series: readonly Series[]): readonly (readonly [Series, ...Series[]])[] {
  const targets = new Map<string, [Series, ...Series[]]>()
  for (const one of series) {
    append(targets, targetOf(one.labels), one)
  }
  return [...targets.values()]
}

function modesOf(feature: string): readonly string[] | undefined {
  const modes: Readonly<Record<string, readonly string[]>> = nodeOsCpuModes
  return Object.hasOwn(modes, feature) ? modes[feature] : undefined
}

/** 0 where nothing was counted. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0
}
