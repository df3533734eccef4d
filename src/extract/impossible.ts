import type { Component } from '../core/energy-source.js'

/** What one row says of one thing. */
export interface RowValues {
  readonly name: string
  readonly values: Float64Array
}

export interface RowPower extends RowValues {
  readonly component: Component
}

/** A row that no machine can have measured, and the value that gives it away. */
export interface ImpossibleRow {
  readonly row: number
  readonly column: string
  readonly value: number
  readonly why: string
}

/** What is known of the machine; the less, the wider its limits. */
export interface MachineLimits {
  readonly chips?: number | undefined
  readonly cores?: number | undefined
}

/** Watts of one processor, twice what the hottest of 2026 are specified for; of its memory; of a whole machine; of one GPU. */
const mostWatts: Readonly<Record<Component, number>> = {
  package: 1200,
  core: 1200,
  uncore: 1200,
  dram: 600,
  platform: 20_000,
  gpu: 2400,
}
/** Where the number of processors is not known. */
const mostChips = 8
/** Share of the rows that may be extreme without being what the others are measured by. */
const extremeShare = 0.03
/** Watts so many times above all others, without usage that is any higher, are no load. */
const farAbove = 3
/** The same beside the rows before and after. */
const aboveNeighbours = 2
const belowNeighbours = 0.4
/** Usage so many times above all others, without more power, was not done. */
const usageFarAbove = 50
/** Usage that is higher by less than this explains no other power. */
const notMore = 1.5
/** Watts below which a ratio says nothing: a counter moves in steps. */
const leastWatts = 5
const leastRows = 5
/** A meter that says the same so many times in a row, while usage changes and it can tell other watts, stands still. */
const stuckRows = 10

/**
 * Rows with watts or usage that cannot be, by physics and by comparison with the other rows: above what a machine can
 * draw, negative, far above (or below) everything else without usage that explains it, or repeated while usage changes.
 * A burst of load is not among them: its usage is high as well.
 */
export function impossibleRows(
  power: readonly RowPower[],
  usage: readonly RowValues[],
  limits: MachineLimits = {},
): readonly ImpossibleRow[] {
  const found = new Map<number, ImpossibleRow>()
  const rows = power[0]?.values.length ?? 0
  const add = (row: number, { name, values }: RowValues, why: string) => {
    if (!found.has(row)) found.set(row, { row, column: name, value: values[row]!, why })
  }
  for (const column of power) {
    const most = mostWatts[column.component] * (column.component === 'platform' ? 1 : (limits.chips ?? mostChips))
    column.values.forEach((watts, row) => {
      if (watts < 0) add(row, column, 'negative')
      else if (watts > most) add(row, column, `more than ${most} W`)
    })
  }
  if (rows < leastRows) return [...found.values()]
  const usual = usage.filter(({ values }) => values.some((value) => value > 0))
  for (const column of power) {
    findSpikes(column, usual, (row, why) => add(row, column, why))
    findStuck(column, usual, (row, why) => add(row, column, why))
  }
  for (const column of usual) findUsageSpikes(column, power, (row, why) => add(row, column, why))
  return [...found.values()].sort((a, b) => a.row - b.row)
}

type Found = (row: number, why: string) => void

function findSpikes({ values }: RowValues, usage: readonly RowValues[], found: Found): void {
  const high = usualHighest(values)
  const highestUsage = usage.map((column) => usualHighest(column.values))
  values.forEach((watts, row) => {
    const explained = usage.some((column, j) => column.values[row]! > notMore * highestUsage[j]!)
    if (!explained && watts > farAbove * high + leastWatts) {
      found(row, `${(watts / high).toPrecision(3)} times the highest of the others`)
      return
    }
    const around = neighboursOf(row, values.length)
    const [low, top] = [Math.min(...around.map((i) => values[i]!)), Math.max(...around.map((i) => values[i]!))]
    const more = usage.some((c) => c.values[row]! > notMore * Math.max(...around.map((i) => c.values[i]!)))
    const less = usage.some((c) => c.values[row]! * notMore < Math.min(...around.map((i) => c.values[i]!)))
    if (usage.length > 0 && !more && watts > aboveNeighbours * top + leastWatts) {
      found(row, `${(watts / top).toPrecision(3)} times the rows before and after, with the same usage`)
    } else if (usage.length > 0 && !less && watts + leastWatts < belowNeighbours * low) {
      found(row, `${((100 * watts) / low).toFixed(0)} % of the rows before and after, with the same usage`)
    }
  })
}

function findUsageSpikes({ values }: RowValues, power: readonly RowValues[], found: Found): void {
  const high = usualHighest(values)
  const highestPower = power.map((column) => usualHighest(column.values))
  values.forEach((value, row) => {
    if (!(high > 0) || value <= usageFarAbove * high) return
    const powered = power.some((column, j) => column.values[row]! > notMore * highestPower[j]!)
    if (!powered) found(row, `${(value / high).toPrecision(3)} times the highest of the others, without more power`)
  })
}

function findStuck({ values }: RowValues, usage: readonly RowValues[], found: Found): void {
  for (let begin = 0; begin < values.length; ) {
    let end = begin + 1
    while (end < values.length && values[end] === values[begin]) end++
    const run = { begin, end }
    // A component that is always the same, such as one that is not metered, is not stuck.
    const rest = values.length - (end - begin)
    if (end - begin >= stuckRows && values[begin] !== 0 && rest >= end - begin && changesWithin(usage, run)) {
      for (let row = begin + 1; row < end; row++) found(row, `repeated ${end - begin} times while usage changed`)
    }
    begin = end
  }
}

/** Whether usage goes through at least half of its range within a run of rows. */
function changesWithin(usage: readonly RowValues[], { begin, end }: { begin: number; end: number }): boolean {
  return usage.some(({ values }) => {
    const [low, high] = rangeOf(values)
    const [least, most] = rangeOf(values.subarray(begin, end))
    return high > low && most - least >= (high - low) / 2
  })
}

/** The highest value but for the share of rows that may be extreme. */
function usualHighest(values: Float64Array): number {
  const sorted = values.slice().sort()
  return sorted[sorted.length - 1 - Math.ceil(extremeShare * sorted.length)] ?? 0
}

/** The rows before and after; at an end the two next to it. */
function neighboursOf(row: number, rows: number): readonly number[] {
  if (row === 0) return [1, 2]
  if (row === rows - 1) return [rows - 3, rows - 2]
  return [row - 1, row + 1]
}

function rangeOf(values: Float64Array): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}
