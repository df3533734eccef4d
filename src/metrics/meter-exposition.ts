import type { Account, ProcessAccount, WorkloadSnapshot, Workloads } from '../meter/attribution/account.js'
import type { MeterReading, Split } from '../meter/meter.js'
import type { PowerProvenance } from '../meter/power-source.js'
import { cpuModes, ticksPerSecond } from '../meter/proc/cpu-time.js'
import type { CpuDescription } from '../machine/cpu-descriptions.js'
import type { NodeCounters } from '../meter/proc/node-reader.js'
import type { ZoneComparison } from '../meter/comparison.js'
import { type ExpositionText, type Family, labelText } from './exposition-text.js'
import { keplerFamilies as kepler, meterFamilies as own } from './meter-families.js'

/** What is shown, as Kepler's `metricsLevel` names it. */
export const metricsLevels = ['node', 'process', 'container', 'vm', 'pod'] as const
export type MetricsLevel = (typeof metricsLevels)[number]

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

/** Writes the meter's metrics in Prometheus' text format. */
export function writeMeterExposition(text: ExpositionText, exposed: MeterExposed): void {
  if (exposed.levels.includes('node')) writeNode(text, exposed)
  writeWorkloads(text, exposed)
  writeModel(text, exposed)
  writeHealth(text, exposed)
  writeCounters(text, exposed)
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

/** Labels of one kind of workload. */
interface Labelled<A extends Account> {
  /** All that the labels are made of, besides state and zone: when one of these changes they are made anew. */
  readonly parts: (account: A) => readonly string[]
  /** Watts and joules have the same labels. */
  readonly zoned: (parts: readonly string[], state: string, zone: string) => string
  /** Seconds have no zone. */
  readonly plain?: (parts: readonly string[], state: string) => string
}

interface KeptLabels {
  readonly parts: readonly string[]
  readonly state: string
  /** By zone, then the plain ones. */
  readonly texts: readonly string[]
}

/** Labels of workloads hardly ever change, and to make them costs more than all the rest. Forgotten with the workload. */
const keptLabels = new WeakMap<Account, KeptLabels>()

function labelsOf<A extends Account>(
  account: A,
  state: string,
  zones: readonly string[],
  { parts, zoned, plain }: Labelled<A>,
): readonly string[] {
  const now = parts(account)
  const kept = keptLabels.get(account)
  if (kept?.state === state && kept.parts.every((part, index) => part === now[index])) return kept.texts
  const texts = zones.map((zone) => zoned(now, state, zone))
  if (plain) texts.push(plain(now, state))
  keptLabels.set(account, { parts: now, state, texts })
  return texts
}

interface WorkloadFamilies {
  readonly joules: Family
  readonly watts: Family
  readonly seconds?: Family
}

/** Writes the families of one kind of workload. */
function writeKind<A extends Account>(
  text: ExpositionText,
  families: WorkloadFamilies,
  { running, terminated }: Workloads<A>,
  labelled: Labelled<A>,
  { zones, activeWatts }: { readonly zones: readonly string[]; readonly activeWatts: Float64Array },
  seconds?: (account: A) => number,
): void {
  const lines = [...running].map((account) => ({ account, texts: labelsOf(account, 'running', zones, labelled) }))
  // A number or id may have been taken again and have ended again: a series may stand there once only.
  const seen = new Set<string>()
  for (const account of terminated) {
    const texts = labelsOf(account, 'terminated', zones, labelled)
    if (!seen.has(texts[0] ?? '')) lines.push({ account, texts })
    seen.add(texts[0] ?? '')
  }
  text.family(families.joules)
  for (const { account, texts } of lines) {
    for (let zone = 0; zone < zones.length; zone++) text.add(texts[zone]!, account.joules[zone] ?? 0)
  }
  text.family(families.watts)
  for (const { account, texts } of lines) {
    for (let zone = 0; zone < zones.length; zone++) text.add(texts[zone]!, account.share * (activeWatts[zone] ?? 0))
  }
  if (!families.seconds || !seconds) return
  text.family(families.seconds)
  const written = new Set<string>()
  for (const { account, texts } of lines) {
    const labels = texts[zones.length]!
    if (!written.has(labels)) text.add(labels, seconds(account))
    written.add(labels)
  }
}

function writeWorkloads(text: ExpositionText, { levels, workloads, reading, nodeName }: MeterExposed): void {
  if (!workloads) return
  const { activeWatts, processes, containers, pods, virtualMachines } = workloads
  const zones = reading.zones.map(({ zone }) => zone)
  const values = { zones, activeWatts }
  const made = (family: Family, ...of: readonly string[]) => labels(family, nodeName, ...of)

  if (levels.includes('process')) {
    const families = { joules: kepler.processJoules, watts: kepler.processWatts, seconds: kepler.processSeconds }
    writeKind(
      text,
      families,
      processes,
      {
        parts: ({ process }) => [...processLabels(process), ...belongsTo(process)],
        zoned: ([pid = '', comm = '', exe = '', type = '', ...rest], state, zone) =>
          made(kepler.processWatts, pid, comm, exe, type, state, ...rest, zone),
        plain: (parts) => made(kepler.processSeconds, ...parts),
      },
      values,
      ({ process }) => process.seconds,
    )
  }
  if (levels.includes('container')) {
    const families = { joules: kepler.containerJoules, watts: kepler.containerWatts, seconds: kepler.containerSeconds }
    writeKind(
      text,
      families,
      containers,
      {
        parts: ({ container, name, pod }) => [container.identity.id, name, container.identity.runtime, pod?.id ?? ''],
        zoned: ([id = '', name = '', runtime = '', podId = ''], state, zone) =>
          made(kepler.containerWatts, id, name, runtime, state, zone, podId),
        plain: ([id = '', name = '', runtime = '', podId = ''], state) =>
          made(kepler.containerSeconds, id, name, runtime, state, podId),
      },
      values,
      ({ container }) => container.seconds,
    )
  }
  if (levels.includes('pod')) {
    writeKind(
      text,
      { joules: kepler.podJoules, watts: kepler.podWatts },
      pods,
      {
        parts: ({ id, name, namespace }) => [id, name, namespace],
        zoned: (parts, state, zone) => made(kepler.podWatts, ...parts, state, zone),
      },
      values,
    )
  }
  if (levels.includes('vm')) {
    writeKind(
      text,
      { joules: kepler.vmJoules, watts: kepler.vmWatts },
      virtualMachines,
      {
        parts: ({ identity }) => [identity.id, identity.name, identity.hypervisor],
        zoned: (parts, state, zone) => made(kepler.vmWatts, ...parts, state, zone),
      },
      values,
    )
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
  // A trained model has the share of its guests in its watts.
  if (kind !== 'trained') one(own.hostShare, share.fraction)
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
