import type { EnergySource } from '../core/energy-source.js'
import type { Dataset } from '../extract/dataset.js'
import { findings } from '../extract/findings.js'
import type { Extractor, ExtractRequest } from '../extract/extractor.js'
import { featuresIn } from '../extract/usage-series.js'
import { vocabularyFor } from '../extract/vocabulary-for.js'
import { type BackgroundRule, isBackground } from '../isolate/background.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import type { WorkloadAt } from './training-set.js'

/** Features by which the busiest container is found; the first that is measured is used. */
const usage = ['cpu_instructions', 'bpf_cpu_time_ms', 'cpu_time_ms', 'cpu_cycles'] as const

/** Share of the node's usage that a workload must have for a timestamp to be labelled with it. */
const share = 0.5
/** A name that labels fewer timestamps than this is not used as a workload. */
const minTimes = 5

/**
 * Labels timestamps with the workload that uses most, by the names of containers or, where that gives only one workload,
 * of pods. System containers and those that `rule` calls background are not workloads. `undefined` when there are fewer
 * than two workloads.
 */
export function workloadsOf(
  response: PrometheusResponse,
  extractor: Extractor,
  request: Omit<ExtractRequest, 'features' | 'outputType' | 'source'> & { readonly source: EnergySource },
  rule: BackgroundRule,
): WorkloadAt | undefined {
  const vocabulary = vocabularyFor(response, request, findings())
  const measured = featuresIn(response, vocabulary, request.vm ? 'vm' : 'container')
  const feature = usage.find((name) => measured.includes(name))
  if (feature === undefined) return undefined
  const { dataset } = extractor.extract(response, { ...request, features: [feature], outputType: 'DynPower' })
  const background = isBackground(rule)
  for (const nameOf of [containerName, podName]) {
    const busiest = busiestAt(dataset, (id) => (background(id) || isSystem(id) ? undefined : nameOf(id)))
    const times = new Map<string, number>()
    for (const name of busiest.values()) times.set(name, (times.get(name) ?? 0) + 1)
    if ([...times.values()].filter((count) => count >= minTimes).length >= 2) return (time) => busiest.get(time)
  }
  return undefined
}

function busiestAt(
  { rows, timestamps, containerIds = [], features }: Dataset,
  nameOf: (id: string) => string | undefined,
): Map<number, string> {
  const values = features[0]?.values ?? new Float64Array(rows)
  const byTime = new Map<number, { total: number; names: Map<string, number> }>()
  for (let i = 0; i < rows; i++) {
    const time = timestamps[i]!
    const at = byTime.get(time) ?? { total: 0, names: new Map<string, number>() }
    byTime.set(time, at)
    at.total += values[i]!
    const name = nameOf(containerIds[i] ?? '')
    if (name !== undefined) at.names.set(name, (at.names.get(name) ?? 0) + values[i]!)
  }
  const busiest = new Map<number, string>()
  for (const [time, { total, names }] of byTime) {
    for (const [name, value] of names) if (total > 0 && value >= share * total) busiest.set(time, name)
  }
  return busiest
}

/** Ids are `container_id/pod_name/container_name/container_namespace`. */
function isSystem(id: string): boolean {
  const [, , container = '', namespace = ''] = id.split('/')
  return /^(kube-|openshift-|system$)/.test(namespace) || /_processes$/.test(container)
}

function containerName(id: string): string | undefined {
  return id.split('/')[2]
}

function podName(id: string): string | undefined {
  return id.split('/')[1]
}
