import type { Component, EnergySource } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import type { MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import { exporterLabels } from '../vocabulary/vocabularies.js'
import { energyOf } from './energy.js'
import type { ExtractRequest } from './extractor.js'
import type { Findings } from './findings.js'
import { joinedSeries } from './identity/join.js'
import { groupLabels } from './identity/labels.js'
import { type IdentityOptions, isCalled, type MachineViews, machinesOf } from './identity/machines.js'
import { ownSeries } from './identity/own-series.js'
import { describeMeter, type Meter, meterSeries } from './meter.js'

/** Whose measurements a dataset is made of. */
export interface MachineSeries {
  readonly energy: Map<Component, readonly Series[]>
  /** Of series of the exporter that measured the machine's usage those of that machine, once. */
  own(series: readonly Series[]): readonly Series[]
  /** The same of an exporter of energy; in a virtual machine that is another one. */
  ofEnergy(series: readonly Series[]): readonly Series[]
  /** Of series of another exporter. @throws ModelError `INVALID_DATA` when it cannot be told which are the machine's */
  joined(series: readonly Series[], found?: Findings): readonly Series[]
}

type Wanted = Pick<ExtractRequest, 'source' | 'instance' | 'machineLabels' | 'identity' | 'meters' | 'vmJob'> & {
  readonly vm: boolean
}

/** What a host's Kepler calls a virtual machine: by its name, and by the id that its hypervisor gave it. */
export const guestLabels = ['vm_name', 'vm_id'] as const

/** Which labels tell machines apart, and which say what is measured. */
export function identityOptions({
  machineLabels = [],
  vm = false,
}: {
  readonly machineLabels?: readonly string[] | undefined
  readonly vm?: boolean
} = {}): IdentityOptions {
  // A host's Kepler measures several virtual machines: there they are what is told apart.
  const own = vm ? [...machineLabels, ...guestLabels] : machineLabels
  const measured = exporterLabels.filter((label) => !own.includes(label))
  return { measured: new Set(measured), machineLabels: own, ...(vm && { nameLabels: guestLabels }) }
}

/**
 * Chooses the machine that a dataset is of, and its energy. Measurements of two machines are never added up, nor the same
 * ones twice: one machine is taken, the one that is named or the one of most samples; `findings` say which others there
 * are, and which replicas were left out.
 *
 * @param usage series of usage, which decide where energy comes from meters that know no Kepler
 * @throws ModelError `INVALID_DATA` when there is no energy, or no machine of the name
 */
export function seriesOfMachine(
  response: PrometheusResponse,
  vocabulary: MetricVocabulary,
  wanted: Wanted,
  usage: () => readonly Series[],
  findings: Findings,
): MachineSeries {
  const { source, vm, vmJob = 'vm', identity: rules = [] } = wanted
  const mode: UsageMode = vm ? 'vm' : 'container'
  const options = identityOptions(wanted)
  const meters = (wanted.meters ?? []).filter((meter) => meter.source === source)
  const join = { rules, machineLabels: wanted.machineLabels ?? [] }

  if (meters.length > 0) {
    const machines = machinesOf(usage(), options)
    const metered = machines.map((machine) => ({
      machine,
      energy: () => meteredEnergy(meters, machine, machines.length),
    }))
    const chosen = chooseMetered(metered, wanted, findings)
    return { energy: chosen.energy, ...seriesBy(chosen.machine, machines.length) }
  }

  const energy = energyOf(response, vocabulary, source, mode, findings)
  for (const [component, series] of energy) energy.set(component, withoutVms(series, vm, vmJob))
  const machines = machinesOf([...energy.values()].flat(), options)
  const machine = chooseMachine(machines, wanted.instance, 'energy', findings)
  for (const [component, series] of energy) {
    const own = ownSeries(series, machine, options)
    if (own.length > 0) energy.set(component, own)
    else energy.delete(component)
  }
  if (!vm) return { energy, ...seriesBy(machine, machines.length) }
  const guest = guestOf(machine, machines, machinesOf(usage(), options), findings)
  const inside = guest === machine ? asGuest(machine) : guest
  return { energy, ...seriesBy(inside, machines.length), ofEnergy: (series) => ownSeries(series, machine, options) }

  function seriesBy(machine: MachineViews, count: number): Omit<MachineSeries, 'energy'> {
    const own = (series: readonly Series[]) => ownSeries(series, machine, options)
    return {
      own,
      ofEnergy: own,
      joined: (series, found = findings) => joinedSeries(series, machine, { ...join, machines: count }, found),
    }
  }

  function meteredEnergy(
    of: readonly Meter[],
    machine: MachineViews,
    count: number,
  ): Map<Component, readonly Series[]> {
    const found = new Map<Component, readonly Series[]>()
    for (const meter of of) {
      const all = meterSeries(meter, response)
      if (all.length === 0) {
        throw new ModelError('INVALID_DATA', `the meter ${describeMeter(meter)} has no series`, {
          field: 'power-metric',
        })
      }
      const own = joinedSeries(all, machine, { ...join, machines: count }, findings)
      found.set(meter.component, [...(found.get(meter.component) ?? []), ...own])
    }
    return found
  }
}

/** The first machine, of those that are called so, that the meters measure. @throws ModelError of the first that is not */
function chooseMetered(
  candidates: readonly { machine: MachineViews; energy: () => Map<Component, readonly Series[]> }[],
  { instance, source }: { readonly instance?: string | undefined; readonly source: EnergySource },
  findings: Findings,
) {
  const called = candidates.filter(({ machine }) => instance === undefined || isCalled(machine, instance))
  let first: unknown
  for (const { machine, energy } of called) {
    try {
      const metered = energy()
      sayWhichWereLeft(
        machine,
        called.map((one) => one.machine).filter((one) => one !== machine),
        'usage',
        findings,
      )
      return { machine, energy: metered }
    } catch (error) {
      first ??= error
    }
  }
  if (first !== undefined) throw first
  const there = candidates.map(({ machine }) => machine.name).join(', ')
  throw new ModelError(
    'INVALID_DATA',
    candidates.length === 0
      ? `no machine has usage to go with the meter of ${source}`
      : `no usage was measured by instance ${quote(instance)}; there are ${there}`,
  )
}

function chooseMachine(
  machines: readonly MachineViews[],
  instance: string | undefined,
  what: string,
  findings: Findings,
): MachineViews {
  const called = instance === undefined ? machines : machines.filter((machine) => isCalled(machine, instance))
  const [machine, ...others] = called
  if (machine === undefined) {
    const there = machines.map(({ name }) => name || '(no instance)').join(', ') || 'none'
    throw new ModelError(
      'INVALID_DATA',
      `no ${what} was measured by instance ${quote(instance ?? '')}; there are ${there}`,
    )
  }
  sayWhichWereLeft(machine, others, what, findings)
  return machine
}

function sayWhichWereLeft(
  machine: MachineViews,
  others: readonly MachineViews[],
  what: string,
  findings: Findings,
): void {
  const metric = [...(machine.taken[0]?.series().values() ?? [])][0]?.metric ?? what
  const [other] = others
  if (other) {
    const names = others.map(({ name }) => name || '(no instance)')
    const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
    const example = `${shown} (taken: ${machine.name || '(no instance)'}; choose with --instance or --select)`
    findings.add('other exporter', metric, others.length, example)
  }
  const [replica] = machine.replicas
  if (replica) {
    const taken = machine.taken[0]?.labels ?? {}
    const differ = [...new Set([...Object.keys(replica.labels), ...Object.keys(taken)])].filter(
      (label) => replica.labels[label] !== taken[label],
    )
    const label = differ[0] ?? ''
    const example = `${label}=${replica.labels[label] ?? ''} (taken: ${label}=${taken[label] ?? ''}; choose with --select)`
    findings.add('replica', metric, machine.replicas.length, example)
  }
}

/** The virtual machine whose usage goes with the energy that its host measured. @throws ModelError when it cannot be told */
function guestOf(
  energy: MachineViews,
  hosts: readonly MachineViews[],
  guests: readonly MachineViews[],
  findings: Findings,
): MachineViews {
  const ids = [...(energy.identity.get('vm_id') ?? [])]
  const called = guests.filter((guest) => ids.some((id) => isCalled(guest, id)))
  const [guest] = called.length > 0 ? called : guests
  if (guest === undefined) return energy
  if (called.length === 0 && hosts.length > 1) {
    throw new ModelError(
      'INVALID_DATA',
      `energy of ${hosts.length} virtual machines, and nothing tells which the usage of ${guest.name} is of: ` +
        `${hosts.map(({ name }) => name).join(', ')}; choose with --select 'vm_id=~"ID|"'`,
      { field: 'select' },
    )
  }
  sayWhichWereLeft(
    guest,
    guests.filter((other) => other !== guest),
    'usage',
    findings,
  )
  return guest
}

/**
 * A virtual machine as exporters inside of it name it: by its name, and not by the address and node of its host, which
 * has exporters of its own.
 */
export function asGuest(machine: MachineViews): MachineViews {
  const of = (label: string) => machine.identity.get(label) ?? new Set<string>()
  const groups = [...machine.identity].filter(([label]) => groupLabels.some((group) => group === label))
  const guest = guestLabels.map((label) => [label, of(label)] as const)
  const address = new Set(guest.flatMap(([, values]) => [...values]))
  return { ...machine, identity: new Map([...groups, ...guest, ['instance', address]]) }
}

/** A virtual machine's Kepler, scraped with its host's, estimates energy that the host measures already. */
function withoutVms(series: readonly Series[], vm: boolean, vmJob: string): readonly Series[] {
  const own = vm ? series : series.filter(({ labels }) => labels.job !== vmJob)
  return own.length > 0 ? own : series
}
