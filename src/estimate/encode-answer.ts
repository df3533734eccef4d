import type { Component } from '../core/energy-source.js'
import type { Powers } from '../predictor/power-model.js'

/** Kepler 0.7 to 0.9 reads an answer with one read of this many bytes; what comes after is lost. */
export const keplerReadBytes = 4096

export interface EncodedAnswer {
  readonly text: string
  /** Whether Kepler's one read takes it whole. */
  readonly fits: boolean
  /** Components with watts that were left out so that it fits. */
  readonly omitted: readonly Component[]
}

/** The first numbers to try: Kepler multiplies by 1000 and truncates. */
const milliwatts = decimals(3)
const tenths = decimals(1)
/** Two digits are enough for a share of the node's power. */
const shortest: Digits = (watts) => (watts < 10 ? tenths(watts) : Math.round(watts))

/** What can be missed, the least important first: core and uncore are part of the package. */
const leastImportant: readonly Component[] = ['core', 'uncore', 'dram']

/**
 * `{"powers": {component: [watts, ...]}, "msg": "", "core_ratio": r}` within Kepler's one read, if it can be.
 *
 * First all of it at a milliwatt. Where that is too long, components that are zero throughout are left out, which loses
 * nothing (Kepler takes a missing one as zero); one always stays. Then come shorter numbers, down to a tenth of a watt.
 * Then components are left out, core, uncore and dram in this order, since the package alone is better than no answer at
 * all; at last watts from 10 on lose their decimals. What is longer still is given whole, at a milliwatt, for clients that
 * read to the end.
 */
export function encodeAnswer(powers: Powers, coreRatio: number): EncodedAnswer {
  const all = entriesOf(powers)
  const whole = encode(all, coreRatio, milliwatts)
  if (whole.length <= keplerReadBytes) return { text: whole, fits: true, omitted: [] }
  const nonZero = all.filter(([, watts]) => watts.some((value) => value !== 0))
  let kept = nonZero.length > 0 ? nonZero : all.slice(0, 1)
  const omitted: Component[] = []
  for (const digits of [milliwatts, decimals(2), tenths, shortest]) {
    const text = encode(kept, coreRatio, digits)
    if (text.length <= keplerReadBytes) return { text, fits: true, omitted }
    // A tenth of a watt is as short as numbers get before something is missed.
    if (digits !== tenths) continue
    for (const component of leastImportant) {
      if (kept.length < 2 || !kept.some(([name]) => name === component)) continue
      kept = kept.filter(([name]) => name !== component)
      omitted.push(component)
      const shorter = encode(kept, coreRatio, digits)
      if (shorter.length <= keplerReadBytes) return { text: shorter, fits: true, omitted }
    }
  }
  return { text: whole, fits: false, omitted: [] }
}

/**
 * `{"powers": [], "msg": why}`. The empty list is on purpose: Kepler cannot decode it and takes it for the failure that it
 * is, whereas it takes an empty object for an answer and runs past its end.
 */
export function encodeFailure(why: string): string {
  return `{"powers":[],"msg":${JSON.stringify(why)}}`
}

type Entry = readonly [component: Component, watts: readonly number[]]

function entriesOf(powers: Powers): readonly Entry[] {
  return Object.entries(powers) as Entry[]
}

/** A number as it is written. */
type Digits = (watts: number) => number

function decimals(places: number): Digits {
  const scale = 10 ** places
  // Beyond this the product is no longer exact, and no decimals are left anyway.
  return (watts) => (watts < 1e12 ? Math.round(watts * scale) / scale : watts)
}

/** All characters are ASCII, so the length of the text is its length in bytes. */
function encode(entries: readonly Entry[], coreRatio: number, digits: Digits): string {
  let text = '{"powers":{'
  entries.forEach(([component, watts], c) => {
    text += `${c > 0 ? ',' : ''}"${component}":[`
    for (let i = 0; i < watts.length; i++) text += (i > 0 ? ',' : '') + digits(watts[i]!)
    text += ']'
  })
  return `${text}},"msg":"","core_ratio":${coreRatio}}`
}
