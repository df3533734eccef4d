import { isKeplerTrainingMetric } from '../../vocabulary/vocabularies.js'
import type { Measurements } from '../../extract/measurements.js'
import type { PrometheusResponse, Series } from '../../prometheus/response.js'
import type { PartedHistory } from '../history/part-history.js'
import type { StoredTarget } from '../history/series-store.js'
import type { NodeOsMachines } from '../node-os-machines.js'
import { guestsIn } from './guests.js'
import { reportedTypes } from './machine-types.js'
import { type FoundMachine, machinesIn } from './machines.js'
import { type TargetGroup, targetGroups } from './target-groups.js'

/** The machines of a history. Each is read when its response is looked at; those of one group of targets stay in memory. */
export interface MeasuredMachines {
  /** Sorted by instance. */
  readonly machines: readonly FoundMachine[]
  /** Virtual machines, those of one host behind each other; empty where they are not looked for. */
  readonly guests: readonly FoundMachine[]
  /** The node types that Kepler itself reports. */
  readonly reportedTypes: ReadonlySet<number>
}

export interface MeasuredMachinesOptions {
  readonly measurements: Measurements
  readonly nodeOs: NodeOsMachines
}

/** Looks for machines in one group of scrape targets after another: no more than those of one are in memory at once. */
export function measuredMachines(
  history: PartedHistory,
  { measurements, nodeOs }: MeasuredMachinesOptions,
): MeasuredMachines {
  const { groups, responseOf } = groupedResponses(history, measurements)
  const find = (group: TargetGroup) => {
    const response = responseOf(group)
    return {
      group,
      response,
      machines: machinesIn(response, measurements, groups.length),
      guests: nodeOs === 'guests' ? guestsIn(response, measurements, groups.length) : [],
    }
  }
  let last: ReturnType<typeof find> | undefined
  const foundIn = (group: TargetGroup) => {
    if (last?.group === group) return last
    // What was there before may go before more is read.
    last = undefined
    last = find(group)
    return last
  }
  const machines: FoundMachine[] = []
  const guests: FoundMachine[] = []
  const types = new Set<number>()
  for (const group of groups) {
    const found = foundIn(group)
    for (const type of reportedTypes(found.response)) types.add(type)
    machines.push(...found.machines.map((one, i) => readAgain(one, () => foundIn(group).machines[i]!)))
    guests.push(...found.guests.map((one, i) => readAgain(one, () => foundIn(group).guests[i]!)))
  }
  return {
    machines: machines.sort((a, b) => (a.machine.instance < b.machine.instance ? -1 : 1)),
    guests,
    reportedTypes: types,
  }
}

/** The same machine without what was measured of it, which is read when it is asked for. */
function readAgain({ machine, guest }: FoundMachine, read: () => FoundMachine): FoundMachine {
  return {
    machine,
    ...(guest !== undefined && { guest }),
    get response() {
      return read().response
    },
  }
}

/** Series of other machines' exporters that are shown beside those of a group without them, so that messages name some. */
const mostExamples = 6

function groupedResponses(
  { store, metrics }: PartedHistory,
  { identity }: Measurements,
): { readonly groups: readonly TargetGroup[]; readonly responseOf: (group: TargetGroup) => PrometheusResponse } {
  const targets = store.targets()
  const { groups, ofAny } = targetGroups(targets, identity)
  const ofAnySeries = store.read(ofAny)
  const { counts, examples } = overview(targets, metrics)
  return {
    groups,
    responseOf({ targets }) {
      const own = store.read(targets)
      const series = new Map<string, readonly Series[]>()
      let samples = 0
      for (const metric of counts.keys()) {
        const found = [...(own.get(metric) ?? []), ...(ofAnySeries.get(metric) ?? [])]
        for (const { values } of found) samples += values.length
        series.set(metric, found.length > 0 ? found : (examples.get(metric) ?? []))
      }
      return { series, metrics: counts, samples, bytes: 0, badSamples: [], notices: { warnings: [], infos: [] } }
    },
  }
}

/** How many series each metric has, and some of those of other exporters than Kepler, without samples. */
function overview(targets: readonly StoredTarget[], metrics: ReadonlySet<string>) {
  const counts = new Map([...metrics].map((metric) => [metric, 0]))
  const examples = new Map<string, Series[]>()
  const none = new Float64Array(0)
  for (const target of targets) {
    const shown = new Set<string>()
    for (const { metric, labels } of target.series()) {
      counts.set(metric, (counts.get(metric) ?? 0) + 1)
      if (shown.has(metric) || isKeplerTrainingMetric(metric, 'container')) continue
      shown.add(metric)
      const some = examples.get(metric) ?? []
      examples.set(metric, some)
      if (some.length < mostExamples) some.push({ metric, labels: labels(), timestamps: none, values: none })
    }
  }
  return { counts, examples }
}
