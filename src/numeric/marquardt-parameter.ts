import { lengthOf, type PivotedQr } from './householder.js'

export interface DampedStep {
  /** How strongly the step is damped: 0 is a Gauss-Newton step. */
  readonly damping: number
  /** To be subtracted from the parameters. */
  readonly step: Float64Array
}

const smallestNormal = 2.2250738585072014e-308
const maxRounds = 10

/**
 * The damping for which the scaled step is `radius` long, within a tenth: Moré's iteration (The Levenberg-Marquardt
 * algorithm, 1978), MINPACK's `lmpar`. With R rank deficient, the Gauss-Newton step leaves the dependent columns out.
 */
export function dampedStep(qr: PivotedQr, scale: Float64Array, radius: number, damping: number): DampedStep {
  const { r, pivots, qtb } = qr
  const n = scale.length
  const rank = rankOf(qr, n)
  let step = gaussNewtonStep(qr, rank, n)
  let scaled = product(scale, step)
  let length = lengthOf(scaled)
  let excess = length - radius
  if (excess <= 0.1 * radius) return { damping: 0, step }

  let lower = 0
  const work = new Float64Array(n)
  if (rank >= n) {
    for (let j = 0; j < n; j++) work[j] = scale[pivots[j]!]! * (scaled[pivots[j]!]! / length)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let i = 0; i < j; i++) sum += r[i * n + j]! * work[i]!
      work[j] = (work[j]! - sum) / r[j * n + j]!
    }
    const size = lengthOf(work)
    lower = excess / radius / size / size
  }
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let i = 0; i <= j; i++) sum += r[i * n + j]! * qtb[i]!
    work[j] = sum / scale[pivots[j]!]!
  }
  const gradient = lengthOf(work)
  let upper = gradient / radius
  if (upper === 0) upper = smallestNormal / Math.min(radius, 0.1)

  let current = Math.min(Math.max(damping, lower), upper)
  if (current === 0) current = gradient / length
  for (let round = 1; ; round++) {
    if (current === 0) current = Math.max(smallestNormal, 0.001 * upper)
    const root = Math.sqrt(current)
    const solved = solveDamped(qr, scale, root)
    step = solved.step
    scaled = product(scale, step)
    length = lengthOf(scaled)
    const before = excess
    excess = length - radius
    if (Math.abs(excess) <= 0.1 * radius || (lower === 0 && excess <= before && before < 0) || round === maxRounds)
      break
    for (let j = 0; j < n; j++) work[j] = scale[pivots[j]!]! * (scaled[pivots[j]!]! / length)
    for (let j = 0; j < n; j++) {
      work[j]! /= solved.triangle[j * n + j]!
      for (let i = j + 1; i < n; i++) work[i]! -= solved.triangle[j * n + i]! * work[j]!
    }
    const size = lengthOf(work)
    const correction = excess / radius / size / size
    if (excess > 0) lower = Math.max(lower, current)
    if (excess < 0) upper = Math.min(upper, current)
    current = Math.max(lower, current + correction)
  }
  return { damping: current, step }
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, k) => value * b[k]!)
}

function rankOf({ r }: PivotedQr, n: number): number {
  for (let j = 0; j < n; j++) if (r[j * n + j] === 0) return j
  return n
}

function gaussNewtonStep({ r, pivots, qtb }: PivotedQr, rank: number, n: number): Float64Array {
  const solution = new Float64Array(n)
  const step = new Float64Array(n)
  for (let i = rank - 1; i >= 0; i--) {
    let sum = qtb[i]!
    for (let j = i + 1; j < rank; j++) sum -= r[i * n + j]! * solution[j]!
    solution[i] = sum / r[i * n + i]!
  }
  for (let j = 0; j < n; j++) step[pivots[j]!] = solution[j]!
  return step
}

/** Least squares of R with `root * scale` below it, by plane rotations (MINPACK's `qrsolv`). */
function solveDamped(
  { r, pivots, qtb }: PivotedQr,
  scale: Float64Array,
  root: number,
): { step: Float64Array; triangle: Float64Array } {
  const n = scale.length
  const triangle = r.slice()
  const right = qtb.slice()
  const row = new Float64Array(n)
  for (let j = 0; j < n; j++) {
    row.fill(0)
    row[j] = root * scale[pivots[j]!]!
    let rest = 0
    for (let k = j; k < n; k++) {
      const below = row[k]!
      if (below === 0) continue
      const above = triangle[k * n + k]!
      const length = Math.hypot(above, below)
      const cosine = above / length
      const sine = below / length
      for (let i = k; i < n; i++) {
        const upper = triangle[k * n + i]!
        triangle[k * n + i] = cosine * upper + sine * row[i]!
        row[i] = cosine * row[i]! - sine * upper
      }
      const previous = right[k]!
      right[k] = cosine * previous + sine * rest
      rest = cosine * rest - sine * previous
    }
  }
  const step = new Float64Array(n)
  const solution = new Float64Array(n)
  for (let i = n - 1; i >= 0; i--) {
    let sum = right[i]!
    for (let j = i + 1; j < n; j++) sum -= triangle[i * n + j]! * solution[j]!
    solution[i] = triangle[i * n + i] === 0 ? 0 : sum / triangle[i * n + i]!
    step[pivots[i]!] = solution[i]!
  }
  return { step, triangle }
}
