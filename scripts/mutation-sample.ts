/** Which single changes a mutation run tries: a seeded sample of those that StrykerJS knows for a folder. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from '@stryker-mutator/api/core'
import { Instrumenter } from '@stryker-mutator/instrumenter'
import { seededRandom, shuffleInPlace } from '../src/numeric/random.js'

/** Texts are not looked at: a message may be worded anew without a test noticing. */
export const excludedMutations = ['StringLiteral']

/** A change in a large block contains others: one that contains more than this many is not drawn. */
const mostWithin = 3

/** The sources of a folder of `src`, without tests. */
export function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join('src', folder), { recursive: true })
    .map((name) => join('src', folder, String(name)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
}

/** @returns places as StrykerJS takes them: `file:line:column-line:column` */
export async function sampledPlaces(folder: string, size: number, seed: number): Promise<readonly string[]> {
  const instrumenter = new Instrumenter(quiet)
  const files = sourcesIn(folder).map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') }))
  const { mutants } = await instrumenter.instrument(files, { plugins: [], excludedMutations, ignorers: [] })
  const small = mutants.filter((one) => mutants.filter((other) => isWithin(other, one)).length <= mostWithin)
  const order = Int32Array.from(small.keys())
  shuffleInPlace(order, seededRandom(seed))
  return [...new Set(Array.from(order, (i) => placeOf(small[i]!)))].slice(0, size)
}

function isWithin(inner: Mutant, outer: Mutant): boolean {
  if (inner.fileName !== outer.fileName) return false
  const before = (a: Mutant['location']['start'], b: Mutant['location']['start']) =>
    a.line < b.line || (a.line === b.line && a.column <= b.column)
  return before(outer.location.start, inner.location.start) && before(inner.location.end, outer.location.end)
}

/** The instrumenter counts lines from 0, the setting from 1. */
function placeOf({ fileName, location: { start, end } }: Mutant): string {
  return `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`
}

const nothing = () => {}
const quiet = {
  ...{ isTraceEnabled: () => false, isDebugEnabled: () => false, isInfoEnabled: () => false },
  ...{ isWarnEnabled: () => false, isErrorEnabled: () => false, isFatalEnabled: () => false },
  ...{ trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing },
}
