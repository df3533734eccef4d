import * as z from 'zod'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import { loadCorrelation } from '../calibration.js'
import { coverageFactors } from '../coverage.js'
import { type CurveModelParameters, curveModel, fitCurveModel, type ProcessParameters } from '../curve-model.js'
import { categoryNames, featureNames } from '../features.js'
import { lateFactors } from '../late-coverage.js'
import { loads, type MeasuredMachine } from '../machine.js'
import { type IntervalParameters, type UniversalModel, universalModel } from '../universal-model.js'
import { machineColumns, machineRowSchema, rowOfMachine } from './machine-rows.js'

/** Where the facts of a model are from. */
export interface ModelSource {
  readonly name: string
  readonly url?: string
  readonly note?: string
}

/** A model as its file holds it: everything that is needed to make it again within a moment. */
export interface UniversalModelFile {
  readonly name: string
  readonly sources: readonly ModelSource[]
  readonly machines: readonly MeasuredMachine[]
  readonly parameters: CurveModelParameters
  readonly intervals: IntervalParameters
}

const format = 'kepler-universal-model'
const version = 1
const mostMachines = 20_000

const numbers = (length: number) =>
  z
    .array(z.number())
    .length(length)
    .transform((values) => Float64Array.from(values))
const atLoads = numbers(loads.length)
const process = z.object({
  theta: z.array(z.number().min(-20).max(20)).max(200),
  /** Rows that are far off, with how many times the noise they have. */
  noise: z.array(z.tuple([z.number().int().min(0), z.number().min(1).max(1000)])).max(mostMachines),
})

const schema = z.object({
  format: z.literal(format),
  version: z.literal(version),
  name: z.string().min(1).max(64),
  sources: z.array(z.object({ name: z.string(), url: z.string().optional(), note: z.string().optional() })).max(50),
  features: z.array(z.string()),
  categories: z.array(z.string()),
  columns: z.array(z.string()),
  machines: z.array(machineRowSchema).min(1).max(mostMachines),
  full: process,
  idle: process,
  shapes: z.array(process).max(9),
  coverage: z.object({ processor: atLoads, family: atLoads, new: atLoads }),
  late: z.object({ known: z.number().min(1), unknown: z.number().min(1) }),
  correlation: numbers(loads.length ** 2),
})

/** Fits a model to machines and finds its intervals: minutes for a thousand machines. */
export function fitUniversalModel(
  name: string,
  machines: readonly MeasuredMachine[],
  sources: readonly ModelSource[],
  start?: CurveModelParameters,
): UniversalModelFile {
  const curves = fitCurveModel(machines, start && withoutNoise(start))
  return {
    name,
    sources,
    machines,
    parameters: curves.parameters,
    intervals: {
      coverage: coverageFactors(curves),
      late: lateFactors(machines, curves.parameters),
      correlation: loadCorrelation(curves),
    },
  }
}

/** The search begins where another table's ended, but rows that are far off are of that table only. */
function withoutNoise({ full, idle, shapes }: CurveModelParameters): CurveModelParameters {
  return { full: { theta: full.theta }, idle: { theta: idle.theta }, shapes: shapes.map(({ theta }) => ({ theta })) }
}

/** A model ready to answer: factorises its matrices, a fraction of a second for a thousand machines. */
export function openUniversalModel({ machines, parameters, intervals }: UniversalModelFile): UniversalModel {
  return universalModel(curveModel(machines, parameters), intervals)
}

/** The text of a model's file: JSON, a line a machine. */
export function writeUniversalModel({ name, sources, machines, parameters, intervals }: UniversalModelFile): string {
  const { coverage, late, correlation } = intervals
  const head = {
    format,
    version,
    name,
    sources,
    features: featureNames,
    categories: categoryNames,
    full: processJson(parameters.full),
    idle: processJson(parameters.idle),
    shapes: parameters.shapes.map(processJson),
    coverage: { processor: rounded(coverage.processor), family: rounded(coverage.family), new: rounded(coverage.new) },
    late: { known: significant(late.known), unknown: significant(late.unknown) },
    correlation: rounded(correlation),
    columns: machineColumns,
  }
  const rows = machines.map((machine) => JSON.stringify(rowOfMachine(machine)))
  return `${JSON.stringify(head).slice(0, -1)},"machines":[\n${rows.join(',\n')}\n]}\n`
}

function processJson({ theta, noiseWeights }: ProcessParameters) {
  const noise = Array.from(noiseWeights ?? []).flatMap((weight, row) =>
    weight > 1.0005 ? [[row, significant(weight)]] : [],
  )
  return { theta: rounded(theta), noise }
}

function rounded(values: Float64Array): readonly number[] {
  return Array.from(values, significant)
}

/** Five digits are more than watts deserve. */
function significant(value: number): number {
  return Number(value.toPrecision(5))
}

/**
 * Reads a model's file.
 *
 * @param place what to call the file in messages
 * @throws ModelError `INVALID_ARCHIVE` naming the value that is none, or that the file is of another version
 */
export function readUniversalModel(text: string, place: string): UniversalModelFile {
  const parsed = schema.safeParse(parseJson(text, place))
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new ModelError('INVALID_ARCHIVE', `${place}: ${path.join('.') || 'the file'}: ${message}`)
  }
  const { name, sources, machines, full, idle, shapes, coverage, late, correlation, ...lists } = parsed.data
  expectSame(lists.features, featureNames, `${place}: features`)
  expectSame(lists.categories, categoryNames, `${place}: categories`)
  expectSame(lists.columns, machineColumns, `${place}: columns`)
  const whole = machines.filter(({ watts }) => watts.every(Number.isFinite)).length
  return {
    name,
    sources: sources.map(({ name: title, url, note }) => ({
      name: title,
      ...(url ? { url } : {}),
      ...(note ? { note } : {}),
    })),
    machines,
    parameters: {
      full: processOf(full, machines.length),
      idle: processOf(idle, machines.length),
      shapes: shapes.map((shape) => processOf(shape, whole)),
    },
    intervals: { coverage, late, correlation },
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ModelError('INVALID_ARCHIVE', `${place}: not JSON: ${messageOf(error)}`, { cause: error })
  }
}

function expectSame(actual: readonly string[], expected: readonly string[], what: string): void {
  if (actual.join() !== expected.join()) {
    throw new ModelError('INVALID_ARCHIVE', `${what}: expected ${expected.join(', ')}, got ${quote(actual.join(', '))}`)
  }
}

function processOf({ theta, noise }: z.infer<typeof process>, rows: number): ProcessParameters {
  const noiseWeights = new Float64Array(rows).fill(1)
  for (const [row, weight] of noise) if (row < rows) noiseWeights[row] = weight
  return { theta: Float64Array.from(theta), noiseWeights }
}
