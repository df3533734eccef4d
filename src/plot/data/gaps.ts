/** A part of the time, in unix seconds. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
}

/** A pause this many times as long as the usual one has no measurement. */
const longerThanUsual = 1.9
const mostGaps = 200

/** The pauses between rows that are longer than usual: rows were left out there, or nothing was measured. */
export function gapsIn(times: readonly number[]): readonly TimeSpan[] {
  const usual = usualStep(times)
  const gaps: TimeSpan[] = []
  for (let i = 1; i < times.length; i++) {
    const [from, to] = [times[i - 1]!, times[i]!]
    if (to - from > longerThanUsual * usual) gaps.push({ from, to })
  }
  return gaps.length <= mostGaps ? gaps : [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, mostGaps)
}

/** The median of the pauses; infinite with fewer than two times. */
export function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, i) => time - times[i]!)
  const positive = steps.filter((step) => step > 0).sort((a, b) => a - b)
  return positive[positive.length >> 1] ?? Number.POSITIVE_INFINITY
}
