import { mean } from '../../numeric/matrix.js'
import type { Measured } from './measure.js'

/** What becomes of a slot's candidate. */
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

export interface Judgement {
  readonly verdict: Verdict
  readonly publish: boolean
  /** Whether what is served is wrong until this is published; else it can wait for others. */
  readonly urgent: boolean
  /** One sentence for people. */
  readonly why: string
}

/** How the best candidate, or the served model, does on the same held-out rows. */
export interface Contender {
  /** By whoever takes any model. */
  readonly any: Measured
  /** By whoever wants weights; `undefined` when there are none. */
  readonly weights: Measured | undefined
  /** The highest value of the main feature that it has seen. */
  readonly highestUsage: number | undefined
}

export interface Rules {
  /** How much the node's power has varied, as a share of its mean. */
  readonly spread: number
  /** Whether the served model is off for some time already. */
  readonly drifting: boolean
  /** Whether a held-out row is of the newest of the windows that are held out. */
  readonly isNewest: (row: number) => boolean
  /** Share by which the error must be lower than that of the served model. */
  readonly margin: number
  /** Percent of error above which nothing is published. */
  readonly maxError: number
}

/** A candidate that explains less than this is not published: it is hardly better than always saying the same watts. */
const leastSkill = 0.3
/** A candidate that has seen less than this part of the usage that the served model has seen knows less. */
const leastRange = 0.5
/** Percent of the mean power; a smaller gain is worth no new version, however sure it is. */
const leastGain = 0.5
/** Percent of the mean power; a gain so large is worth a version at once. */
const urgentGain = 5
/** Before power has varied by this share, nothing is known of the machine but one state of it. */
const leastSpread = 0.1

/**
 * Whether a candidate takes the place of the served model.
 *
 * A model that only learned noise, or a constant, can beat a served one on rows that are garbage: therefore skill. When
 * the garbage is over, what was learned from it would still win on the rows before: therefore the newest rows have a say
 * of their own. A model of an idle hour can beat the served one on an idle hour, and know nothing of work: therefore
 * range, unless the served one is off anyway. And what a model server gives to those who want weights must not become
 * worse for the sake of the others.
 */
export function judge(
  candidate: Contender,
  served: Contender | undefined,
  { margin, maxError, spread, drifting, isNewest }: Rules,
): Judgement {
  const { any } = candidate
  const error = `${percent(any)} off on ${any.rows} held-out measurements`
  if (served === undefined && spread < leastSpread) {
    return leave('too_quiet', `power has varied by ${(100 * spread).toFixed(1)} % only: waiting for some load`)
  }
  if (any.skill < leastSkill) {
    return leave('no_skill', `${error}, hardly better than a constant: power varies too little, or not with usage`)
  }
  if (any.percent > maxError) return leave('too_inaccurate', `${error}, more than ${maxError} %`)
  if (served === undefined) return { verdict: 'first', publish: true, urgent: true, why: error }
  const compared = `${error}, the served model ${percent(served.any)}`
  const { highestUsage: seen = 0 } = candidate
  const known = served.highestUsage ?? 0
  if (!drifting && seen < leastRange * known) {
    return leave(
      'narrower',
      `${compared}; it has seen usage up to ${figure(seen)}, the served model up to ${figure(known)}`,
    )
  }
  const pairs = [[any, served.any] as const]
  if (served.weights) {
    if (candidate.weights === undefined)
      return leave('no_better', `${compared}; it gives no weights, the served model does`)
    pairs.push([candidate.weights, served.weights])
  }
  const worse = pairs.some(([mine, theirs]) => mine.watts > theirs.watts * (1 + margin))
  const better = pairs.find(
    ([mine, theirs]) =>
      mine.watts < theirs.watts * (1 - margin) && theirs.percent - mine.percent >= leastGain && surely(mine, theirs),
  )
  if (!better || worse) return leave('no_better', compared)
  const now = (model: Measured) => mean(model.perRow.filter((_, row) => isNewest(row)))
  if (now(any) > now(served.any) * (1 + margin)) {
    return leave('no_longer_better', `${compared}; but of the newest the served model is off by less`)
  }
  const [mine, theirs] = better
  const gain = mine === any ? '' : `; its weights ${percent(mine)}, those of the served one ${percent(theirs)}`
  const urgent = drifting || theirs.percent - mine.percent >= urgentGain
  return { verdict: 'better', publish: true, urgent, why: compared + gain }
}

/** What is better, but not by so much that a version of its own is worth it: the next one will have it, or a better one. */
export function tooSoon({ why }: Judgement): Judgement {
  return leave('too_soon', `${why}; a version was published a moment ago`)
}

/** Whether the difference is more than chance: its mean is above two standard errors of it, row by row. */
function surely(mine: Measured, theirs: Measured): boolean {
  const differences = theirs.perRow.map((error, i) => error - mine.perRow[i]!)
  const average = mean(differences)
  const variance = differences.reduce((sum, value) => sum + (value - average) ** 2, 0) / (differences.length - 1)
  return average > 2 * Math.sqrt(variance / differences.length)
}

/** What is served stays. */
export function leave(verdict: Verdict, why: string): Judgement {
  return { verdict, publish: false, urgent: false, why }
}

function percent({ percent: value, watts }: Measured): string {
  return `${value.toFixed(1)} % (${watts.toFixed(2)} W)`
}

function figure(value: number): string {
  return value.toPrecision(3)
}
