import { type MetadataNumbers, metadataNumber } from '../registry/metadata-numbers.js'
import { type HeldOut, heldOutOf, withinStandardError } from './held-out.js'

/** What models are ordered by. */
export interface Rankable {
  readonly trainer: string
  readonly nodeType: number
  readonly features: readonly string[]
  readonly numbers: MetadataNumbers
}

/** The metadata attribute that ranks models unless the operator names another one. */
export const defaultErrorKey = 'mae'

/**
 * The order in which models are chosen: the one place that decides it, for training, the model server and the estimator.
 *
 * 1. Sane models before others, see `HeldOut.unfit`.
 * 2. Models whose error was measured on held-out rows before others, in the order of that error; of those within one
 *    standard error of the best, the least complex, then the one of fewest features. A model without it (published, or
 *    trained with `--fast`) has an error that neighbouring rows flatter; those follow in the order of their `mae`.
 * 3. With another `errorKey`, by that alone.
 * 4. Equal errors: the lower MAPE, then trainer and node type in order.
 */
export interface ModelOrder<T extends Rankable> {
  readonly errorKey: string
  /** The best first. Models without any error are left out. */
  sort(models: readonly T[]): readonly T[]
  /** The first of {@link sort}. */
  best(models: readonly T[]): T | undefined
  heldOut(model: T): HeldOut
}

interface Ranked<T> {
  readonly model: T
  readonly heldOut: HeldOut
  readonly error: number | undefined
  readonly mape: number | undefined
}

export function createModelOrder<T extends Rankable>(errorKey: string = defaultErrorKey): ModelOrder<T> {
  const byHeldOut = errorKey === defaultErrorKey
  /** Metadata is read once for each model. */
  const cache = new WeakMap<T, Ranked<T>>()

  function ranked(model: T): Ranked<T> {
    const cached = cache.get(model)
    if (cached) return cached
    const heldOut = heldOutOf(model.numbers)
    const error = (byHeldOut ? heldOut.error : undefined) ?? metadataNumber(model.numbers, errorKey)
    const one = { model, heldOut, error, mape: metadataNumber(model.numbers, 'mape') }
    cache.set(model, one)
    return one
  }

  /** 0 for sane models with a held-out error, 1 for sane ones without, 2 and 3 for the others. */
  function classOf({ heldOut }: Ranked<T>): number {
    return (heldOut.unfit === undefined ? 0 : 2) + (byHeldOut && heldOut.error !== undefined ? 0 : 1)
  }

  function sorted(models: readonly T[]): Ranked<T>[] {
    const known = models.map(ranked).filter(({ error }) => error !== undefined)
    const order = known.sort((a, b) => classOf(a) - classOf(b) || compareErrors(a, b))
    return byHeldOut ? preferSimple(order, classOf) : order
  }

  return {
    errorKey,
    sort: (models) => sorted(models).map(({ model }) => model),
    best(models) {
      if (models.length < 2) return models.find((model) => ranked(model).error !== undefined)
      return sorted(models)[0]?.model
    },
    heldOut: (model) => ranked(model).heldOut,
  }
}

/** Moves the least complex of the models within a standard error of the best to the front, and so on with the rest. */
function preferSimple<T extends Rankable>(
  sorted: readonly Ranked<T>[],
  classOf: (one: Ranked<T>) => number,
): Ranked<T>[] {
  const measured = sorted.filter(({ heldOut }) => heldOut.error !== undefined)
  if (measured.length < 2) return [...sorted]
  const left = [...sorted]
  const order: Ranked<T>[] = []
  for (let best = left[0]; best !== undefined; best = left[0]) {
    const chosen = simplest(best, left, classOf)
    order.push(chosen)
    left.splice(left.indexOf(chosen), 1)
  }
  return order
}

function simplest<T extends Rankable>(
  best: Ranked<T>,
  left: readonly Ranked<T>[],
  classOf: (one: Ranked<T>) => number,
): Ranked<T> {
  if (best.heldOut.error === undefined) return best
  let chosen = best
  for (const one of left) {
    if (classOf(one) !== classOf(best)) break
    if (one !== best && isSimpler(one, chosen) && withinStandardError(one.heldOut, best.heldOut)) chosen = one
  }
  return chosen
}

function isSimpler<T extends Rankable>(a: Ranked<T>, b: Ranked<T>): boolean {
  const difference = a.heldOut.complexity - b.heldOut.complexity
  return (
    difference < 0 || (difference === 0 && a.error === b.error && a.model.features.length < b.model.features.length)
  )
}

function compareErrors<T extends Rankable>(a: Ranked<T>, b: Ranked<T>): number {
  const unknown = Number.POSITIVE_INFINITY
  return (
    compare(a.error ?? unknown, b.error ?? unknown) ||
    compare(a.mape ?? unknown, b.mape ?? unknown) ||
    compare(a.model.trainer, b.model.trainer) ||
    compare(a.model.nodeType, b.model.nodeType)
  )
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
