import { ModelError } from '../core/errors.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import type { MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import type { ExtractRequest } from './extractor.js'
import { kindOf } from './feature-kind.js'
import { type Findings, without } from './findings.js'
import { type MachineSeries, seriesOfMachine } from './machine-series.js'
import { isNodeOsColumn, nodeOsSeries, nodeOsTargets } from './node-os.js'
import { featureSeries } from './usage-series.js'
import { vocabularyFor } from './vocabulary-for.js'

/** The series that a dataset is made of: those of one machine, each measurement once. */
export interface DatasetSeries {
  readonly vocabulary: MetricVocabulary
  readonly machine: MachineSeries
  /** By feature; one that is not measured and need not be is absent. */
  readonly features: ReadonlyMap<string, readonly Series[]>
}

/** @throws ModelError `INVALID_DATA` that names the metric that is missing, or whose machine cannot be told */
export function seriesFor(
  response: PrometheusResponse,
  request: Omit<ExtractRequest, 'outputType'>,
  findings: Findings,
): DatasetSeries {
  const { features, vm = false, vmJob = 'vm', thirdParty = [] } = request
  const mode: UsageMode = vm ? 'vm' : 'container'
  const vocabulary = vocabularyFor(response, request, findings)
  const known = new Map<string, readonly Series[]>()
  const seriesOf = (feature: string) => {
    const series =
      known.get(feature) ?? ofJob(featureSeries(response, feature, vocabulary, mode, thirdParty), feature, vm, vmJob)
    known.set(feature, series)
    return series
  }
  const ofKepler = features.filter((name) => !isNodeOsColumn(name))
  const usage = () => {
    const own = ofKepler.filter((name) => kindOf(name) === 'usage' && !thirdParty.includes(name)).flatMap(seriesOf)
    return own.length > 0 || vm ? own : nodeOsTargets(response, features)
  }
  const machine = seriesOfMachine(response, vocabulary, { ...request, vm }, usage, findings)
  const chosen = new Map<string, readonly Series[]>()
  for (const feature of ofKepler) {
    // Training by system features alone would not need them, so what is missing there is 0 (the general node type).
    if (feature === 'node_info' && !response.metrics.has(vocabulary.nodeInfo ?? '')) continue
    const series = seriesOf(feature)
    const own = thirdParty.includes(feature) ? machine.joined(series) : machine.own(series)
    if (own.length === 0) {
      const metric = series[0]?.metric ?? feature
      const why = `metric ${metric} has no series of the Kepler that measured the energy`
      throw new ModelError('INVALID_DATA', why, { field: metric })
    }
    chosen.set(feature, own)
  }
  const ofSystem = features.filter(isNodeOsColumn)
  // Every machine has such an exporter: those of others are no news.
  const told = without('other machine', findings)
  const joined = (series: readonly Series[]) => machine.joined(series, told)
  for (const [feature, own] of nodeOsSeries(response, ofSystem, joined, findings)) chosen.set(feature, own)
  return { vocabulary, machine, features: chosen }
}

/** Usage of a node, or of a virtual machine; gauges are of either. @throws ModelError when there is none of the kind */
function ofJob(series: readonly Series[], feature: string, vm: boolean, vmJob: string): readonly Series[] {
  if (kindOf(feature) !== 'usage') return series
  const own = series.filter(({ labels }) => (labels.job === vmJob) === vm)
  const metric = series[0]?.metric ?? feature
  if (own.length === 0) throw new ModelError('INVALID_DATA', wrongJob(metric, vm, vmJob), { field: metric })
  return own
}

function wrongJob(metric: string, vm: boolean, vmJob: string): string {
  return vm
    ? `metric ${metric} has no series with job="${vmJob}", which marks the Kepler of a virtual machine (VM_JOB_NAME)`
    : `metric ${metric} has only series with job="${vmJob}", those of virtual machines`
}
