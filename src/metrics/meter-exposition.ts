import type {
  Account,
  ContainerAccount,
  PodAccount,
  ProcessAccount,
  VirtualMachineAccount,
  WorkloadSnapshot,
  Workloads,
} from '../meter/attribution/account.js'
import type { MeterReading, Split } from '../meter/meter.js'
import type { PowerProvenance } from '../meter/power-source.js'
import { cpuModes, ticksPerSecond } from '../meter/proc/cpu-time.js'
import type { NodeCounters } from '../meter/proc/node-reader.js'
import type { ZoneComparison } from '../meter/comparison.js'
import { ExpositionText, type Family, labelText } from './exposition-text.js'
import { keplerFamilies as kepler, meterFamilies as own } from './meter-families.js'

/** What is shown, as Kepler's `metricsLevel` names it. */
export const metricsLevels = ['node', 'process', 'container', 'vm', 'pod'] as const
export type MetricsLevel = (typeof metricsLevels)[number]

/** One processor of `/proc/cpuinfo`. */
export interface CpuDescription {
  readonly processor: string
  readonly vendorId: string
  readonly modelName: string
  readonly physicalId: string
  readonly coreId: string
}

/** All that `/metrics` shows of the meter. */
export interface MeterExposed {
  readonly nodeName: string
  readonly levels: readonly MetricsLevel[]
  readonly provenance: PowerProvenance
  readonly split: Split
  readonly reading: MeterReading
  readonly counters: NodeCounters | undefined
  readonly workloads: WorkloadSnapshot | undefined
  /** Where the counter of a zone is in the powercap tree; `estimate` without one. */
  readonly zonePath: (zone: string) => string
  readonly cpus: readonly CpuDescription[]
  readonly comparison: readonly ZoneComparison[]
  readonly realMeter: boolean
  readonly tree: { readonly up: boolean; readonly failures: number } | undefined
}

/** The meter's metrics in Prometheus' text format. */
export function meterExposition(exposed: MeterExposed): string {
  const text = new ExpositionText()
  if (exposed.levels.includes('node')) writeNode(text, exposed)
  writeWorkloads(text, exposed)
  writeModel(text, exposed)
  writeHealth(text, exposed)
  writeCounters(text, exposed)
  return text.toString()
}

function labels({ labels: names }: Family, nodeName: string, ...values: readonly string[]): string {
  return labelText(names, [nodeName, ...values])
}

function writeNode(text: ExpositionText, { nodeName, reading, zonePath, cpus }: MeterExposed): void {
  const zoned = (family: Family, value: (zone: MeterReading['zones'][number]) => number) => {
    text.family(family)
    for (const zone of reading.zones) text.add(labels(family, nodeName, zone.zone, zonePath(zone.zone)), value(zone))
  }
  zoned(kepler.nodeJoules, ({ joules }) => joules)
  zoned(kepler.nodeWatts, ({ watts }) => watts)
  zoned(kepler.nodeActiveJoules, ({ activeJoules }) => activeJoules)
  zoned(kepler.nodeActiveWatts, ({ activeWatts }) => activeWatts)
  zoned(kepler.nodeIdleJoules, ({ restJoules }) => restJoules)
  zoned(kepler.nodeIdleWatts, ({ restWatts }) => restWatts)
  if (reading.usage) {
    text.family(kepler.usageRatio).add(labels(kepler.usageRatio, nodeName), reading.usage.utilisation)
  }
  text.family(kepler.cpuInfo)
  for (const { processor, vendorId, modelName, physicalId, coreId } of cpus) {
    text.add(labels(kepler.cpuInfo, nodeName, processor, vendorId, modelName, physicalId, coreId), 1)
  }
}

/** Writes one family over all workloads of a kind: one series, or one for each zone. */
function writeKind<A extends Account>(
  text: ExpositionText,
  family: Family,
  { running, terminated }: Workloads<A>,
  label: (account: A, state: string, zone: string) => string,
  value: (account: A, zone: number) => number,
  zones: readonly string[],
): void {
  text.family(family)
  for (const account of running) {
    for (let zone = 0; zone < zones.length; zone++)
      text.add(label(account, 'running', zones[zone]!), value(account, zone))
  }
  // A number or id may have been taken again and have ended again: a series may stand there once only.
  const seen = new Set<string>()
  for (const account of terminated) {
    for (let zone = 0; zone < zones.length; zone++) {
      const written = label(account, 'terminated', zones[zone]!)
      if (!seen.has(written)) text.add(written, value(account, zone))
      seen.add(written)
    }
  }
}

function writeWorkloads(text: ExpositionText, { levels, workloads, reading, nodeName }: MeterExposed): void {
  if (!workloads) return
  const { activeWatts, processes, containers, pods, virtualMachines } = workloads
  const zones = reading.zones.map(({ zone }) => zone)
  const joules = ({ joules: of }: Account, zone: number) => of[zone] ?? 0
  const watts = ({ share }: Account, zone: number) => share * (activeWatts[zone] ?? 0)

  if (levels.includes('process')) {
    const zoned = ({ process }: ProcessAccount, state: string, zone: string) =>
      labels(kepler.processWatts, nodeName, ...processLabels(process), state, ...belongsTo(process), zone)
    const plain = ({ process }: ProcessAccount) =>
      labels(kepler.processSeconds, nodeName, ...processLabels(process), ...belongsTo(process))
    writeKind(text, kepler.processJoules, processes, zoned, joules, zones)
    writeKind(text, kepler.processWatts, processes, zoned, watts, zones)
    // Kepler's series of seconds has no state: an ended process and its successor of one number would be one series.
    const live = { running: processes.running, terminated: [] }
    writeKind(text, kepler.processSeconds, live, plain, ({ process }) => process.seconds, [''])
  }
  if (levels.includes('container')) {
    const front = ({ container, name }: ContainerAccount, state: string) =>
      [container.identity.id, name, container.identity.runtime, state] as const
    const zoned = (account: ContainerAccount, state: string, zone: string) =>
      labels(kepler.containerWatts, nodeName, ...front(account, state), zone, account.pod?.id ?? '')
    const plain = (account: ContainerAccount, state: string) =>
      labels(kepler.containerSeconds, nodeName, ...front(account, state), account.pod?.id ?? '')
    writeKind(text, kepler.containerJoules, containers, zoned, joules, zones)
    writeKind(text, kepler.containerWatts, containers, zoned, watts, zones)
    writeKind(text, kepler.containerSeconds, containers, plain, ({ container }) => container.seconds, [''])
  }
  if (levels.includes('pod')) {
    const zoned = ({ id, name, namespace }: PodAccount, state: string, zone: string) =>
      labels(kepler.podWatts, nodeName, id, name, namespace, state, zone)
    writeKind(text, kepler.podJoules, pods, zoned, joules, zones)
    writeKind(text, kepler.podWatts, pods, zoned, watts, zones)
  }
  if (levels.includes('vm')) {
    const zoned = ({ identity }: VirtualMachineAccount, state: string, zone: string) =>
      labels(kepler.vmWatts, nodeName, identity.id, identity.name, identity.hypervisor, state, zone)
    writeKind(text, kepler.vmJoules, virtualMachines, zoned, joules, zones)
    writeKind(text, kepler.vmWatts, virtualMachines, zoned, watts, zones)
  }
  text.family(own.unattributed)
  zones.forEach((zone, index) => {
    text.add(labels(own.unattributed, nodeName, zone), workloads.unattributedJoules[index] ?? 0)
  })
  text.family(own.unreadable).add(labels(own.unreadable, nodeName), workloads.unreadable)
}

function processLabels({ pid, comm, identity }: ProcessAccount['process']): readonly string[] {
  const type = identity.container ? 'container' : identity.virtualMachine ? 'vm' : 'regular'
  return [String(pid), comm, identity.exe, type]
}

function belongsTo({ identity }: ProcessAccount['process']): readonly string[] {
  return [identity.container?.id ?? '', identity.virtualMachine?.id ?? '']
}

function writeModel(text: ExpositionText, { nodeName, provenance, split, reading, comparison }: MeterExposed): void {
  const { model, kind, share, error, calibrationPoints } = provenance
  const one = (family: Family, value: number, ...values: readonly string[]) =>
    text.family(family).add(labels(family, nodeName, ...values), value)
  const zoned = <Z extends { readonly zone: string }>(family: Family, of: readonly Z[], value: (zone: Z) => number) => {
    text.family(family)
    for (const zone of of) text.add(labels(family, nodeName, zone.zone), value(zone))
  }
  zoned(own.lower, reading.zones, ({ low }) => low)
  zoned(own.upper, reading.zones, ({ high }) => high)
  zoned(own.outOfRange, reading.zones, ({ outOfRange }) => (outOfRange ? 1 : 0))
  one(own.model, 1, model, kind, share.origin, split)
  if (error) one(own.modelError, error.value, error.metric)
  one(own.calibrationPoints, calibrationPoints)
  one(own.hostShare, share.fraction)
  zoned(own.measured, comparison, ({ measuredWatts }) => measuredWatts)
  zoned(own.mae, comparison, ({ mae }) => mae)
  zoned(own.mape, comparison, ({ mape }) => mape / 100)
  zoned(own.bias, comparison, ({ bias }) => bias)
  zoned(own.coverage, comparison, ({ covered }) => covered)
}

function writeHealth(text: ExpositionText, { nodeName, reading, realMeter, tree }: MeterExposed): void {
  const one = (family: Family, value: number) => text.family(family).add(labels(family, nodeName), value)
  one(own.up, reading.usage && reading.gap === undefined ? 1 : 0)
  one(own.age, reading.age)
  one(own.readings, reading.count)
  one(own.realMeter, realMeter ? 1 : 0)
  if (reading.usage) one(own.steal, reading.usage.steal)
  if (!tree) return
  one(own.treeUp, tree.up ? 1 : 0)
  one(own.treeFailures, tree.failures)
}

/** What a guest sees of itself: the features of models for virtual machines. */
function writeCounters(text: ExpositionText, { nodeName, counters }: MeterExposed): void {
  if (!counters) return
  const one = (family: Family, value: number | undefined, ...values: readonly string[]) => {
    if (value !== undefined) text.family(family).add(labels(family, nodeName, ...values), value)
  }
  cpuModes.forEach((mode, index) => {
    one(own.cpuSeconds, (counters.cpu.total[index] ?? 0) / ticksPerSecond, mode)
  })
  one(own.contextSwitches, counters.cpu.contextSwitches)
  const { pageFaults, majorPageFaults } = counters
  one(own.pageFaults, pageFaults === undefined ? undefined : pageFaults - (majorPageFaults ?? 0), 'minor')
  one(own.pageFaults, majorPageFaults, 'major')
  one(own.load, counters.load1)
  one(own.memory, counters.memoryTotal, 'total')
  one(own.memory, counters.memoryAvailable, 'available')
  one(own.frequency, counters.frequency)
}
