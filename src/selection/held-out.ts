import { type MetadataNumbers, metadataNumber } from '../registry/metadata-numbers.js'

/** What `train` found out about a model on rows that it had not seen; see `train/held-out-numbers.ts` for the keys. */
export interface HeldOut {
  /** Mean absolute error in watts over blocks of time and workloads; `undefined` for published models. */
  readonly error: number | undefined
  /** Its standard error over the folds. */
  readonly standardError: number
  /** Errors of the folds in watts, by time and by workload. */
  readonly folds: readonly (readonly number[])[]
  /** Of models that are equally good, the one of the lowest is chosen. */
  readonly complexity: number
  /** Why the model must not be chosen while another one can; `undefined` for a sane model. */
  readonly unfit: string | undefined
}

/** Above this share of the range of the measured watts, the error of one fold is absurd. */
const maxFoldShare = 1
/** Above this share of its range, dynamic power at zero load is not near zero. */
const maxZeroLoadShare = 0.1
/** A line rises to twice the range of its watts within twice the range of its inputs; more than twice that is a run-away. */
const maxRise = 4
/** Power does not fall below the least that was measured; by a whole range of it is a run-away. */
const maxFall = 1
/** What training writes for an error that is no number. */
const notFinite = 1e9

export function heldOutOf(numbers: MetadataNumbers): HeldOut {
  const number = (key: string) => metadataNumber(numbers, key)
  return {
    error: number('held_out_mae'),
    standardError: number('held_out_se') ?? 0,
    folds: ['time_fold', 'workload_fold'].map((prefix) => foldsOf(numbers, prefix)),
    complexity: number('complexity') ?? Number.POSITIVE_INFINITY,
    unfit: whyUnfit(number),
  }
}

function foldsOf(numbers: MetadataNumbers, prefix: string): readonly number[] {
  const errors: number[] = []
  for (let fold = 1; ; fold++) {
    const error = metadataNumber(numbers, `${prefix}_${fold}`)
    if (error === undefined) return errors
    errors.push(error)
  }
}

function whyUnfit(number: (key: string) => number | undefined): string | undefined {
  const error = number('held_out_mae') ?? 0
  if (error >= notFinite) return 'its error on held-out rows is not finite'
  const fold = number('worst_fold_share') ?? 0
  if (fold > maxFoldShare) {
    return `on one left-out fold it is off by ${times(fold)} the range of the measured watts`
  }
  const rise = number('double_range_rise') ?? 0
  const fall = number('double_range_fall') ?? 0
  if (rise > maxRise) return `within twice the range of its inputs it rises by ${times(rise)} the range of the watts`
  if (fall > maxFall) return `within twice the range of its inputs it falls by ${times(fall)} the range of the watts`
  const idle = number('zero_load_share') ?? 0
  if (idle > maxZeroLoadShare) {
    return `it gives ${Math.round(100 * idle)} % of the range of dynamic power at zero load`
  }
  return undefined
}

function times(share: number): string {
  return share >= notFinite ? 'no finite number of times' : `${share.toPrecision(3)} times`
}

/**
 * Whether the error of `a` is above that of `b` by no more than one standard error. Where both have errors of the same
 * folds, it is that of their differences: folds that are hard for one model are hard for the other, which says nothing
 * about which is better.
 */
export function withinStandardError(a: HeldOut, b: HeldOut): boolean {
  if (a.error === undefined || b.error === undefined) return false
  const paired = pairedDifference(a, b)
  const { difference, standardError } = paired ?? {
    difference: a.error - b.error,
    standardError: b.standardError,
  }
  return difference <= standardError
}

function pairedDifference(a: HeldOut, b: HeldOut): { difference: number; standardError: number } | undefined {
  const parts: (readonly number[])[] = []
  for (const [i, errors] of a.folds.entries()) {
    const others = b.folds[i]!
    if (errors.length !== others.length) return undefined
    if (errors.length > 0) parts.push(errors.map((error, fold) => error - others[fold]!))
  }
  if (!parts.some((differences) => differences.length > 1)) return undefined
  const means = parts.map(average)
  const variance = parts.reduce((sum, differences, i) => sum + squaredError(differences, means[i]!), 0)
  return { difference: average(means), standardError: Math.sqrt(variance) / parts.length }
}

function squaredError(values: readonly number[], middle: number): number {
  if (values.length < 2) return 0
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1) / values.length
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
