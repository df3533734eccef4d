import { EnergyColumn, energyComponents, type SimulatedContainer } from '../container.js'
import type { SimulatedMachine } from '../machine.js'
import { type SimulatedNode, simulatedNode } from '../node.js'
import type { Workload } from '../scenario.js'
import { UsageColumn } from '../usage.js'
import type { FleetScenario } from './fleet-scenario.js'
import { type Guest, type LivingGuest, livingGuest } from './guest.js'
import { guestProfiles } from './guest-profile.js'
import { countingSystem, type OperatingSystem } from './operating-system.js'

/** The zones that the host's Kepler shows, and the component of each. */
export const fleetZones = Object.freeze({
  package: 'package',
  core: 'core',
  uncore: 'uncore',
  dram: 'dram',
  psys: 'platform',
} as const)
export type FleetZone = keyof typeof fleetZones
export const fleetZoneNames = Object.keys(fleetZones) as readonly FleetZone[]

/** Joules by zone, in the order of {@link fleetZoneNames}. */
export type ZoneJoules = Float64Array

/** A virtual machine as its host's Kepler sees it: one process. */
export interface MeteredGuest {
  readonly guest: Guest
  readonly pid: number
  /** Its share of the active energy, by its processor time: what Kepler shows. */
  readonly joules: ZoneJoules
  /** Its share of the active power now. */
  readonly watts: ZoneJoules
  readonly cpuSeconds: number
  /** Ground truth: what it added to the idle machine. Kepler does not know it. */
  readonly trueJoules: ZoneJoules
}

/** A machine that runs virtual machines, with a Kepler 0.10 on it. */
export interface Host {
  readonly name: string
  readonly machine: SimulatedMachine
  readonly guests: readonly MeteredGuest[]
  /** Energy since the start: all, and as Kepler divides it into active and idle. */
  readonly joules: ZoneJoules
  readonly activeJoules: ZoneJoules
  readonly watts: ZoneJoules
  /** Part of the processors that works now. */
  readonly usageRatio: number
  /** The host's own processes. */
  readonly own: { readonly pid: number; readonly cpuSeconds: number; readonly joules: ZoneJoules }
  readonly system: OperatingSystem
  advanceTo(seconds: number): void
}

export interface HostOptions {
  readonly machine: SimulatedMachine
  readonly scenario: FleetScenario
  readonly guests: number
  readonly vcpus: number
  /** The number of its first guest in the fleet. */
  readonly firstGuest: number
  readonly seed: number
}

const ownWork: Workload = {
  name: 'host',
  pod: '',
  namespace: '',
  background: true,
  profile: 'system',
  pattern: { kind: 'wave', low: 0.5, high: 1, seconds: 140 },
  share: 0.01,
}
const bytesPerGigabyte = 1024 ** 3
const firstPid = 4000

/** A host by the power model of a node: its virtual machines are the containers of that. */
export function simulatedHost({ machine, scenario, guests, vcpus, firstGuest, seed }: HostOptions): Host {
  const { cores, memory } = machine.spec
  const memoryBytes = Math.round((0.9 * memory * bytesPerGigabyte) / guests)
  const living = Array.from({ length: guests }, (_, i) => {
    const index = firstGuest + i
    const work = scenario.work[index % scenario.work.length]!
    return livingGuest({ name: `${work}-${index + 1}`, work, vcpus, memoryBytes, seed: seed + 131 * (i + 1) })
  })
  const node = simulatedNode({ scenario: workOf(living, scenario, firstGuest, vcpus / cores), machine, seed })
  const metered = living.map((guest, i) => meteredGuest(guest, firstPid + i))
  const own = { pid: 1, cpuSeconds: 0, joules: zoneJoules() }
  const joules = zoneJoules()
  const activeJoules = zoneJoules()
  const watts = zoneJoules()
  const system = countingSystem(machine.instance, cores, memory * bytesPerGigabyte)
  let usageRatio = 0
  let second = 0

  function begin(next: number): void {
    second = next
    for (const { guest } of metered) {
      const process = processOf(node, guest.name)
      guest.begin(coresOf(process), process.wantedCores)
    }
  }

  /** Kepler's rule: active energy is all energy times the usage ratio, divided by processor time. */
  function account(before: ZoneJoules, cores: ReadonlyMap<string, number>, seconds: number): void {
    const work = [...cores.values()].reduce((sum, got) => sum + got, 0)
    usageRatio = Math.min(1, work / machine.spec.cores)
    nodeJoules(node).forEach((after, z) => {
      const used = after - before[z]!
      const active = used * usageRatio
      // The host's own processes always work.
      const shareOf = (name: string) => (active * cores.get(name)!) / work
      joules[z]! += used
      activeJoules[z]! += active
      watts[z] = used / seconds
      for (const { guest, joules: theirs, watts: now } of metered) {
        const share = shareOf(guest.name)
        theirs[z]! += share
        now[z] = share / seconds
      }
      own.joules[z]! += shareOf(ownWork.name)
    })
  }

  function pass(until: number): void {
    const seconds = until - node.now()
    const cores = coresNow(node)
    const before = nodeJoules(node)
    node.advanceTo(until)
    account(before, cores, seconds)
    for (const one of metered) {
      one.guest.pass(seconds)
      one.cpuSeconds += cores.get(one.guest.name)! * seconds
      one.trueJoules.set(trueJoules(processOf(node, one.guest.name)))
    }
    const ownCores = cores.get(ownWork.name)!
    own.cpuSeconds += ownCores * seconds
    const ofGuests = [...cores.values()].reduce((sum, got) => sum + got, -ownCores)
    system.pass(
      {
        // The time of guests is user time of their host.
        cpu: { user: ofGuests + 0.6 * ownCores, system: 0.4 * ownCores },
        contextSwitches: 900 * ofGuests + 5000 * ownCores,
        pageFaults: 40 * ofGuests + 2000 * ownCores,
        memoryUsed: 0.92,
        running: ofGuests + ownCores,
        hertz: node.hertz(),
      },
      seconds,
    )
  }

  begin(0)
  return {
    name: machine.instance,
    machine,
    guests: metered,
    joules,
    activeJoules,
    watts,
    get usageRatio() {
      return usageRatio
    },
    own,
    system,
    advanceTo(seconds) {
      while (node.now() < seconds) {
        pass(Math.min(seconds, second + 1))
        if (node.now() === second + 1) begin(second + 1)
      }
    },
  }
}

interface CountedGuest extends MeteredGuest {
  readonly guest: LivingGuest
  cpuSeconds: number
}

function meteredGuest(guest: LivingGuest, pid: number): CountedGuest {
  return { guest, pid, joules: zoneJoules(), watts: zoneJoules(), cpuSeconds: 0, trueJoules: zoneJoules() }
}

function workOf(guests: readonly Guest[], scenario: FleetScenario, firstGuest: number, share: number) {
  const workloads = guests.map(({ name, work }, i): Workload => {
    const pattern = scenario.pattern(firstGuest + i)
    return {
      name,
      pod: '',
      namespace: '',
      background: false,
      profile: guestProfiles[work].usage,
      pattern,
      share,
    }
  })
  return { name: scenario.name, summary: scenario.summary, workloads: [ownWork, ...workloads] }
}

/** That of a virtual machine, which runs all the time. */
function processOf(node: SimulatedNode, name: string): SimulatedContainer {
  return node.containers().find(({ workload }) => workload.name === name)!
}

function coresNow(node: SimulatedNode): ReadonlyMap<string, number> {
  return new Map(node.containers().map((container) => [container.workload.name, coresOf(container)]))
}

function coresOf({ rates }: SimulatedContainer): number {
  return rates[UsageColumn.bpf_cpu_time_ms]! / 1000
}

function trueJoules({ joules }: SimulatedContainer): ZoneJoules {
  return Float64Array.from(fleetZoneNames, (zone) => joules[EnergyColumn[fleetZones[zone]]]!)
}

function nodeJoules({ used }: SimulatedNode): ZoneJoules {
  return Float64Array.from(fleetZoneNames, (zone) => {
    const column = energyComponents.indexOf(fleetZones[zone])
    return [...used.idle[column]!, ...used.dynamic[column]!].reduce((sum, joules) => sum + joules, 0)
  })
}

function zoneJoules(): ZoneJoules {
  return new Float64Array(fleetZoneNames.length)
}
