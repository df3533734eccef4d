import type { EnergySource } from '../core/energy-source.js'
import { ModelError, messageOf } from '../core/errors.js'
import { type FeatureGroup, featuresOf, validFeatureGroups } from '../core/feature-group.js'
import type { OutputType } from '../core/output-type.js'
import type { ContainerRows } from '../extract/container-rows.js'
import type { Dataset } from '../extract/dataset.js'
import type { Extractor, ExtractRequest } from '../extract/extractor.js'
import { type Finding, findings as newFindings } from '../extract/findings.js'
import { featuresIn } from '../extract/usage-series.js'
import { vocabularyFor } from '../extract/vocabulary-for.js'
import type { BackgroundRule } from '../isolate/background.js'
import type { Isolator } from '../isolate/isolator.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import type { MetricVocabulary } from '../vocabulary/metric-vocabulary.js'
import { trainableGroups } from '../vocabulary/vocabularies.js'
import { type TrainingSet, trainingSets, type WorkloadAt } from './training-set.js'
import { workloadsOf } from './workloads.js'

export interface TrainingSetOptions extends Omit<ExtractRequest, 'features' | 'source' | 'outputType'> {
  readonly sources: readonly EnergySource[]
  readonly outputTypes: readonly OutputType[]
  readonly extractor: Extractor
  /** Gives dynamic power; not called where `outputTypes` has none. */
  readonly isolator: (source: EnergySource) => Isolator
  /** Only these groups of those that are valid. @default all */
  readonly groups?: readonly FeatureGroup[]
  /** Containers that belong to no workload when workloads are left out for cross-validation. */
  readonly background?: BackgroundRule
}

/** A dataset as a file of `preprocessed_data/`. */
export interface Preprocessed {
  readonly fileName: string
  readonly dataset: Dataset
}

export interface BuiltTrainingSets {
  readonly sets: readonly TrainingSet[]
  readonly preprocessed: readonly Preprocessed[]
  readonly findings: readonly Finding[]
  readonly notes: readonly string[]
  /** Combinations that have no training set, and why. */
  readonly failures: readonly { readonly what: string; readonly why: string }[]
}

/**
 * Extracts and isolates the training sets of all energy sources, valid feature groups, output types and node types. A
 * source or group that cannot be used is a failure and affects no other.
 *
 * @throws ModelError `INVALID_DATA` when nothing is left, with the first reason
 */
export function buildTrainingSets(response: PrometheusResponse, options: TrainingSetOptions): BuiltTrainingSets {
  const { sources, outputTypes, extractor, isolator, background = {}, ...rest } = options
  const ofResponse = newFindings()
  const vocabulary = vocabularyFor(response, options, ofResponse)
  const request = { ...rest, vocabulary }
  const groups = groupsOf(response, vocabulary, options)
  const sets: TrainingSet[] = []
  const preprocessed: Preprocessed[] = []
  const failures: { what: string; why: string }[] = []
  const workloadFailures: { what: string; why: string }[] = []
  const findings = new Map<string, Finding>()
  const notes = new Set<string>()
  const note = (all: readonly Finding[]) => {
    for (const finding of all) findings.set(`${finding.kind} ${finding.metric}`, finding)
  }
  note(ofResponse.list())

  const extractNode = (features: readonly string[], source: EnergySource): Dataset => {
    const extraction = extractor.extract(response, { ...request, features, source, outputType: 'AbsPower' })
    note(extraction.findings)
    return extraction.dataset
  }
  // Never as a table: a row per container and time takes many times what the response does.
  const extractContainers = (features: readonly string[], source: EnergySource): ContainerRows => {
    const extraction = extractor.containers(response, { ...request, features, source })
    note(extraction.findings)
    return extraction.rows
  }
  const attempt = (what: string, work: () => void, failed = failures) => {
    try {
      work()
    } catch (error) {
      failed.push({ what, why: messageOf(error) })
    }
  }
  const findWorkloads = (source: EnergySource) => {
    workloadAt ??= workloadsOf(response, extractor, { ...request, source }, background)
  }

  let workloadAt: WorkloadAt | undefined
  // What runs in a guest is known by a Kepler in it.
  const tellsWorkloads = !request.vm || groups.some((group) => group !== 'NodeOS')
  for (const source of sources) {
    if (tellsWorkloads) attempt(`workloads of ${source}`, () => findWorkloads(source), workloadFailures)
    for (const group of groups) {
      const features = featuresOf(group, request.thirdParty)
      let node: Dataset | undefined
      const ofNode = () => (node ??= extractNode(features, source))
      if (outputTypes.includes('AbsPower')) {
        attempt(`${source}/AbsPower/${group}`, () => {
          const dataset = ofNode()
          sets.push(...trainingSets(dataset, group, workloadAt))
          preprocessed.push({ fileName: `preprocess_abs_${extractor.name}_${source}_${group}.csv`, dataset })
        })
      }
      if (!outputTypes.includes('DynPower') || group === 'NodeOS') continue
      attempt(`${source}/DynPower/${group}`, () => {
        const isolatorOfSource = isolator(source)
        const input = isolatorOfSource.needsContainers ? extractContainers(features, source) : ofNode()
        const isolation = isolatorOfSource.isolate(input)
        for (const text of isolation.notes) notes.add(`${source}: ${text}`)
        note(isolation.findings)
        sets.push(...trainingSets(isolation.dataset, group, workloadAt))
        const fileName = `preprocess_dyn_${extractor.name}_${isolatorOfSource.name}_${source}_${group}.csv`
        preprocessed.push({ fileName, dataset: isolation.dataset })
      })
    }
  }
  if (groups.includes('NodeOS') && !outputTypes.includes('AbsPower')) {
    failures.push({ what: 'DynPower/NodeOS', why: 'what an operating system tells is of the whole machine: AbsPower' })
  }
  if (sets.length === 0) {
    const [first] = failures
    throw new ModelError(
      'INVALID_DATA',
      first ? `nothing can be trained: ${first.what}: ${first.why}` : noGroups(response, vocabulary),
    )
  }
  return {
    sets,
    preprocessed,
    findings: [...findings.values()],
    notes: [...notes],
    failures: [...workloadFailures, ...failures],
  }
}

function groupsOf(
  response: PrometheusResponse,
  vocabulary: MetricVocabulary,
  { groups, vm, thirdParty = [] }: TrainingSetOptions,
): readonly FeatureGroup[] {
  const features = featuresIn(response, vocabulary, vm ? 'vm' : 'container', thirdParty)
  // A group that is asked for by name is trained whenever it can be, also where nobody would offer it.
  const offered = groups?.filter((group) => trainableGroups.has(group)) ?? vocabulary.groups
  return validFeatureGroups(features, offered, thirdParty)
}

function noGroups({ metrics }: PrometheusResponse, { title, groups }: MetricVocabulary): string {
  const usage = [...metrics.keys()].filter((metric) => !metric.includes('joules')).sort()
  return `no feature group is complete; ${title} has ${groups.join(', ')}; metrics of usage: ${usage.join(', ') || 'none'}`
}
