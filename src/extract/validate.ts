import { type Component, componentsOf, isEnergySource, isKnownSource } from '../core/energy-source.js'
import { type FeatureGroup, featuresOf } from '../core/feature-group.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import type { MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import { type EnergySeries, energyIn, sourcesIn } from './energy.js'
import { findings } from './findings.js'
import { type MachineViews, machinesOf } from './identity/machines.js'
import { inspectResponse, type MetricReport } from './inspect.js'
import { identityOptions } from './machine-series.js'
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
  /** Whether a dataset can be made of at least one group and one source. */
  readonly usable: boolean
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
      missing: featuresOf(group, thirdParty)
        .filter((feature) => !measured.has(feature))
        .map((feature) => metricsOfFeature(feature, vocabulary, mode, thirdParty)[0] ?? feature),
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
    usable: groups.some(({ missing }) => missing.length === 0) && sources.some(({ source }) => isEnergySource(source)),
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
