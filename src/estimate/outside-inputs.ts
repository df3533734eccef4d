import { ModelError } from '../core/errors.js'
import type { OutsideInput } from '../predictor/input-range.js'

/** Whether an input lies above or below what the model has seen, or cannot be at all. */
export type OutsideKind = 'above' | 'below' | 'impossible'

function outsideKind({ value, upper, clampedTo }: OutsideInput): OutsideKind {
  if (clampedTo !== undefined) return 'impossible'
  return value > upper ? 'above' : 'below'
}

/** Inputs of a request that lie outside in the same way. */
export interface OutsideGroup {
  readonly first: OutsideInput
  readonly kind: OutsideKind
  /** Rows of the request that have such an input. */
  readonly rows: number
}

/** A request of hundreds of rows mostly is outside in one or two features: what to say and count, once each. */
export function outsideGroups(outside: readonly OutsideInput[]): readonly OutsideGroup[] {
  const groups: { first: OutsideInput; kind: OutsideKind; rows: number }[] = []
  for (const input of outside) {
    const kind = outsideKind(input)
    const known = groups.find((group) => group.kind === kind && group.first.feature === input.feature)
    if (known) known.rows++
    else groups.push({ first: input, kind, rows: 1 })
  }
  return groups
}

/**
 * Refuses inputs that cannot be, for clients that ask for that.
 *
 * @throws ModelError `INVALID_REQUEST` naming the first one, its row and its column
 */
export function refuseImpossible(outside: readonly OutsideInput[], metrics: readonly string[]): void {
  const found = outside.find(({ clampedTo }) => clampedTo !== undefined)
  if (found === undefined) return
  const { row, feature, value, clampedTo } = found
  const field = `values[${row}][${metrics.indexOf(feature)}]`
  const why = value < 0 ? 'a rate is not negative' : `the machine can do ${clampedTo} per second at most`
  throw new ModelError('INVALID_REQUEST', `${field}: ${feature} of ${value} cannot be: ${why}`, { field })
}

/** Inputs outside the range of training, as answers carry them. */
export interface OutsideAnswer {
  readonly row: number
  readonly feature: string
  readonly value: number
  /** The range of training. */
  readonly lower: number
  readonly upper: number
  /** How far outside, as a share of the width of the range. */
  readonly by: number
  /** What was used instead of a value that cannot be. */
  readonly clamped_to?: number
}

export function outsideAnswer({ clampedTo, by, ...input }: OutsideInput): OutsideAnswer {
  const rounded = Number(by.toPrecision(3))
  return { ...input, by: rounded, ...(clampedTo !== undefined && { clamped_to: clampedTo }) }
}
