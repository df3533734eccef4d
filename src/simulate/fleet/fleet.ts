import { defaultMachine, type SimulatedMachine } from '../machine.js'
import type { FleetScenario } from './fleet-scenario.js'
import { fleetZoneNames, type Host, simulatedHost, type ZoneJoules } from './host.js'

export interface FleetOptions {
  readonly scenario: FleetScenario
  readonly hosts: number
  /** Virtual machines on each host. */
  readonly vms: number
  /** Of each virtual machine. @default half as many again on a host as it has processors */
  readonly vcpus?: number
  /** What the hosts are; each has a name of its own. @default {@link defaultMachine} */
  readonly machine?: SimulatedMachine
  /** @default 0 */
  readonly seed?: number
}

/** Hosts with virtual machines, on one clock. */
export interface Fleet {
  readonly hosts: readonly Host[]
  advanceTo(seconds: number): void
}

const overcommitment = 1.5
const seedOfHost = 7919

export function simulatedFleet({
  scenario,
  hosts,
  vms,
  machine = defaultMachine,
  vcpus = Math.max(1, Math.round((overcommitment * machine.spec.cores) / vms)),
  seed = 0,
}: FleetOptions): Fleet {
  const all = Array.from({ length: hosts }, (_, i) =>
    simulatedHost({
      machine: { ...machine, instance: `host-${i + 1}` },
      scenario,
      guests: vms,
      vcpus: Math.min(vcpus, machine.spec.cores),
      firstGuest: i * vms,
      seed: seed + i * seedOfHost,
    }),
  )
  return {
    hosts: all,
    advanceTo(seconds) {
      for (const host of all) host.advanceTo(seconds)
    },
  }
}

/** The power of a virtual machine between two samples, in watts by zone. */
export interface GuestTruth {
  readonly host: string
  readonly name: string
  readonly work: string
  /** What its host's Kepler gives it: the label of models for guests. */
  readonly attributed: readonly number[]
  /** What it adds to the idle host in truth. */
  readonly caused: readonly number[]
}

export interface FleetTruth {
  /** Unix seconds of the sample that ends it. */
  readonly time: number
  /** Zones in the order of `fleetZoneNames`: of each host all power, and the active part of it by Kepler's rule. */
  readonly hosts: readonly {
    readonly name: string
    readonly total: readonly number[]
    readonly active: readonly number[]
  }[]
  readonly guests: readonly GuestTruth[]
}

/** The true powers of a fleet between samples; `undefined` for the first. */
export function fleetTruthMeter({ hosts }: Fleet): { sample(time: number): FleetTruth | undefined } {
  let before: { readonly time: number; readonly joules: ReadonlyMap<ZoneJoules, ZoneJoules> } | undefined
  const counters = hosts.flatMap(({ joules, activeJoules, guests }) => [
    joules,
    activeJoules,
    ...guests.flatMap((guest) => [guest.joules, guest.trueJoules]),
  ])
  return {
    sample(time) {
      const last = before
      before = { time, joules: new Map(counters.map((counter) => [counter, counter.slice()])) }
      if (last === undefined) return undefined
      const watts = (counter: ZoneJoules) =>
        fleetZoneNames.map((_, z) => (counter[z]! - last.joules.get(counter)![z]!) / (time - last.time))
      return {
        time,
        hosts: hosts.map(({ name, joules, activeJoules }) => ({
          name,
          total: watts(joules),
          active: watts(activeJoules),
        })),
        guests: hosts.flatMap(({ name: host, guests }) =>
          guests.map(({ guest: { name, work }, joules, trueJoules }) => ({
            host,
            name,
            work,
            attributed: watts(joules),
            caused: watts(trueJoules),
          })),
        ),
      }
    },
  }
}
