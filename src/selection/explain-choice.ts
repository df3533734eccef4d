import { withinStandardError } from './held-out.js'
import type { ModelOrder, Rankable } from './model-order.js'

/** A model with the reason why it stands where it does in the order of choice. */
export interface ExplainedModel<T> {
  readonly model: T
  /** 1 for the one that is chosen. */
  readonly rank: number
  /** One line, for people. */
  readonly why: string
}

/**
 * The order in which competing models are chosen, with the reason for each.
 *
 * @param nameOf how a model is called in reasons of others
 */
export function explainChoice<T extends Rankable>(
  order: ModelOrder<T>,
  models: readonly T[],
  nameOf: (model: T) => string,
): readonly ExplainedModel<T>[] {
  const sorted = order.sort(models)
  const [winner] = sorted
  const explained = sorted.map((model, i) => ({
    model,
    rank: i + 1,
    why: model === winner ? whyChosen(order, sorted, nameOf) : whyNot(order, model, winner!, nameOf),
  }))
  const left = models.filter((model) => !sorted.includes(model))
  return [
    ...explained,
    ...left.map((model, i) => ({
      model,
      rank: sorted.length + i + 1,
      why: `never chosen: it has no ${order.errorKey}`,
    })),
  ]
}

function whyChosen<T extends Rankable>(
  order: ModelOrder<T>,
  sorted: readonly T[],
  nameOf: (model: T) => string,
): string {
  const [winner, ...others] = sorted
  const heldOut = order.heldOut(winner!)
  if (heldOut.unfit !== undefined) return `chosen though ${heldOut.unfit}: no other is better in that`
  if (others.length === 0) return 'chosen: it is the only one'
  if (heldOut.error === undefined || order.errorKey !== 'mae') return `chosen: least ${order.errorKey} of its metadata`
  const rivals = others.filter((model) => order.heldOut(model).unfit === undefined)
  const error = watts(heldOut.error, heldOut.standardError)
  const errorOf = (model: T) => order.heldOut(model).error ?? Number.POSITIVE_INFINITY
  const least = [winner!, ...rivals].reduce((a, b) => (errorOf(b) < errorOf(a) ? b : a))
  if (least === winner) return `chosen: least error on held-out rows, ${error}`
  return `chosen: the simplest within a standard error of the least, ${error} held out; ${nameOf(least)} has ${watts(errorOf(least))}`
}

function whyNot<T extends Rankable>(order: ModelOrder<T>, model: T, winner: T, nameOf: (model: T) => string): string {
  const own = order.heldOut(model)
  const best = order.heldOut(winner)
  if (own.unfit !== undefined) return `passed over: ${own.unfit}`
  // Where the best was not measured, no sane one was.
  if (order.errorKey !== 'mae' || best.error === undefined) return `larger ${order.errorKey} than ${nameOf(winner)}`
  if (own.error === undefined) return 'after the others: its error was not measured on held-out rows'
  const error = watts(own.error, own.standardError)
  if (own.error < best.error || withinStandardError(own, best)) {
    return `${error} held out: no better than ${nameOf(winner)} by more than a standard error, and not simpler`
  }
  return `${error} held out: ${watts(own.error - best.error)} more than ${nameOf(winner)}`
}

function watts(error: number, standardError?: number): string {
  const value = error >= 1e5 ? error.toExponential(2) : error.toFixed(2)
  return standardError ? `${value} ± ${standardError.toFixed(2)} W` : `${value} W`
}
