import { type Random, seededRandom } from '../numeric/random.js'
import { type ContainerProcess, energyComponents, runAt, type SimulatedContainer, startContainer } from './container.js'
import { defaultMachine, type SimulatedMachine } from './machine.js'
import { type EnergyCounters, powerOf } from './power.js'
import type { PowerCurve } from './power-curve.js'
import type { Scenario } from './scenario.js'
import { usageProfile, usageRates } from './usage.js'

export interface SimulationOptions {
  readonly scenario: Scenario
  /** @default {@link defaultMachine} */
  readonly machine?: SimulatedMachine
  /** The same seed gives the same node on every machine. @default 0 */
  readonly seed?: number
}

/**
 * A machine whose watts are known. Load, and with it power, stays the same within a second; joules and counters are the
 * exact integrals, whenever they are looked at.
 */
export interface SimulatedNode {
  readonly machine: SimulatedMachine
  readonly scenario: Scenario
  /** Seconds since the start. */
  now(): number
  /** Lets time pass; an earlier time changes nothing. */
  advanceTo(seconds: number): void
  /** Those that run now. */
  containers(): readonly SimulatedContainer[]
  /** What the exporter shows: begins at 0 again when it restarts. */
  readonly counted: EnergyCounters
  /** Ground truth: never begins again. */
  readonly used: EnergyCounters
  /** Hertz of the cores now. */
  hertz(): number
  curve(): PowerCurve
  /** From the next second on the machine follows another curve. */
  setCurve(curve: PowerCurve): void
}

export function simulatedNode({ scenario, machine = defaultMachine, seed = 0 }: SimulationOptions): SimulatedNode {
  const { chips, cores, frequency } = machine.spec
  const noise = seededRandom(seed * 1_000_003 + 7)
  const counted = noEnergy(chips)
  const used = noEnergy(chips)
  const current: (ContainerProcess | undefined)[] = scenario.workloads.map(() => undefined)
  const runs = scenario.workloads.map(() => -1)
  let watts = noEnergy(chips)
  let running: readonly ContainerProcess[] = []
  let curve = machine.curve
  let hertz = frequency * 1e6
  let now = 0
  let second = 0

  function begin(nextSecond: number): void {
    second = nextSecond
    if (scenario.resetEvery && second % scenario.resetEvery === 0) restartExporter()
    scenario.workloads.forEach((workload, index) => {
      const run = runAt(workload, second)
      if (run === runs[index]) return
      runs[index] = run
      current[index] = run < 0 ? undefined : startContainer(workload, run, { seed, index, chips, startedAt: second })
    })
    running = current.filter((container) => container !== undefined)
    const wanted = running.map(({ workload, level, startedAt }) => workload.share * level(second - startedAt))
    const total = wanted.reduce((sum, share) => sum + share, 0)
    // More work than cores: everybody gets less. A busy machine is a little slower than its turbo.
    const fit = Math.min(1, 1 / total)
    hertz = frequency * 1e6 * (1 - 0.15 * Math.min(1, total))
    running.forEach((container, i) => {
      const busy = wanted[i]! * fit * cores
      const profile = usageProfile(container.workload.profile)
      container.wantedCores = wanted[i]! * cores
      usageRates(profile, busy, hertz, container.rates)
      container.activity = busy * (0.55 + 0.2 * profile.instructionsPerCycle)
    })
    watts = powerOf(running, machine, curve, fluctuation(noise, curve.noise))
  }

  function pass(seconds: number): void {
    for (const container of running) {
      add(container.usage, container.rates, seconds)
      add(container.joules, container.watts, seconds)
    }
    for (const counters of [counted, used]) {
      for (let c = 0; c < energyComponents.length; c++) {
        add(counters.idle[c]!, watts.idle[c]!, seconds)
        add(counters.dynamic[c]!, watts.dynamic[c]!, seconds)
      }
    }
  }

  function restartExporter(): void {
    for (const joules of [...counted.idle, ...counted.dynamic]) joules.fill(0)
    for (const container of running) container.usage.fill(0)
  }

  begin(0)
  return {
    machine,
    scenario,
    now: () => now,
    advanceTo(seconds) {
      while (now < seconds) {
        const end = Math.min(seconds, second + 1)
        pass(end - now)
        now = end
        if (now === second + 1) begin(second + 1)
      }
    },
    containers: () => running,
    counted,
    used,
    hertz: () => hertz,
    curve: () => curve,
    setCurve(next) {
      curve = next
    },
  }
}

/** Real watts are never still: a factor for this second, the same for all components. */
function fluctuation(random: Random, deviation: number): number {
  return Math.max(0.2, 1 + deviation * random.normal())
}

function noEnergy(chips: number): EnergyCounters {
  const perComponent = () => energyComponents.map((component) => new Float64Array(component === 'platform' ? 1 : chips))
  return { idle: perComponent(), dynamic: perComponent() }
}

function add(sum: Float64Array, rates: Float64Array, seconds: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += rates[i]! * seconds
}
