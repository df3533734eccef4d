import type { Component } from '../core/energy-source.js'
import type { Powers } from '../predictor/power-model.js'

/** Kepler 0.7 to 0.9 reads an answer with one read of this many bytes; what comes after is lost. */
export const keplerReadBytes = 4096

export interface EncodedAnswer {
  readonly text: string
  /** Whether Kepler's one read takes it whole. */
  readonly fits: boolean
}

/** Decimal places to try, the first being a milliwatt: Kepler multiplies by 1000 and truncates. */
const decimalPlaces = [3, 2, 1] as const

/**
 * `{"powers": {component: [watts, ...]}, "msg": "", "core_ratio": r}` within Kepler's one read, if it can be.
 *
 * First all of it at a milliwatt. Where that is too long, components that are zero throughout are left out, which loses
 * nothing (Kepler takes a missing one as zero); one always stays. Then come shorter numbers, down to a tenth of a watt.
 * What is longer still is given whole, at a milliwatt, for clients that read to the end.
 */
export function encodeAnswer(powers: Powers, coreRatio: number): EncodedAnswer {
  const all = entriesOf(powers)
  const whole = encode(all, coreRatio, decimalPlaces[0])
  if (whole.length <= keplerReadBytes) return { text: whole, fits: true }
  const nonZero = all.filter(([, watts]) => watts.some((value) => value !== 0))
  const shortened = nonZero.length > 0 ? nonZero : all.slice(0, 1)
  for (const places of decimalPlaces) {
    const text = encode(shortened, coreRatio, places)
    if (text.length <= keplerReadBytes) return { text, fits: true }
  }
  return { text: whole, fits: false }
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

/** All characters are ASCII, so the length of the text is its length in bytes. */
function encode(entries: readonly Entry[], coreRatio: number, places: number): string {
  const scale = 10 ** places
  let text = '{"powers":{'
  entries.forEach(([component, watts], c) => {
    text += `${c > 0 ? ',' : ''}"${component}":[`
    for (let i = 0; i < watts.length; i++) text += (i > 0 ? ',' : '') + rounded(watts[i]!, scale)
    text += ']'
  })
  return `${text}},"msg":"","core_ratio":${coreRatio}}`
}

function rounded(watts: number, scale: number): number {
  // Beyond this the product is no longer exact, and no decimals are left anyway.
  return watts < 1e12 ? Math.round(watts * scale) / scale : watts
}
