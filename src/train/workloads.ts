import { append } from '../core/multimap.js'
import type { EnergySource } from '../core/energy-source.js'
import type { ContainerRows } from '../extract/container-rows.js'
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
  const { rows } = extractor.containers(response, { ...request, features: [feature] })
  const background = isBackground(rule)
  for (const nameOf of [containerName, podName]) {
    const busiest = busiestAt(rows, (id) => (background(id) || isSystem(id) ? undefined : nameOf(id)))
    const times = new Map<string, number>()
    for (const name of busiest.values()) times.set(name, (times.get(name) ?? 0) + 1)
    if ([...times.values()].filter((count) => count >= minTimes).length >= 2) return (time) => busiest.get(time)
  }
  return undefined
}

/**
 * Who used at least half at each time. Names are added up one after another: usage by time and name of thousands of pods
 * would take as much memory as the response.
 */
function busiestAt(rows: ContainerRows, nameOf: (id: string) => string | undefined): ReadonlyMap<number, string> {
  const { timestamps, containers } = rows
  const usageOf = (id: string) => rows.columnsOf(id).features[0]!
  const total = new Float64Array(timestamps.length)
  const named = new Map<string, number[]>()
  for (const [i, { id, times }] of containers.entries()) {
    const usage = usageOf(id)
    for (const time of times) total[time]! += usage[time]!
    const name = nameOf(id)
    if (name !== undefined) append(named, name, i)
  }
  const busiest = new Array<string | undefined>(timestamps.length)
  // Of two that used exactly half each, the one whose first container comes later.
  const firstOfBusiest = new Int32Array(timestamps.length).fill(-1)
  const sum = new Float64Array(timestamps.length)
  const first = new Int32Array(timestamps.length)
  for (const [name, own] of named) {
    sum.fill(0)
    first.fill(-1)
    for (const i of own) {
      const { id, times } = containers[i]!
      const usage = usageOf(id)
      for (const time of times) {
        sum[time]! += usage[time]!
        if (first[time] === -1) first[time] = i
      }
    }
    for (let time = 0; time < sum.length; time++) {
      if (first[time]! <= firstOfBusiest[time]! || !(total[time]! > 0 && sum[time]! >= share * total[time]!)) continue
      busiest[time] = name
      firstOfBusiest[time] = first[time]!
    }
  }
  return new Map(busiest.flatMap((name, time) => (name === undefined ? [] : [[timestamps[time]!, name] as const])))
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
