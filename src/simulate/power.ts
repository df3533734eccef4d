import { type ContainerProcess, EnergyColumn, energyComponents } from './container.js'
import type { SimulatedMachine } from './machine.js'
import type { PowerCurve } from './power-curve.js'
import { UsageColumn } from './usage.js'

/** Joules per component (in the order of `energyComponents`) and package; the platform is one unit, the first. */
export interface EnergyCounters {
  readonly idle: readonly Float64Array[]
  readonly dynamic: readonly Float64Array[]
}

/** Cache misses a second at which a package's memory is at its limit, per core. */
const fullMissesPerCore = 3e6

const interruptColumns = [UsageColumn.bpf_net_rx_irq, UsageColumn.bpf_net_tx_irq, UsageColumn.bpf_block_irq]

/** Parts of a package's idle and dynamic power that its cores, and what is around them, draw. */
const coreOfIdle = 0.35
const coreOfDynamic = 0.82
const uncoreOfIdle = 0.25
const uncoreOfDynamic = 0.1

/**
 * Watts of idle and above, per component and package, for the load of this second. A package's dynamic power follows the
 * curve over its activity, and its containers share in it by their part of that activity: their parts add up to the
 * whole, on every component. Sets each container's `watts`.
 */
export function powerOf(
  containers: readonly ContainerProcess[],
  { spec: { chips, cores } }: SimulatedMachine,
  curve: PowerCurve,
  fluctuation: number,
): EnergyCounters {
  for (const { watts } of containers) watts.fill(0)
  const [packageDynamic, dramDynamic] = [new Float64Array(chips), new Float64Array(chips)]
  const coresPerChip = cores / chips
  for (let chip = 0; chip < chips; chip++) {
    const busy = share(containers, chip, ({ activity }) => activity)
    const misses = share(containers, chip, ({ rates }) => rates[UsageColumn.cache_miss]!)
    const interrupts = share(containers, chip, ({ rates }) =>
      interruptColumns.reduce((total, column) => total + rates[column]!, 0),
    )
    const load = fluctuation * curve.packageDynamic * (busy.sum / coresPerChip) ** curve.packageExponent
    const irq = fluctuation * curve.interrupt * interrupts.sum
    const traffic =
      fluctuation * curve.dramDynamic * (misses.sum / (coresPerChip * fullMissesPerCore)) ** curve.dramExponent
    packageDynamic[chip] = load + irq
    dramDynamic[chip] = traffic
    containers.forEach(({ watts }, i) => {
      const ofPackage = load * busy.of(i) + irq * interrupts.of(i)
      watts[EnergyColumn.package]! += ofPackage
      watts[EnergyColumn.core]! += ofPackage * coreOfDynamic
      watts[EnergyColumn.uncore]! += ofPackage * uncoreOfDynamic
      watts[EnergyColumn.dram]! += traffic * misses.of(i)
    })
  }
  return withPlatform(containers, packageDynamic, dramDynamic, curve)
}

function withPlatform(
  containers: readonly ContainerProcess[],
  packageDynamic: Float64Array,
  dramDynamic: Float64Array,
  curve: PowerCurve,
): EnergyCounters {
  const chips = packageDynamic.length
  const dynamic = sum(packageDynamic) + sum(dramDynamic)
  const idle = chips * (curve.packageIdle + curve.dramIdle)
  const load = dynamic / Math.max(1, chips * (curve.packageDynamic + curve.dramDynamic))
  const platformDynamic = (dynamic + curve.fans * load ** 3) / curve.supplyEfficiency
  for (const { watts } of containers) {
    const caused = watts[EnergyColumn.package]! + watts[EnergyColumn.dram]!
    watts[EnergyColumn.platform] = dynamic > 0 ? (platformDynamic * caused) / dynamic : 0
  }
  const each = (watts: number) => new Float64Array(chips).fill(watts)
  return {
    idle: inOrder({
      package: each(curve.packageIdle),
      core: each(curve.packageIdle * coreOfIdle),
      uncore: each(curve.packageIdle * uncoreOfIdle),
      dram: each(curve.dramIdle),
      platform: Float64Array.of((curve.platformBase + idle) / curve.supplyEfficiency),
    }),
    dynamic: inOrder({
      package: packageDynamic,
      core: packageDynamic.map((watts) => watts * coreOfDynamic),
      uncore: packageDynamic.map((watts) => watts * uncoreOfDynamic),
      dram: dramDynamic,
      platform: Float64Array.of(platformDynamic),
    }),
  }
}

function inOrder(power: Readonly<Record<(typeof energyComponents)[number], Float64Array>>): readonly Float64Array[] {
  return energyComponents.map((component) => power[component])
}

/** What containers do on one package, and the part of each in it. */
function share(
  containers: readonly ContainerProcess[],
  chip: number,
  amount: (container: ContainerProcess) => number,
): { readonly sum: number; of(index: number): number } {
  const amounts = containers.map((container) => amount(container) * container.packageShares[chip]!)
  const total = amounts.reduce((a, b) => a + b, 0)
  return { sum: total, of: (index) => (total > 0 ? amounts[index]! / total : 0) }
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0)
}
