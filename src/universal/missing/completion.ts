import { seededRandom } from '../../numeric/random.js'
import type { CurveModel } from '../curve-model.js'
import type { CompletedMachine } from '../model-inputs.js'
import { featureAt, rawFeatures, type RawFeatures } from '../features.js'
import type { MachineDescription } from '../machine.js'
import { processorFacts } from './processor-facts.js'
import type { Processor } from '../processor/processor.js'

/** A field that was not given, with the value that was taken and where that is from. */
export interface Assumption {
  readonly field: keyof MachineDescription
  /** The value, or the expected one of those drawn; absent where nothing can be said. */
  readonly value?: number
  readonly from: 'processor' | 'other fields' | 'machines alike' | 'nothing'
}

/** A machine with all its features, and other ways in which it may be completed. */
export interface Completion {
  /** What was given, and what the name of the processor and the other fields tell. */
  readonly machine: MachineDescription
  readonly raw: RawFeatures
  readonly expected: CompletedMachine
  /** Whether chips, cores and threads are known or follow from the processor. */
  readonly certain: boolean
  /** Empty when nothing was missing. */
  readonly draws: readonly CompletedMachine[]
  readonly assumptions: readonly Assumption[]
}

/** Of numbers alone, which are drawn in pairs on either side; and where chips, cores or threads are not known. */
const drawCounts = { numbers: 8, counts: 16 }
/** As many machines are asked for what they have. */
const neighbourCount = 15

/** Completes descriptions by the machines of a model. The same description is completed in the same way. */
export function machineCompletion(model: CurveModel): (given: MachineDescription) => Completion {
  const facts = processorFacts(model.machines, model.raw)
  const nearest = nearestMachines(model)
  return (given) => {
    const parsed = rawFeatures(given)
    const told = withTold(given, facts(parsed.processor))
    const neighbours =
      told.machine.chips && told.machine.cores && told.machine.threads ? [] : nearest(told.machine, parsed)
    // What is expected is as the nearest one has it; each pair of draws takes another one.
    const middle = withCounts(told.machine, neighbours[0])
    const raw = rawFeatures(middle.machine)
    const codes = model.codesOf(raw.categories)
    const standardised = model.space.standardise(raw.values)
    const expected = { features: model.space.complete(standardised), codes }
    const draws =
      standardised.some(Number.isNaN) || neighbours.length > 0 ? drawn(model, told.machine, neighbours, codes) : []
    const filled = (name: keyof typeof featureAt) =>
      model.space.unstandardise(featureAt[name], expected.features[featureAt[name]]!)
    return {
      machine: told.machine,
      raw: parsed,
      expected,
      certain: neighbours.length === 0,
      draws,
      assumptions: [...told.assumptions, ...middle.assumptions, ...drawnAssumptions(middle.machine, raw, filled)],
    }
  }
}

/** Ways in which a machine may be completed, in pairs; each pair has the counts of another neighbour. */
function drawn(
  model: CurveModel,
  machine: MachineDescription,
  neighbours: readonly Neighbour[],
  codes: Int32Array,
): readonly CompletedMachine[] {
  const random = seededRandom(1)
  const drawnAs = (neighbour: Neighbour | undefined, count: number) => {
    const { values } = rawFeatures(withCounts(machine, neighbour).machine)
    return model.space.draw(model.space.standardise(values), count, random).map((features) => ({ features, codes }))
  }
  if (neighbours.length === 0) return drawnAs(undefined, drawCounts.numbers)
  const pairs = drawCounts.counts / 2
  return Array.from({ length: pairs }, (_, k) =>
    drawnAs(neighbours[Math.floor(((k + 0.5) / pairs) * neighbours.length)], 2),
  ).flat()
}

type Draft = { -readonly [K in keyof MachineDescription]: MachineDescription[K] }

/** Fills in what the table's machines with this processor have, and what follows from the other fields. */
function withTold(given: MachineDescription, facts: ReturnType<ReturnType<typeof processorFacts>>) {
  const machine: Draft = { ...given }
  const assumptions: Assumption[] = []
  const fill = (
    field: 'cores' | 'chips' | 'threads' | 'megahertz' | 'tdp',
    value: number | undefined,
    from: Assumption['from'],
  ) => {
    if (machine[field] !== undefined || value === undefined || !(value > 0)) return
    machine[field] = value
    assumptions.push({ field, value, from })
  }
  if (facts) {
    fill('megahertz', facts.megahertz, 'processor')
    fill('tdp', facts.tdp, 'processor')
    const { chips, cores, threads } = machine
    if (cores === undefined && threads !== undefined) {
      // Hyper-threading may be off: then there are as many threads as cores.
      const whole = threads / facts.coresPerChip
      const off = chips === undefined ? false : threads <= chips * facts.coresPerChip
      fill('cores', off ? threads : Math.max(1, Math.round(threads / facts.threadsPerCore)), 'processor')
      if (chips === undefined && whole < 1) fill('chips', 1, 'other fields')
    }
    if (machine.cores === undefined) {
      fill('chips', facts.chips, 'processor')
      fill('cores', (machine.chips ?? 1) * facts.coresPerChip, 'processor')
    }
    fill('chips', Math.max(1, Math.round(machine.cores! / facts.coresPerChip)), 'other fields')
    fill('threads', Math.max(machine.cores!, Math.round(machine.cores! * facts.threadsPerCore)), 'processor')
  }
  return { machine, assumptions }
}

interface Neighbour {
  readonly chips: number
  readonly cores: number
  readonly threadsPerCore: number
}

/** Chips, cores and threads that are not known, as a neighbour has them. */
function withCounts(machine: MachineDescription, neighbour: Neighbour | undefined) {
  if (!neighbour) return { machine, assumptions: [] as Assumption[] }
  const { chips, cores, threads } = machine
  const ownCores = cores ?? (threads ? Math.max(chips ?? 1, threads / neighbour.threadsPerCore) : undefined)
  const filledCores = ownCores ?? (chips ? (neighbour.cores / neighbour.chips) * chips : neighbour.cores)
  const filled = {
    cores: filledCores,
    threads: threads ?? filledCores * neighbour.threadsPerCore,
    chips: chips ?? Math.max(1, Math.min(neighbour.chips, filledCores)),
  }
  const missing = (['chips', 'cores', 'threads'] as const).filter((field) => machine[field] === undefined)
  return {
    machine: { ...machine, ...filled },
    assumptions: missing.map(
      (field): Assumption => ({ field, value: Math.round(filled[field]), from: 'machines alike' }),
    ),
  }
}

/** The machines nearest in threads, family, year, TDP and maker, in the order of their threads, for what is unknown. */
function nearestMachines(model: CurveModel) {
  return (machine: MachineDescription, { processor, values, categories }: RawFeatures): readonly Neighbour[] => {
    const size = Math.log(machine.threads ?? machine.cores ?? Number.NaN)
    const year = values[featureAt.familyYear]!
    const distances = model.machines.map((other, i) => {
      const its = model.raw[i]!
      const known = (value: number, otherwise: number) => (Number.isNaN(value) ? otherwise : value)
      return (
        known(Math.log(machine.threads ? other.threads : other.cores) - size, 0) ** 2 +
        known(Math.log(other.chips / (machine.chips ?? Number.NaN)) * 2, 0) ** 2 +
        (categories.family !== undefined && its.categories.family !== categories.family ? 1 : 0) +
        known((its.values[featureAt.familyYear]! - year) / 6, 0) ** 2 +
        known(Math.log((other.tdp ?? Number.NaN) / (machine.tdp ?? Number.NaN)), 0.5) ** 2 +
        (differ(its.processor.make, processor.make) ? 1 : 0)
      )
    })
    return Array.from(distances.keys())
      .sort((a, b) => distances[a]! - distances[b]! || scattered(a) - scattered(b))
      .slice(0, neighbourCount)
      .map((i) => {
        const { chips, cores, threads } = model.machines[i]!
        return { chips, cores, threadsPerCore: threads / cores }
      })
  }
}

/** An order of equals that is not that of the table, which is sorted by date. */
function scattered(i: number): number {
  return (i * 7919) % 10_007
}

function differ(a: Processor['make'], b: Processor['make']): boolean {
  return a !== undefined && b !== undefined && a !== b
}

/** What stands for fields that only other machines tell of. */
function drawnAssumptions(
  machine: MachineDescription,
  raw: RawFeatures,
  filled: (name: keyof typeof featureAt) => number,
): Assumption[] {
  const result: Assumption[] = []
  const add = (field: keyof MachineDescription, value: number) => {
    if (machine[field] === undefined) result.push({ field, value, from: 'machines alike' })
  }
  const chips = machine.chips ?? Math.exp(filled('chips'))
  add('megahertz', Math.round(1000 * Math.exp(filled('frequency'))))
  add('tdp', Math.round(Math.exp(filled('tdp'))))
  add('memory', Math.round(chips * Math.exp(filled('memoryPerChip'))))
  if (raw.categories.family === undefined) add('year', Math.round(filled('familyYear')))
  add('supply', Math.round(Math.exp(filled('supply') + filled('tdp')) * chips))
  if (machine.form === undefined)
    result.push({ field: 'form', value: Math.round(Math.exp(filled('height'))), from: 'machines alike' })
  if (raw.categories.vendor === undefined) result.push({ field: 'vendor', from: 'nothing' })
  if (raw.categories.line === undefined) result.push({ field: 'processor', from: 'nothing' })
  return result
}
