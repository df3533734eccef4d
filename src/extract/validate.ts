import { type Component, componentsOf, isEnergySource, isKnownSource } from '../core/energy-source.js'
import { messageOf } from '../core/errors.js'
import { type FeatureGroup, featuresOf } from '../core/feature-group.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import type { MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import { type EnergySeries, energyIn, sourcesIn } from './energy.js'
import { defaultExtractor } from './default.js'
import type { ScrapeReport } from './extractor.js'
import { type Finding, findings } from './findings.js'
import { type MachineViews, machinesOf } from './identity/machines.js'
import { inspectResponse, type MetricReport } from './inspect.js'
import { identityOptions } from './machine-series.js'
import { untoldFeature } from './node-os.js'
import { featuresIn, metricsOfFeature } from './usage-series.js'
import { vocabularyFor } from './vocabulary-for.js'

export interface GroupReport {
  readonly group: FeatureGroup
  /** Metrics that the group needs and the response has no series of. */
  readonly missing: readonly string[]
}

export interface SourceReport {
  /** As `core` names it, or as the label has it where nobody knows it. */
  readonly source: string
  readonly components: readonly Component[]
  /** Whether it is known what such a source measures. */
  readonly known: boolean
  /** Components that such a source usually has, and the response does not. */
  readonly missing: readonly Component[]
}

export interface ValidationReport {
  readonly metrics: readonly MetricReport[]
  readonly groups: readonly GroupReport[]
  /** Sources of which the response has any energy. */
  readonly sources: readonly SourceReport[]
  /** What the metrics are called: the version of Kepler. */
  readonly vocabulary: string
  /** Other versions whose metrics are in the response, too. */
  readonly otherVocabularies: readonly string[]
  /** The machines whose energy was measured, those of most samples first: one of them at a time is extracted. */
  readonly machines: readonly MachineReport[]
  /** What extraction makes of the first machine: of each source that can be trained, with the largest complete group. */
  readonly extractions: readonly ExtractionReport[]
  /** Whether a dataset can be made of at least one group and one source. */
  readonly usable: boolean
}

export interface ExtractionReport {
  readonly source: string
  readonly group: FeatureGroup
  readonly rows: number
  readonly scrapes: readonly ScrapeReport[]
  /** Rows left out and other faults, with the first time and value. */
  readonly findings: readonly Finding[]
  /** Why there is no dataset; `undefined` when there is one. */
  readonly error: string | undefined
}

export interface MachineReport {
  readonly name: string
  /** The labels that tell it from others. */
  readonly labels: Readonly<Record<string, string>>
  readonly samples: number
  /** Ways in which the same measurements came a second time, by the labels that differ: only one counts. */
  readonly replicas: readonly string[]
}

export interface ValidateRequest {
  /** Labels that tell machines apart, besides those that everybody uses. */
  readonly machineLabels?: readonly string[]
  readonly vm?: boolean
  readonly thirdParty?: readonly string[]
  /** @default found from the names of the metrics */
  readonly vocabulary?: MetricVocabulary
}

/** What a response has and lacks for training, and what is wrong with its samples. Never throws for what it finds. */
export function validateResponse(response: PrometheusResponse, request: ValidateRequest = {}): ValidationReport {
  const { vm = false, thirdParty = [] } = request
  const mode: UsageMode = vm ? 'vm' : 'container'
  const found = findings()
  const vocabulary = vocabularyFor(response, request, found)
  const measured = new Set(featuresIn(response, vocabulary, mode, thirdParty))
  const groups = vocabulary.groups
    .filter((group) => group !== 'ThirdParty' || thirdParty.length > 0)
    .map((group) => ({
      group,
      missing: [
        ...new Set(
          featuresOf(group, thirdParty)
            .filter((feature) => !measured.has(feature) && feature !== untoldFeature)
            .map((feature) => metricsOfFeature(feature, vocabulary, mode, thirdParty)[0] ?? feature),
        ),
      ],
    }))
  const energy = energyIn(response, vocabulary, mode)
  const sources = [...sourcesIn(moving(energy))].map(([source, components]) => ({
    source,
    components: [...components],
    known: isKnownSource(source),
    missing: isKnownSource(source) ? componentsOf(source).filter((component) => !components.has(component)) : [],
  }))
  return {
    metrics: inspectResponse(response),
    groups,
    sources,
    vocabulary: vocabulary.name,
    otherVocabularies: found.list().map(({ metric }) => metric),
    machines: machinesOf(
      energy.map(({ series }) => series),
      identityOptions({ ...request, vm }),
    ).map(machineReport),
    extractions: sources.flatMap(({ source }) => extractionReport(response, source, groups, request)),
    usable: groups.some(({ missing }) => missing.length === 0) && sources.some(({ source }) => isEnergySource(source)),
  }
}

/** With the group of most features: what is wrong with any of them shows. */
function extractionReport(
  response: PrometheusResponse,
  source: string,
  groups: readonly GroupReport[],
  request: ValidateRequest,
): readonly ExtractionReport[] {
  const { thirdParty = [] } = request
  const complete = groups.filter(({ missing }) => missing.length === 0).map(({ group }) => group)
  const [group] = complete.sort((a, b) => featuresOf(b, thirdParty).length - featuresOf(a, thirdParty).length)
  if (group === undefined || !isEnergySource(source)) return []
  const features = featuresOf(group, thirdParty)
  try {
    const {
      dataset,
      findings: found,
      scrapes,
    } = defaultExtractor().extract(response, {
      ...request,
      features,
      source,
      outputType: 'AbsPower',
    })
    return [{ source, group, rows: dataset.rows, scrapes, findings: found, error: undefined }]
  } catch (error) {
    return [{ source, group, rows: 0, scrapes: [], findings: [], error: messageOf(error) }]
  }
}

/** Components that a source nobody knows only seems to have stand still. */
function moving(energy: readonly EnergySeries[]): readonly EnergySeries[] {
  const moves = ({ values }: Series) => values.some((value) => Number.isFinite(value) && value !== values[0])
  const some = energy.filter(({ source = '', series }) => isKnownSource(source) || moves(series))
  const lost = energy.filter(({ source }) => !some.some((one) => one.source === source))
  return [...some, ...lost]
}

function machineReport({ name, identity, taken, replicas, samples }: MachineViews): MachineReport {
  const own = taken[0]?.labels ?? {}
  return {
    name,
    labels: Object.fromEntries([...identity].map(([label, values]) => [label, [...values].join('|')])),
    samples,
    replicas: replicas.map(({ labels }) =>
      Object.keys({ ...own, ...labels })
        .filter((label) => labels[label] !== own[label])
        .map((label) => `${label}=${labels[label] ?? ''}`)
        .join(', '),
    ),
  }
}
