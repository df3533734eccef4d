import { seededRandom } from '../../../src/numeric/random.js'
import type { RawFeatures } from '../../../src/universal/features.js'
import type { MeasuredMachine } from '../../../src/universal/machine.js'

/** Positions in the table that teach and that are tried. */
export interface Split {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

/** Folds of about equal size; machines with the same key are all in one. */
export function groupedFolds(keys: readonly string[], count: number, seed = 0): readonly Split[] {
  const sizes = new Map<string, number>()
  for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1)
  const random = seededRandom(seed)
  const order = [...sizes].map(([key, size]) => ({ key, size, chance: random.next() }))
  order.sort((a, b) => b.size - a.size || a.chance - b.chance)
  const filled = new Array<number>(count).fill(0)
  const foldOf = new Map<string, number>()
  for (const { key, size } of order) {
    const emptiest = Math.min(...filled)
    const open = Array.from(filled.keys()).filter((fold) => filled[fold] === emptiest)
    const fold = open[random.below(open.length)]!
    foldOf.set(key, fold)
    filled[fold]! += size
  }
  return filled.map((_, fold) => splitBy(keys.length, (i) => foldOf.get(keys[i]!) === fold))
}

/** Machines published before a date teach, those from then until another are tried. */
export function dateSplit(machines: readonly MeasuredMachine[], from: string, until = '9999'): Split {
  const date = (i: number) => machines[i]!.published ?? '0000'
  const all = Array.from(machines.keys())
  return { train: all.filter((i) => date(i) < from), test: all.filter((i) => date(i) >= from && date(i) < until) }
}

/** Each vendor held out in turn; those with few machines together. */
export function vendorSplits(raw: readonly RawFeatures[], fewest = 15): readonly Split[] {
  const counts = new Map<string, number>()
  const vendorOf = (i: number) => raw[i]!.categories.vendor ?? '?'
  for (let i = 0; i < raw.length; i++) counts.set(vendorOf(i), (counts.get(vendorOf(i)) ?? 0) + 1)
  const group = (i: number) => (counts.get(vendorOf(i))! >= fewest ? vendorOf(i) : 'other')
  const groups = [...new Set(Array.from(raw.keys(), group))].sort()
  return groups.map((vendor) => splitBy(raw.length, (i) => group(i) === vendor))
}

function splitBy(count: number, isTest: (i: number) => boolean): Split {
  const all = Array.from({ length: count }, (_, i) => i)
  return { train: all.filter((i) => !isTest(i)), test: all.filter(isTest) }
}
