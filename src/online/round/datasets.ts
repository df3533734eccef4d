import type { EnergySource } from '../../core/energy-source.js'
import { ModelError, messageOf } from '../../core/errors.js'
import { type FeatureGroup, featuresOf, validFeatureGroups } from '../../core/feature-group.js'
import type { Dataset } from '../../extract/dataset.js'
import { defaultExtractor } from '../../extract/default.js'
import type { Finding } from '../../extract/findings.js'
import { featuresIn } from '../../extract/usage-series.js'
import type { Measurements } from '../../extract/measurements.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import type { MetricVocabulary } from '../../vocabulary/metric-vocabulary.js'
import { vocabularyNamed } from '../../vocabulary/vocabularies.js'
import type { NodeOsMachines } from '../node-os-machines.js'
import { type KeptDatasets, keptDatasets, type NodeDatasets } from './kept-datasets.js'
import type { MachineTypes } from './machine-types.js'
import type { FoundMachine, Machine } from './machines.js'

/** What one machine measured with one meter, by feature group. */
export interface MachineData {
  readonly machine: Machine
  readonly source: EnergySource
  /** One row a timestamp, the whole node. Made again on each access where there is no room to keep it. */
  readonly node: NodeDatasets
  /** One row a container and timestamp, for isolators that tell containers apart. @throws ModelError as `extract` */
  containers(group: FeatureGroup): Dataset
}

export interface Extracted {
  readonly data: readonly MachineData[]
  /** What could not be extracted, and why. */
  readonly failures: readonly { readonly what: string; readonly why: string }[]
  /** What was wrong with measurements, and what was done about it: once for all groups. */
  readonly findings: readonly MachineFinding[]
}

export interface MachineFinding extends Finding {
  readonly instance: string
  readonly source: EnergySource
}

export interface ExtractMachinesOptions {
  /** @default 'off' */
  readonly nodeOs?: NodeOsMachines
  /** @default all of them */
  readonly kept?: KeptDatasets
  /** Called with each machine while its datasets are surely there. */
  readonly onExtracted?: (data: MachineData) => void
}

const extractor = defaultExtractor()

/** The datasets of every machine with a meter. A group or source that cannot be extracted is a failure and affects no other. */
export function extractMachines(
  machines: readonly FoundMachine[],
  types: MachineTypes,
  { machineLabels, identity, meters }: Measurements,
  {
    nodeOs = 'off',
    kept = keptDatasets(Number.POSITIVE_INFINITY),
    onExtracted = () => {},
  }: ExtractMachinesOptions = {},
): Extracted {
  const data: MachineData[] = []
  const failures: { what: string; why: string }[] = []
  const findings = new Map<string, MachineFinding>()
  for (const found of machines) {
    const { machine, guest = false } = found
    const { instance } = machine
    const vocabulary = vocabularyNamed(machine.vocabulary)
    if (machine.sources.length === 0) continue
    const groups = guest ? guestGroups : groupsOf(found.response, vocabulary, nodeOs)
    const nodeType = types.of(instance)
    for (const source of machine.sources) {
      const request = {
        source,
        vocabulary,
        machineLabels,
        identity,
        meters: guest ? [] : meters,
        ...(guest && { vm: true, instance }),
        ...(nodeType !== undefined && { nodeType }),
      }
      const extractNode = (group: FeatureGroup) => {
        // Looked at each time and not kept here: it may be read again when it is needed.
        const extraction = extractor.extract(found.response, {
          ...request,
          features: featuresOf(group),
          outputType: 'AbsPower',
        })
        if (group === 'NodeOS' && (guest || machines.length > 1)) refuseAssumed(extraction.findings)
        return extraction
      }
      const node = new Map<FeatureGroup, Dataset>()
      for (const group of groups) {
        try {
          const extraction = extractNode(group)
          node.set(group, extraction.dataset)
          for (const finding of extraction.findings) {
            findings.set(`${instance} ${source} ${finding.kind} ${finding.metric}`, { ...finding, instance, source })
          }
        } catch (error) {
          failures.push({ what: `${instance} ${source}/${group}`, why: messageOf(error) })
        }
      }
      if (node.size === 0) continue
      const containers = (group: FeatureGroup) =>
        extractor.extract(found.response, { ...request, features: featuresOf(group), outputType: 'DynPower' }).dataset
      const valid = [...node.keys()]
      const nodeOf = kept.keep(node, () => new Map(valid.map((group) => [group, extractNode(group).dataset])))
      const one: MachineData = {
        machine,
        source,
        get node() {
          return nodeOf()
        },
        containers,
      }
      data.push(one)
      onExtracted(one)
    }
  }
  return { data, failures, findings: [...findings.values()] }
}

const guestGroups: readonly FeatureGroup[] = ['NodeOS']

function groupsOf(
  response: PrometheusResponse,
  vocabulary: MetricVocabulary,
  nodeOs: NodeOsMachines,
): readonly FeatureGroup[] {
  const own = vocabulary.groups.filter((group) => group !== 'NodeOS' || nodeOs === 'nodes')
  return validFeatureGroups(featuresIn(response, vocabulary, 'container'), own)
}

/**
 * An exporter that nothing names is the machine's where a person sees that it was assumed. Without one looking, the
 * exporter of a host would be taken for that of its only guest.
 *
 * @throws ModelError `INVALID_DATA`
 */
function refuseAssumed(found: readonly Finding[]): void {
  const assumed = found.find(({ kind }) => kind === 'machine assumed')
  if (assumed === undefined) return
  throw new ModelError('INVALID_DATA', `nothing tells whose ${assumed.metric} it is: ${assumed.example}`, {
    field: assumed.metric,
  })
}
