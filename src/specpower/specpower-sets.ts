import type { OutputType } from '../core/output-type.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { assignNodeTypes, type NamedMachine, type NodeTypeOfMachines } from '../machine/assign-node-types.js'
import { normaliseProcessorName } from '../machine/processor-name.js'
import { withoutUnknown } from '../machine/spec.js'
import type { TrainingSet } from '../train/training-set.js'
import { loads } from '../universal/machine.js'
import type { MachineRow } from '../universal/table/machine-table.js'

/** What becomes of a table of results. */
export interface SpecpowerSets {
  readonly sets: readonly TrainingSet[]
  readonly types: readonly NodeTypeOfMachines[]
  readonly machines: number
  /** Results that say too little, by their line in the table, and why. */
  readonly leftOut: readonly { readonly line: number; readonly why: string }[]
}

/** A curve is learnt from at least these: idle and full load alone are a line whatever is between. */
const fewestLoads = 5
/** CPU time of a processor that is busy all the time. */
const millisecondsPerSecond = 1000
/** As the published pipeline has it: nobody measured the page cache, and it is 0 throughout. */
const features = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']

interface Result {
  readonly machine: NamedMachine
  readonly points: readonly (readonly [load: number, watts: number])[]
}

/**
 * Training sets of the platform's power (`acpi`) from results of SPECpower_ssj2008, one a node type and output type. CPU
 * time is load x logical processors x 1000 ms/s; dynamic power is what is above the machine's own idle power.
 *
 * @param known node types that are there already
 */
export function specpowerSets(
  rows: readonly MachineRow[],
  outputTypes: readonly OutputType[],
  known: readonly NodeTypeOfMachines[] = [],
): SpecpowerSets {
  const leftOut: { line: number; why: string }[] = []
  const results = rows.flatMap((row): Result[] => {
    const result = resultOf(row)
    if (typeof result !== 'string') return [result]
    leftOut.push({ line: row.line, why: result })
    return []
  })
  const { types, typeOf } = assignNodeTypes(
    known,
    results.map(({ machine }) => machine),
  )
  const ofType = new Map<number, Result[]>()
  for (const result of results) {
    const type = typeOf(result.machine.id)!
    ofType.set(type, [...(ofType.get(type) ?? []), result])
  }
  const sets = [...ofType].flatMap(([nodeType, own]) =>
    outputTypes.map((outputType) => trainingSetOf(nodeType, outputType, own)),
  )
  return { sets, types, machines: results.length, leftOut }
}

function resultOf({ line, machine, watts }: MachineRow): Result | string {
  const spec = specOf(machine)
  if (spec.processor === undefined || spec.cores === undefined) return 'it names no processor, or not how many cores'
  const points = loads.flatMap((load, i) => {
    const value = watts[i]!
    return value > 0 ? [[load, value] as const] : []
  })
  if (points[0]?.[0] !== 0) return 'its power at active idle (p0) is not known'
  if (points.length < fewestLoads) return `it has ${points.length} loads, at least ${fewestLoads} make a curve`
  const { processor, frequency = 0, cores, memory = 0 } = spec
  const parts = [machine.vendor ?? 'unknown', processor, frequency, `${cores}cores`, `${memory}gb`]
  const id = [...parts, line].map((part) => String(part).replace(/[^\w.]+/g, '_')).join('-')
  return { machine: { id, spec }, points }
}

/** Cores are logical ones, as machines count themselves where Kepler runs. */
function specOf({ processor, cores, threads, chips, memory, megahertz }: MachineRow['machine']): MachineSpec {
  return withoutUnknown({
    processor: normaliseProcessorName(processor ?? ''),
    cores: threads ?? cores,
    chips,
    memory,
    frequency: megahertz,
  })
}

function trainingSetOf(nodeType: number, outputType: OutputType, results: readonly Result[]): TrainingSet {
  const rows = results.flatMap(({ machine, points }, label) => {
    const idle = outputType === 'DynPower' ? points[0]![1] : 0
    const busiest = (machine.spec.cores ?? 0) * millisecondsPerSecond
    return points.map(([load, watts]) => ({ cpuTime: load * busiest, watts: Math.max(0, watts - idle), label }))
  })
  const shared = (values: readonly number[]) => {
    const memory = new Float64Array(new SharedArrayBuffer(8 * values.length))
    memory.set(values)
    return memory
  }
  return {
    source: 'acpi',
    outputType,
    group: 'BPFOnly',
    nodeType,
    features,
    x: { rows: rows.length, cols: 2, data: shared(rows.flatMap(({ cpuTime }) => [cpuTime, 0])) },
    targets: [{ component: 'platform', watts: shared(rows.map(({ watts }) => watts)) }],
    // Loads follow one another, a machine after the other: blocks that are left out are neighbouring loads.
    timestamps: shared(rows.map((_, i) => i)),
    ...(results.length > 1 && {
      workloads: {
        names: results.map(({ machine }) => machine.id),
        ofRow: Int32Array.from(rows, ({ label }) => label),
      },
    }),
  }
}
