import type { TimeSpan } from '../data/gaps.js'

/** Points of a line, and of the band behind it, that a picture can show; an hour of seconds has more than it has pixels. */
export const mostLinePoints = 1200
export const mostPoints = 2500

/**
 * A line of at most `most` points: the lowest and the highest of each stretch, in their order, so that peaks stay. It
 * breaks at gaps.
 */
export function thinnedLine(
  x: readonly number[],
  y: readonly number[],
  gaps: readonly TimeSpan[] = [],
  most = mostLinePoints,
): { readonly x: readonly number[]; readonly y: readonly number[] } {
  const rows: number[] = []
  for (const stretch of stretches(x.length, most / 2)) {
    const low = stretch.reduce((a, b) => (y[b]! < y[a]! ? b : a))
    const high = stretch.reduce((a, b) => (y[b]! > y[a]! ? b : a))
    rows.push(...new Set([Math.min(low, high), Math.max(low, high)]))
  }
  const kept = withBreaks(
    rows.map((row) => ({ x: x[row]!, values: [y[row]!] })),
    gaps,
  )
  return { x: kept.map((point) => point.x), y: kept.map(({ values }) => values[0]!) }
}

/** A band of at most `most` points: the lowest of `low` and the highest of `high` of each stretch. */
export function thinnedBand(
  x: readonly number[],
  low: readonly number[],
  high: readonly number[],
  gaps: readonly TimeSpan[] = [],
  most = mostLinePoints,
): { readonly x: readonly number[]; readonly low: readonly number[]; readonly high: readonly number[] } {
  const points = stretches(x.length, most).map((stretch) => ({
    x: x[stretch[0]!]!,
    values: [
      stretch.reduce((least, row) => Math.min(least, low[row]!), Number.POSITIVE_INFINITY),
      stretch.reduce((largest, row) => Math.max(largest, high[row]!), Number.NEGATIVE_INFINITY),
    ],
  }))
  const kept = withBreaks(points, gaps)
  return {
    x: kept.map((point) => point.x),
    low: kept.map(({ values }) => values[0]!),
    high: kept.map(({ values }) => values[1]!),
  }
}

/** At most `most` of the points, evenly spread over their order. */
export function thinnedPoints<T>(points: readonly T[], most = mostPoints): readonly T[] {
  if (points.length <= most) return points
  return Array.from({ length: most }, (_, i) => points[Math.floor((i * points.length) / most)]!)
}

/** All rows in at most `count` stretches of neighbours. */
function stretches(rows: number, count: number): readonly (readonly number[])[] {
  const parts = Math.min(rows, Math.max(1, Math.floor(count)))
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((part * rows) / parts)
    const to = Math.floor(((part + 1) * rows) / parts)
    return Array.from({ length: to - from }, (_, i) => from + i)
  })
}

interface Point {
  readonly x: number
  readonly values: readonly number[]
}

function withBreaks(points: readonly Point[], gaps: readonly TimeSpan[]): readonly Point[] {
  const breaks = [...gaps].sort((a, b) => a.from - b.from)
  const broken: Point[] = []
  let next = 0
  for (const point of points) {
    while (next < breaks.length && breaks[next]!.to <= point.x) {
      const { from, to } = breaks[next++]!
      if (broken.length > 0) broken.push({ x: (from + to) / 2, values: point.values.map(() => Number.NaN) })
    }
    broken.push(point)
  }
  return broken
}
