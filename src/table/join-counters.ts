import type { Timeline } from './timeline.js'

/** Growth from one series to the next is likely up to so many times the highest rate within a series. */
const likelyGrowth = 10

/**
 * Joins what is one counter under changing labels: a container's command changes while it starts, a pod is relabelled.
 * Series of one thing that never have a sample at the same time are one counter; series that do stay apart. Where the
 * next series begins lower than the last one ended, or unlikely far above it, it is another count: the rate before goes on.
 */
export function joinCounters(series: readonly Timeline[]): readonly Timeline[] {
  if (series.length < 2) return series
  const tracks: Timeline[][] = []
  for (const one of [...series].sort((a, b) => a.timestamps[0]! - b.timestamps[0]!)) {
    const track = tracks.find((parts) => parts.every((part) => !overlaps(part, one)))
    if (track) track.push(one)
    else tracks.push([one])
  }
  return tracks.map((parts) => (parts.length === 1 ? parts[0]! : joined(parts)))
}

/** Whether two timelines have a sample at the same time. */
function overlaps(a: Timeline, b: Timeline): boolean {
  let j = 0
  for (const time of a.timestamps) {
    while (j < b.timestamps.length && b.timestamps[j]! < time) j++
    if (j === b.timestamps.length) return false
    if (b.timestamps[j] === time) return true
  }
  return false
}

function joined(parts: readonly Timeline[]): Timeline {
  const samples = parts
    .flatMap(({ timestamps, values }, part) => [...timestamps].map((time, i) => ({ time, value: values[i]!, part })))
    .sort((a, b) => a.time - b.time)
  const rateAt = (i: number) => {
    const [before, after] = [samples[i - 1]!, samples[i]!]
    return (after.value - before.value) / (after.time - before.time)
  }
  let highest = 0
  for (let i = 1; i < samples.length; i++) {
    if (samples[i]!.part === samples[i - 1]!.part) highest = Math.max(highest, rateAt(i))
  }
  const values = new Float64Array(samples.length)
  let offset = 0
  let rate = 0
  samples.forEach(({ time, value, part }, i) => {
    const before = samples[i - 1]
    if (before !== undefined) {
      const growth = rateAt(i)
      const another = part !== before.part && (growth < 0 || (highest > 0 && growth > likelyGrowth * highest))
      if (another) offset = values[i - 1]! + rate * (time - before.time) - value
      else if (growth >= 0) rate = growth
    }
    values[i] = value + offset
  })
  return { timestamps: Float64Array.from(samples, ({ time }) => time), values }
}
