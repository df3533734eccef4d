import { mean } from '../../numeric/matrix.js'
import type { Measured } from './measure.js'

/** The outcome of comparing a slot's candidate with the served model. */
export type Verdict = (typeof verdicts)[number]

export const verdicts = [
  'first',
  'better',
  'too_few_rows',
  'too_quiet',
  'no_skill',
  'too_inaccurate',
  'narrower',
  'no_better',
  'no_longer_better',
  'too_soon',
  'untrainable',
] as const

export interface Decision {
  readonly verdict: Verdict
  readonly publish: boolean
  /** Whether to publish at once; other improvements wait until the publish interval is over. */
  readonly urgent: boolean
  /** One sentence for people. */
  readonly why: string
}

/** The error of the best candidate, or of the served model, on the same held-out rows. */
export interface EvaluatedModel {
  /** Of the best model of all trainers. */
  readonly any: Measured
  /** Of the best model that has weights; `undefined` when there is none. */
  readonly weights: Measured | undefined
  /** The highest value of the main feature in its training rows. */
  readonly highestUsage: number | undefined
}

export interface Rules {
  /** How much the node's power has varied, as a share of its mean. */
  readonly spread: number
  /** Whether the served model has drifted. */
  readonly drifting: boolean
  /** Whether a held-out row is of the newest of the windows that are held out. */
  readonly isNewest: (row: number) => boolean
  /** Share by which the error must be lower than that of the served model. */
  readonly margin: number
  /** Percent of error above which nothing is published. */
  readonly maxError: number
}

/** A candidate of less skill than this is not published: a constant would do nearly as well. */
const minSkill = 0.3
/** Share of the served model's highest usage that a candidate's training rows must reach. */
const minRange = 0.5
/** Percent of the mean power; a smaller gain is not worth a new version, however significant it is. */
const minGain = 0.5
/** Percent of the mean power; a gain of this size that also halves the error is published at once. */
const urgentGain = 5
const urgentRatio = 2
/** Before power has varied by this share, the measurements describe a single state of the machine. */
const minSpread = 0.1

/**
 * Whether a candidate replaces the served model.
 *
 * On rows of garbage, a model that learned noise or a constant can beat the served one; the limit on skill prevents
 * that. After the garbage, a model trained on it would still win on those rows; so the newest held-out rows are compared
 * on their own. A model of an idle hour can beat the served one on that hour without knowing any load; the limit on the
 * usage range prevents that, unless the served model has drifted. And an archive that is better must not replace weights
 * by worse ones, since Kepler uses the weights.
 */
export function validateCandidate(
  candidate: EvaluatedModel,
  served: EvaluatedModel | undefined,
  { margin, maxError, spread, drifting, isNewest }: Rules,
): Decision {
  const { any } = candidate
  const error = `${percent(any)} off on ${any.rows} held-out measurements`
  if (served === undefined && spread < minSpread) {
    return keepServed('too_quiet', `power has varied by ${(100 * spread).toFixed(1)} % only: waiting for some load`)
  }
  if (any.skill < minSkill) {
    return keepServed('no_skill', `${error}, hardly better than a constant: power varies too little, or not with usage`)
  }
  if (any.percent > maxError) return keepServed('too_inaccurate', `${error}, more than ${maxError} %`)
  if (served === undefined) return { verdict: 'first', publish: true, urgent: true, why: error }
  const compared = `${error}, the served model ${percent(served.any)}`
  const { highestUsage: seen = 0 } = candidate
  const known = served.highestUsage ?? 0
  if (!drifting && seen < minRange * known) {
    return keepServed(
      'narrower',
      `${compared}; it has seen usage up to ${rounded(seen)}, the served model up to ${rounded(known)}`,
    )
  }
  const pairs = [[any, served.any] as const]
  if (served.weights) {
    if (candidate.weights === undefined)
      return keepServed('no_better', `${compared}; it gives no weights, the served model does`)
    pairs.push([candidate.weights, served.weights])
  }
  const worse = pairs.some(([mine, theirs]) => mine.watts > theirs.watts * (1 + margin))
  const better = pairs.find(
    ([mine, theirs]) =>
      mine.watts < theirs.watts * (1 - margin) && theirs.percent - mine.percent >= minGain && surely(mine, theirs),
  )
  if (!better || worse) return keepServed('no_better', compared)
  const now = (model: Measured) => mean(model.perRow.filter((_, row) => isNewest(row)))
  if (now(any) > now(served.any) * (1 + margin)) {
    return keepServed('no_longer_better', `${compared}; but of the newest the served model is off by less`)
  }
  const [mine, theirs] = better
  const gain = mine === any ? '' : `; its weights ${percent(mine)}, those of the served one ${percent(theirs)}`
  const large = theirs.percent - mine.percent >= urgentGain && theirs.percent >= urgentRatio * mine.percent
  const urgent = drifting || large
  return { verdict: 'better', publish: true, urgent, why: compared + gain }
}

/** The decision on an improvement that is too small to be published this soon after the last version. */
export function tooSoon({ why }: Decision): Decision {
  return keepServed('too_soon', `${why}; a version was published a moment ago`)
}

/** Whether the paired differences of the rows' errors are significant: their mean is above two standard errors. */
function surely(mine: Measured, theirs: Measured): boolean {
  const differences = theirs.perRow.map((error, i) => error - mine.perRow[i]!)
  const average = mean(differences)
  const variance = differences.reduce((sum, value) => sum + (value - average) ** 2, 0) / (differences.length - 1)
  return average > 2 * Math.sqrt(variance / differences.length)
}

/** The decision to keep the served model. */
export function keepServed(verdict: Verdict, why: string): Decision {
  return { verdict, publish: false, urgent: false, why }
}

function percent({ percent: value, watts }: Measured): string {
  return `${value.toFixed(1)} % (${watts.toFixed(2)} W)`
}

function rounded(value: number): string {
  return value.toPrecision(3)
}
