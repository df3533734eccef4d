import type { Component, EnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { commonClock } from '../table/timeline.js'
import type { UsageMode } from '../vocabulary/metric-vocabulary.js'
import { assembleContainers, assembleNode, type Parts } from './assemble.js'
import { countRows, tableOfContainers } from './container-rows.js'
import type { ContainerExtraction, Extraction, Extractor, ExtractRequest } from './extractor.js'
import { kindOf } from './feature-kind.js'
import { describeLabels, type Findings, findings } from './findings.js'
import { measureNode } from './measure.js'
import { checkOutputType, measuredColumns, withCpuRatios } from './node-os.js'
import { energyParts, packagesOf } from './power.js'
import type { RowClock } from './row-clock.js'
import { type CleanCounter, cleanCounters } from './scrapes.js'
import { seriesFor } from './series-for.js'
import { parseThirdParty } from './third-party.js'

/** Rates of usage joined with watts, row by row as they were measured. */
export function defaultExtractor(): Extractor {
  return { name: 'default', extract: extractDefault, containers: extractContainers }
}

function extractDefault(response: PrometheusResponse, request: ExtractRequest): Extraction {
  if (request.outputType === 'DynPower') {
    const { rows, ...rest } = extractContainers(response, request)
    return { dataset: tableOfContainers(rows), ...rest }
  }
  const { parts, scrapes } = measuredParts(response, request)
  const dataset = assembleNode(parts)
  if (dataset.rows === 0) throw noRows(parts)
  const given = givenNames(request)
  const told = withCpuRatios(dataset)
  const features = told.features.map((column) => ({ ...column, name: given(column.name) }))
  return { dataset: { ...told, features }, findings: parts.findings.list(), scrapes }
}

function extractContainers(
  response: PrometheusResponse,
  request: Omit<ExtractRequest, 'outputType'>,
): ContainerExtraction {
  checkOutputType(request.features, 'DynPower')
  const { parts, scrapes } = measuredParts(response, request)
  const rows = assembleContainers(parts)
  if (countRows(rows) === 0) throw noRows(parts)
  const featureNames = rows.featureNames.map(givenNames(request))
  return { rows: { ...rows, featureNames }, findings: parts.findings.list(), scrapes }
}

function measuredParts(
  response: PrometheusResponse,
  request: Omit<ExtractRequest, 'outputType'>,
): { readonly parts: Parts; readonly scrapes: Extraction['scrapes'] } {
  const { source, vm = false } = request
  const mode: UsageMode = vm ? 'vm' : 'container'
  const found = findings()
  if (request.features.length === 0)
    throw new ModelError('INVALID_DATA', 'a dataset needs at least one feature', { field: 'features' })

  const features = measuredColumns(request.features)
  const { vocabulary, machine, features: chosen } = seriesFor(response, { ...request, features }, found)
  const { energy } = machine
  const usable = (feature: string) => chosen.get(feature) ?? []
  const ratios = vm ? [] : machine.own(response.series.get(vocabulary.packageRatio ?? '') ?? [])
  const perPackage = ratios.length > 0 && packagesOf([...energy.values()].flat()).length > 0
  const energyCounters = measuredComponents(energy, source, found)
  const usageCounters = new Map(
    features.filter((name) => kindOf(name) === 'usage').map((name) => [name, cleanCounters(usable(name), found)]),
  )
  const ofEnergy = energyParts(energyCounters, source, perPackage)
  const { scrapes, ...measurement } = measureNode(ofEnergy, usageCounters, mode, found)
  if (measurement.rows.seen.length === 0) {
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
    nodeInfo: machine.ofEnergy(response.series.get(vocabulary.nodeInfo ?? '') ?? []),
    nodeType: request.nodeType,
    findings: found,
  }
  return { parts, scrapes }
}

/**
 * The counters of each component that can tell watts. One of whose counters (a package, a mode) all samples are no numbers
 * would be short of what that one counts, or 0 W in every row: it is left out, and named in `found`.
 *
 * @throws ModelError `INVALID_DATA` when no component is left
 */
function measuredComponents(
  energy: ReadonlyMap<Component, readonly Series[]>,
  source: EnergySource,
  found: Findings,
): ReadonlyMap<Component, readonly CleanCounter[]> {
  const measured = new Map<Component, readonly CleanCounter[]>()
  for (const [component, series] of energy) {
    const cleaned = cleanCounters(series, found)
    const counters = cleaned.filter(({ timeline }) => timeline.timestamps.length > 0)
    const unknown = cleaned.some(
      ({ timeline }, i) => timeline.timestamps.length === 0 && series[i]!.timestamps.length > 0,
    )
    const told = counters.some(({ timeline }) => timeline.timestamps.length > 1)
    if (told && !unknown) measured.set(component, counters)
    else found.add('missing component', series[0]?.metric ?? component, 1, `${component} of ${source}`)
  }
  if (measured.size === 0) throw new ModelError('INVALID_DATA', noPower(energy, source))
  return measured
}

/** Third-party features by the names that they were given. */
function givenNames({ thirdParty = [] }: Pick<ExtractRequest, 'thirdParty'>): (feature: string) => string {
  return (feature) => (thirdParty.includes(feature) ? parseThirdParty(feature).feature : feature)
}

function noRows({ features, rows }: Parts): ModelError {
  const metrics = features.map(({ series, name }) => series[0]?.metric ?? name)
  return new ModelError('INVALID_DATA', nothingInCommon(metrics, rows))
}

function noPower(energy: ReadonlyMap<string, readonly Series[]>, source: string): string {
  for (const series of energy.values()) {
    const most = Math.max(0, ...series.map(({ values }) => values.filter(Number.isFinite).length))
    if (most < 2)
      return `metric ${series[0]?.metric} has ${most === 1 ? 'one sample' : 'no samples'} for source ${source}; power needs two`
    const broken = series.find(({ timestamps, values }) => timestamps.length > 0 && !values.some(Number.isFinite))
    if (broken) return `${broken.metric}${describeLabels(broken.labels)} has no number in any sample (source ${source})`
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
