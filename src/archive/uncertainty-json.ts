import * as z from 'zod'
import { type Component, isComponent } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { type IntervalTable, intervalTable } from '../predictor/interval-table.js'
import { type ComponentUncertainty, type IntervalMethod, intervalMethods } from '../predictor/uncertainty.js'
import { parsePythonJson } from './python-json.js'

/** The file of an archive that says how far the model errs and what it has seen. The original's readers ignore it. */
export const uncertaintyFile = 'uncertainty.json'

/** What {@link uncertaintyFile} holds: `Uncertainty` before the machine's limits are known. */
export interface UncertaintyDocument {
  readonly coverage: number
  readonly method: IntervalMethod
  /** Smallest and largest value of each feature in training. */
  readonly features: Readonly<Record<string, readonly [lower: number, upper: number]>>
  readonly components: Readonly<Partial<Record<Component, ComponentUncertainty>>>
}

const watts = z.array(z.number()).min(1).max(1000)
const document = z.object({
  format: z.literal('kepler-uncertainty'),
  version: z.literal(1),
  coverage: z.number().gt(0).lt(1),
  method: z.enum(intervalMethods),
  features: z.record(z.string(), z.tuple([z.number(), z.number()])),
  components: z.record(z.string(), z.object({ levels: watts, lower: watts, upper: watts, range: z.number().min(0) })),
})

export function writeUncertainty({ coverage, method, features, components }: UncertaintyDocument): string {
  const tables = Object.entries(components).map(([component, { table, range }]) => [
    component,
    { ...rounded(table), range: significant(range) },
  ])
  return JSON.stringify({
    format: 'kepler-uncertainty',
    version: 1,
    coverage,
    method,
    features,
    components: Object.fromEntries(tables),
  })
}

/** @throws ModelError `INVALID_ARCHIVE` naming what is wrong */
export function readUncertainty(bytes: Uint8Array): UncertaintyDocument {
  const parsed = document.safeParse(parsePythonJson(bytes, uncertaintyFile))
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new ModelError(
      'INVALID_ARCHIVE',
      `${uncertaintyFile}: ${path.map(String).join('.') || 'document'}: ${message}`,
    )
  }
  const { coverage, method, features, components } = parsed.data
  const known: Partial<Record<Component, ComponentUncertainty>> = {}
  for (const [component, { range, ...table }] of Object.entries(components)) {
    if (isComponent(component)) known[component] = { table: intervalTable(table), range }
  }
  return { coverage, method, features, components: known }
}

function rounded({ levels, lower, upper }: IntervalTable): IntervalTable {
  return { levels: levels.map(significant), lower: lower.map(significant), upper: upper.map(significant) }
}

function significant(value: number): number {
  return Number(value.toPrecision(6))
}
