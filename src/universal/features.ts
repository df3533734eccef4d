import { processorFamilies } from './processor/families.js'
import { parseProcessor } from './processor/parse-processor.js'
import type { Processor } from './processor/processor.js'
import type { MachineDescription } from './machine.js'
import { normaliseVendor } from './vendor.js'

/** The numbers that a machine's power is learnt from; logarithms where a ratio is what counts. */
export const featureNames = [
  'coresPerChip',
  'chips',
  'threadsPerCore',
  'frequency',
  'tdp',
  'memoryPerChip',
  'familyYear',
  'nanometres',
  'enclosure',
  'supply',
  'height',
  'tower',
] as const
export type FeatureName = (typeof featureNames)[number]

/** Position of each feature in a row. */
export const featureAt = Object.fromEntries(featureNames.map((name, i) => [name, i])) as Readonly<
  Record<FeatureName, number>
>

/** What machines can have in common. */
export const categoryNames = ['family', 'group', 'line', 'vendor', 'vendorFamily'] as const
export type CategoryName = (typeof categoryNames)[number]

/** A machine as features, NaN where not known, and categories, absent where not known. */
export interface RawFeatures {
  readonly processor: Processor
  readonly values: Float64Array
  readonly categories: Readonly<Partial<Record<CategoryName, string>>>
}

/** The features of a machine, from its fields and the name of its processor alone. */
export function rawFeatures(machine: MachineDescription): RawFeatures {
  const processor = parseProcessor(machine.processor ?? '')
  const family = processor.family === undefined ? undefined : processorFamilies[processor.family]
  const vendor = normaliseVendor(machine.vendor)
  const { chips, cores, threads, megahertz, memory, tdp, supply, nodes = 1 } = machine
  const values = new Float64Array(featureNames.length).fill(Number.NaN)
  const set = (name: FeatureName, value: number) => {
    values[featureAt[name]] = value
  }
  set('coresPerChip', Math.log(ratio(cores, chips)))
  set('chips', Math.log(chips ?? Number.NaN))
  set('threadsPerCore', ratio(threads, cores) - 1)
  set('frequency', Math.log(ratio(megahertz, 1000)))
  set('tdp', Math.log(tdp ?? Number.NaN))
  set('memoryPerChip', Math.log(ratio(memory, chips)))
  set('familyYear', family?.year ?? machine.year ?? Number.NaN)
  set('nanometres', Math.log(family?.nanometres ?? Number.NaN))
  set('enclosure', nodes > 1 ? 1 : 0)
  const form = parseForm(machine.form)
  set('height', Math.log(form.height ?? Number.NaN))
  set('tower', form.tower)
  set('supply', Math.log(ratio(supply, product(tdp, chips))))
  const named = machine.processor !== undefined && machine.processor.trim() !== ''
  return {
    processor,
    values,
    categories: {
      ...(processor.family ? { family: processor.family } : {}),
      ...(named ? { group: processor.group } : {}),
      ...(processor.line ? { line: processor.line } : {}),
      ...(vendor ? { vendor } : {}),
      ...(vendor && named ? { vendorFamily: `${vendor}|${processor.family ?? '?'}` } : {}),
    },
  }
}

/** `2U`, `Tower`; a form that is not known is no tower, as most servers are none. */
function parseForm(form: string | undefined): { readonly height: number | undefined; readonly tower: number } {
  const height = Number(/^\s*(\d{1,2})\s*U\b/i.exec(form ?? '')?.[1] ?? 0)
  return { height: height > 0 ? height : undefined, tower: /^\s*tower\b/i.test(form ?? '') ? 1 : 0 }
}

function ratio(a: number | undefined, b: number | undefined): number {
  return (a ?? Number.NaN) / (b ?? Number.NaN)
}

function product(a: number | undefined, b: number | undefined): number {
  return (a ?? Number.NaN) * (b ?? Number.NaN)
}
