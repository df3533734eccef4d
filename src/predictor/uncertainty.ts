import type { Component } from '../core/energy-source.js'
import type { InputRange } from './input-range.js'
import { type IntervalTable, offsetsAt } from './interval-table.js'

/**
 * Where an interval comes from:
 *
 * - `held-out blocks`: errors on blocks of time that the model had not seen, at the level of the prediction
 * - `held-out workloads`: errors on workloads (or machines) that the model had not seen: of models for guests, which will
 *   run others
 * - `held-out rows`: errors on other rows that it had not seen: the latest windows, or a shuffled tenth (`--fast`)
 * - `quantile forest`: the model's own, calibrated on blocks that it had not seen
 * - `published error`: from the mean absolute error in the archive's metadata, for errors that are normally distributed;
 *   nobody knows how it was measured
 * - `universal model`: from how far machines that were left out of the table of all machines were from what it says
 */
export const intervalMethods = [
  'held-out blocks',
  'held-out workloads',
  'held-out rows',
  'quantile forest',
  'published error',
  'universal model',
] as const
export type IntervalMethod = (typeof intervalMethods)[number]

export interface ComponentUncertainty {
  readonly table: IntervalTable
  /** Watts between the least and the most that were measured. */
  readonly range: number
}

/** What a model knows about its own errors. */
export interface Uncertainty {
  /** Probability with which an interval contains the measurement, e.g. 0.9. */
  readonly coverage: number
  readonly method: IntervalMethod
  readonly inputs: readonly InputRange[]
  /** Missing for a component whose error is not known. */
  readonly components: Readonly<Partial<Record<Component, ComponentUncertainty>>>
}

/** Bounds in watts, one of each per row; never negative. */
export interface PowerInterval {
  readonly lower: readonly number[]
  readonly upper: readonly number[]
}

/**
 * The interval around predictions. Outside the range of training it widens: by the share of the range that the input is
 * outside, of both its own width and the range of watts, since power may move on as far as the input did.
 *
 * @param distances how far each row is outside, see `distancesOutside`
 */
export function intervalAround(
  watts: readonly number[],
  { table, range }: ComponentUncertainty,
  distances: Float64Array,
): PowerInterval {
  const lower = new Array<number>(watts.length)
  const upper = new Array<number>(watts.length)
  for (let i = 0; i < watts.length; i++) {
    const value = watts[i]!
    const distance = distances[i]!
    const offsets = offsetsAt(table, value)
    lower[i] = Math.max(0, value + offsets.lower * (1 + distance) - distance * range)
    upper[i] = Math.max(0, value + offsets.upper * (1 + distance) + distance * range)
  }
  return { lower, upper }
}
