import { append } from '../../core/multimap.js'
import { ModelError } from '../../core/errors.js'
import { energyIn } from '../../extract/energy.js'
import { findings } from '../../extract/findings.js'
import { joinedSeries } from '../../extract/identity/join.js'
import { machinesOf } from '../../extract/identity/machines.js'
import { ownSeries } from '../../extract/identity/own-series.js'
import { asGuest, guestLabels, identityOptions } from '../../extract/machine-series.js'
import { allMeasurements, type Measurements } from '../../extract/measurements.js'
import { targetOf } from '../../extract/scrapes.js'
import type { PrometheusResponse, Series } from '../../prometheus/response.js'
import { isNodeOsMetric } from '../../vocabulary/node-os.js'
import { vocabularies } from '../../vocabulary/vocabularies.js'
import type { Extracted } from './datasets.js'
import { type FoundMachine, machineOf } from './machines.js'

/** Whether what a virtual machine's operating system counts was found beside the power that its host gives it. */
export type GuestState = (typeof guestStates)[number]

export const guestStates = ['joined', 'not_joined', 'no_label'] as const

/** A virtual machine that the Kepler of a host shows. */
export interface Guest {
  readonly instance: string
  readonly state: GuestState
  /** What is missing; empty where nothing is. */
  readonly why: string
}

/**
 * Every virtual machine whose power a host tells; one that its hosts call the same has the host behind its name.
 *
 * @param count how many machines there are at least, where others are in other responses
 */
export function guestsIn(
  response: PrometheusResponse,
  measurements: Measurements = allMeasurements,
  count = 0,
): readonly FoundMachine[] {
  const { machineLabels, identity: rules } = measurements
  const options = identityOptions({ machineLabels, vm: true })
  const counted = countersByTarget(response)
  return vocabularies.flatMap((vocabulary) => {
    // A vocabulary whose series do not name the virtual machine cannot tell one from another.
    const energy = energyIn(response, vocabulary, 'vm').filter(({ series: { labels } }) =>
      guestLabels.some((label) => labels[label]),
    )
    const views = machinesOf(
      energy.map(({ series }) => series),
      options,
    )
    return views.map((view): FoundMachine => {
      const own = energy.filter(({ series }) => ownSeries([series], view, options).length > 0)
      const machine = machineOf(view, own, [], vocabulary)
      const power = vocabulary.energy.vm.map(
        ({ metric }) => [metric, ownSeries(response.series.get(metric) ?? [], view, options)] as const,
      )
      const inside = counted.of((series) =>
        joinedSeries(
          series,
          asGuest(view),
          { rules, machineLabels, machines: Math.max(count, views.length) },
          findings(),
        ),
      )
      // The address and node are those of the host, whose spec is not the guest's.
      const names = guestLabels.flatMap((label) => [...(view.identity.get(label) ?? [])])
      return {
        machine: { ...machine, names },
        response: { ...response, series: new Map([...response.series, ...power, ...inside]) },
        guest: true,
      }
    })
  })
}

/**
 * What operating systems count, by target. Each guest is looked for once among the targets: there may be a hundred guests
 * with a hundred series each.
 */
function countersByTarget({ series }: PrometheusResponse) {
  const metrics = [...series].filter(([metric]) => isNodeOsMetric(metric))
  const byTarget = new Map<string, Series[]>()
  for (const one of metrics.flatMap(([, list]) => list)) {
    append(byTarget, targetOf(one.labels), one)
  }
  const first = [...byTarget.values()].flatMap(([one]) => one ?? [])
  return {
    /** The metrics with the series of the joined targets alone; all of them where none can be joined, which says why. */
    of(joined: (series: readonly Series[]) => readonly Series[]): readonly (readonly [string, readonly Series[]])[] {
      try {
        const own = joined(first).flatMap(({ labels }) => byTarget.get(targetOf(labels)) ?? [])
        return metrics.map(([metric]) => [metric, own.filter((one) => one.metric === metric)])
      } catch (error) {
        if (error instanceof ModelError) return metrics
        throw error
      }
    },
  }
}

/** Which guests could be learnt from, and why the others could not. */
export function guestStatesOf(
  guests: readonly FoundMachine[],
  { data, failures }: Pick<Extracted, 'data' | 'failures'>,
): readonly Guest[] {
  const joined = new Set(data.map(({ machine }) => machine))
  return guests.map(({ machine }): Guest => {
    const { instance, state, why } = machine
    if (state === 'no_meter') return { instance, state: 'no_label', why }
    if (joined.has(machine)) return { instance, state: 'joined', why: '' }
    const failed = failures.find(({ what }) => what.startsWith(`${instance} `))
    return { instance, state: 'not_joined', why: failed?.why ?? '' }
  })
}

/** Why nothing is learnt from guests; `undefined` where something is. */
export function whyNoGuest(guests: readonly Guest[]): string | undefined {
  if (guests.some(({ state }) => state === 'joined')) return undefined
  const [first] = guests
  if (first) return `${first.instance}: ${first.why}`
  return 'no Kepler shows the power of a virtual machine (kepler_vm_cpu_*, or kepler_process_cpu_* with a vm_id)'
}
