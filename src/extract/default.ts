import { ModelError } from '../core/errors.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { commonClock } from '../table/timeline.js'
import type { UsageMode } from '../vocabulary/metric-vocabulary.js'
import { assembleContainers, assembleNode, type Parts } from './assemble.js'
import { energyOf } from './energy.js'
import { chooseExporter } from './exporters.js'
import type { Extraction, Extractor, ExtractRequest } from './extractor.js'
import { kindOf } from './feature-kind.js'
import { findings } from './findings.js'
import { measureNode } from './measure.js'
import { energyParts, packagesOf } from './power.js'
import type { RowClock } from './row-clock.js'
import { cleanCounters } from './scrapes.js'
import { featureSeries } from './usage-series.js'
import { vocabularyFor } from './vocabulary-for.js'

/** Rates of usage joined with watts, row by row as they were measured. */
export function defaultExtractor(): Extractor {
  return { name: 'default', extract: extractDefault }
}

function extractDefault(response: PrometheusResponse, request: ExtractRequest): Extraction {
  const { features, source, outputType, vm = false, vmJob = 'vm', thirdParty = [] } = request
  const mode: UsageMode = vm ? 'vm' : 'container'
  const found = findings()
  if (features.length === 0)
    throw new ModelError('INVALID_DATA', 'a dataset needs at least one feature', { field: 'features' })

  const vocabulary = vocabularyFor(response, request, found)
  const energy = energyOf(response, vocabulary, source, mode, found)
  for (const [component, series] of energy) energy.set(component, withoutVms(series, vm, vmJob))
  const ofNode = chooseExporter([...energy.values()].flat(), request.instance, found)
  const wanted = (series: readonly Series[]) => series.filter(({ labels }) => ofNode(labels))
  for (const [component, series] of energy) energy.set(component, wanted(series))

  const usageSeries = new Map<string, readonly Series[]>()
  for (const feature of features) {
    // Training by system features alone would not need them, so what is missing there is 0 (the general node type).
    if (feature === 'node_info' && !response.metrics.has(vocabulary.nodeInfo ?? '')) continue
    const series = featureSeries(response, feature, vocabulary, mode, thirdParty)
    const metric = series[0]?.metric ?? feature
    const ofJob = kindOf(feature) === 'usage' ? series.filter(({ labels }) => (labels.job === vmJob) === vm) : series
    if (ofJob.length === 0) throw new ModelError('INVALID_DATA', wrongJob(metric, vm, vmJob), { field: metric })
    usageSeries.set(feature, ofJob)
  }
  const ofUsage = vm ? chooseExporter([...usageSeries.values()].flat(), undefined, found) : ofNode
  const usable = (feature: string) => {
    const all = usageSeries.get(feature) ?? []
    const series = all.filter(({ labels }) => ofUsage(labels))
    if (series.length === 0 && all.length > 0) {
      const metric = all[0]?.metric ?? feature
      throw new ModelError('INVALID_DATA', `metric ${metric} has no series of the Kepler that measured the energy`, {
        field: metric,
      })
    }
    return series
  }

  const ratios = vm ? [] : wanted(response.series.get(vocabulary.packageRatio ?? '') ?? [])
  const perPackage = ratios.length > 0 && packagesOf([...energy.values()].flat()).length > 0
  const energyCounters = new Map([...energy].map(([component, series]) => [component, cleanCounters(series, found)]))
  const usageCounters = new Map(
    features.filter((name) => kindOf(name) === 'usage').map((name) => [name, cleanCounters(usable(name), found)]),
  )
  const ofEnergy = energyParts(energyCounters, source, perPackage)
  const measurement = measureNode(ofEnergy, usageCounters, mode, found)
  const { rows } = measurement
  if (rows.seen.length === 0) {
    const powered = measureNode(ofEnergy, new Map(), mode, findings()).rows
    const metrics = [...usageCounters].map(([name, counters]) => counters[0]?.metric ?? name)
    throw new ModelError(
      'INVALID_DATA',
      powered.seen.length === 0 ? noPower(energy, source) : nothingInCommon(metrics, powered),
    )
  }

  const parts: Parts = {
    source,
    mode,
    ...measurement,
    features: features.map((name) => ({ name, kind: kindOf(name), series: usable(name) })),
    ratios: perPackage ? ratios : [],
    nodeInfo: wanted(response.series.get(vocabulary.nodeInfo ?? '') ?? []),
    nodeType: request.nodeType,
    findings: found,
  }
  const dataset = outputType === 'AbsPower' ? assembleNode(parts) : assembleContainers(parts)
  if (dataset.rows === 0) {
    const metrics = parts.features.map(({ series, name }) => series[0]?.metric ?? name)
    throw new ModelError('INVALID_DATA', nothingInCommon(metrics, rows))
  }
  return { dataset, findings: found.list() }
}

/** A virtual machine's Kepler, scraped with its host's, estimates energy that the host measures already. */
function withoutVms(series: readonly Series[], vm: boolean, vmJob: string): readonly Series[] {
  const own = vm ? series : series.filter(({ labels }) => labels.job !== vmJob)
  return own.length > 0 ? own : series
}

function wrongJob(metric: string, vm: boolean, vmJob: string): string {
  return vm
    ? `metric ${metric} has no series with job="${vmJob}", which marks the Kepler of a virtual machine (VM_JOB_NAME)`
    : `metric ${metric} has only series with job="${vmJob}", those of virtual machines`
}

function noPower(energy: ReadonlyMap<string, readonly Series[]>, source: string): string {
  for (const series of energy.values()) {
    const most = Math.max(0, ...series.map(({ values }) => values.length))
    if (most < 2)
      return `metric ${series[0]?.metric} has ${most === 1 ? 'one sample' : 'no samples'} for source ${source}; power needs two`
  }
  const clocks = [...energy.values()].map((series) => commonClock(series.map(({ timestamps }) => timestamps)))
  const metrics = [...energy.values()].map((series) => series[0]?.metric).join(', ')
  return commonClock(clocks).length === 0
    ? `${metrics}: no time has samples of all of them (source ${source})`
    : `${metrics}: the counters of source ${source} never move, so there is no power`
}

function nothingInCommon(metrics: readonly string[], { seen }: RowClock): string {
  const [from, to] = [seen[0]!, seen[seen.length - 1]!]
  return `${metrics.join(', ')}: no sample with a rate at a time of known power (${seen.length} times from ${from} to ${to})`
}
