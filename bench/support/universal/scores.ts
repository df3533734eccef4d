import { hasWholeCurve, type MeasuredMachine } from '../../../src/universal/machine.js'

/** What was said of a machine, with the interval where there is one. */
export interface Said {
  readonly machine: MeasuredMachine
  readonly watts: Float64Array
  readonly low?: Float64Array
  readonly high?: Float64Array
}

/** Mean absolute errors and coverage, percent; NaN where nothing was measured. */
export interface Scores {
  readonly machines: number
  readonly curves: number
  readonly error: Three
  readonly covered: Three & { readonly middle: number }
  /** Median width of the interval at half load, percent of the watts. */
  readonly width: number
}

export interface Three {
  readonly idle: number
  readonly full: number
  readonly curve: number
}

export function scoresOf(said: readonly Said[]): Scores {
  const whole = said.filter(({ machine }) => hasWholeCurve(machine))
  const errors = (which: readonly Said[], loads: readonly number[]) =>
    mean(which.flatMap(({ machine, watts }) => loads.map((u) => Math.abs(watts[u]! / machine.watts[u]! - 1))))
  const covered = (which: readonly Said[], loads: readonly number[]) =>
    mean(
      which.flatMap(({ machine, low, high }) =>
        low && high ? loads.map((u) => Number(machine.watts[u]! >= low[u]! && machine.watts[u]! <= high[u]!)) : [],
      ),
    )
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  return {
    machines: said.length,
    curves: whole.length,
    error: { idle: errors(said, [0]), full: errors(said, [10]), curve: errors(whole, all) },
    covered: {
      idle: covered(said, [0]),
      full: covered(said, [10]),
      curve: covered(whole, all),
      middle: covered(whole, [2, 3, 4, 5, 6, 7, 8]),
    },
    width: median(
      said.flatMap(({ watts, low, high }) => (low && high ? [(100 * (high[5]! - low[5]!)) / watts[5]!] : [])),
    ),
  }
}

function mean(values: readonly number[]): number {
  return (100 * values.reduce((sum, value) => sum + value, 0)) / values.length
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
