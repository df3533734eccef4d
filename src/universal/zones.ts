import type { CurveAnswer } from './universal-model.js'
import { type Curve, loads } from './machine.js'

/** A curve with its 90 % interval. */
export interface Band {
  readonly watts: Curve
  readonly low: Curve
  readonly high: Curve
}

/** A ratio with its 90 % interval, at idle, in the middle and at full load. */
type RatioAt = readonly (readonly [load: number, ratio: number, low: number, high: number])[]

/**
 * Package power as a share of what is expected at the wall. One machine measured both (0.19 idle, 0.50 loaded), and data
 * sheets say the like. The six EC2 machines of Kepler's model database draw 0.4 to 0.8 idle, 0.8 to 1.6 at half and 0.5 to 1.5
 * at full load of the wall power that tuned servers of their kind have: a judgement between the two, as wide as both.
 */
const packageShare: RatioAt = [
  [0, 0.4, 0.15, 0.8],
  [0.5, 0.65, 0.25, 1.5],
  [1, 0.7, 0.4, 1.2],
]

/** Watts per GB of memory: the same EC2 machines have 0.03 to 0.1, Teads measured 0.2 to 0.6 there, modules are between. */
const wattsPerGigabyte: RatioAt = [
  [0, 0.08, 0.025, 0.4],
  [0.5, 0.13, 0.045, 0.6],
  [1, 0.17, 0.05, 0.8],
]

/** Machines alike have this many times as much memory as another, or as little: nine of ten. */
const assumedMemoryRatio = 4

/** Memory never draws more than this share of the wall. */
const mostMemory = 0.4
const normalHalfInterval = 1.6449

/** ln of the ratio and its deviation at a load. */
export function logRatio(of: 'package' | 'dram', load: number): { readonly mean: number; readonly deviation: number } {
  const table = of === 'package' ? packageShare : wattsPerGigabyte
  const upper = Math.max(
    1,
    table.findIndex(([at]) => at >= load),
  )
  const [a, b] = [table[upper - 1]!, table[upper]!]
  const share = Math.min(1, Math.max(0, (load - a[0]) / (b[0] - a[0])))
  const between = (f: (row: RatioAt[number]) => number) => f(a) + (f(b) - f(a)) * share
  return {
    mean: between((row) => Math.log(row[1])),
    deviation: between((row) => Math.log(row[3] / row[2]) / (2 * normalHalfInterval)),
  }
}

/** Power of all packages, at most their TDP, from that at the wall. */
export function packageBand(answer: CurveAnswer, tdp: number | undefined, chips: number | undefined): Band {
  const limit = tdp && chips ? tdp * chips : Number.POSITIVE_INFINITY
  const at = (u: number, side: -1 | 0 | 1) => {
    const { mean, deviation } = logRatio('package', loads[u]!)
    const ofWall = Math.log((side < 0 ? answer.low : answer.high)[u]! / answer.watts[u]!) / normalHalfInterval
    const watts = answer.watts[u]! * Math.exp(mean + side * normalHalfInterval * Math.hypot(ofWall, deviation))
    return Math.min(watts, limit, (side < 0 ? answer.low : side > 0 ? answer.high : answer.watts)[u]!)
  }
  return bandOf(at)
}

/**
 * Power of the memory, from its size in GB; `undefined` where nothing can be said.
 *
 * @param known whether the size is the machine's own, or only that of machines alike
 */
export function dramBand(answer: CurveAnswer, memory: number | undefined, known = true): Band | undefined {
  if (!memory) return undefined
  const ofSize = known ? 0 : Math.log(assumedMemoryRatio) / normalHalfInterval
  return bandOf((u, side) => {
    const { mean, deviation } = logRatio('dram', loads[u]!)
    return Math.min(
      memory * Math.exp(mean + side * normalHalfInterval * Math.hypot(deviation, ofSize)),
      mostMemory * (side < 0 ? answer.low : side > 0 ? answer.high : answer.watts)[u]!,
    )
  })
}

function bandOf(at: (u: number, side: -1 | 0 | 1) => number): Band {
  const curve = (side: -1 | 0 | 1) => {
    let highest = 0
    return Float64Array.from(loads, (_, u) => {
      highest = Math.max(highest, at(u, side))
      return highest
    })
  }
  return { watts: curve(0), low: curve(-1), high: curve(1) }
}
