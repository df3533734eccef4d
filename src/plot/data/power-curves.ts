import type { ModelArchive } from '../../archive/read-model-archive.js'
import { messageOf, ModelError } from '../../core/errors.js'
import type { IntervalMethod } from '../../predictor/uncertainty.js'
import { countedOf } from './estimated-power.js'

/** The watts of a model from no usage to the highest that it was trained on. */
export interface PowerCurve {
  readonly name: string
  /** Percent of the highest usage of each feature in training, all features together. */
  readonly usage: readonly number[]
  /** Watts, added up over components that are not part of another one. */
  readonly watts: readonly number[]
  /** Bounds of the interval, where the model knows its errors of all components. */
  readonly low?: readonly number[]
  readonly high?: readonly number[]
}

export interface PowerCurves {
  readonly pipeline: string
  /** Folder of the models, `<source>/<output type>/<feature group>`. */
  readonly folder: string
  readonly components: readonly string[]
  readonly coverage: number
  readonly method: IntervalMethod
  readonly curves: readonly PowerCurve[]
  /** Node types that are not shown, since they are too many or cannot be read. */
  readonly left: number
  readonly unreadable: readonly string[]
}

const steps = 50

/** @throws ModelError as `estimate`, and `INVALID_ARCHIVE` when the range of its inputs is not known */
export function powerCurve(name: string, archive: ModelArchive): PowerCurve {
  const { model, uncertainty } = archive
  const ranges = new Map(uncertainty.inputs.map((range) => [range.feature, range]))
  const highest = model.features.map((feature) => ranges.get(feature)?.upper ?? 0)
  if (!highest.some((value) => value > 0)) {
    throw new ModelError('INVALID_ARCHIVE', `${name} does not say what usage it was trained on`)
  }
  const usage = Array.from({ length: steps + 1 }, (_, i) => (100 * i) / steps)
  const rows = usage.map((percent) => highest.map((value) => (value * percent) / 100))
  const { powers, intervals } = archive.estimate(model.features, rows)
  const counted = countedOf(archive.components.map((component) => ({ component })))
  const sum = (of: (component: (typeof counted)[number]['component'], i: number) => number | undefined) =>
    usage.map((_, i) => counted.reduce((total, { component }) => total + (of(component, i) ?? Number.NaN), 0))
  const low = sum((component, i) => intervals[component]?.lower[i])
  const high = sum((component, i) => intervals[component]?.upper[i])
  const sure = low.every(Number.isFinite) && high.every(Number.isFinite)
  return { name, usage, watts: sum((component, i) => powers[component]?.[i]), ...(sure && { low, high }) }
}

/** The curves of several models; a model that cannot be read is named and leaves the others. */
export function powerCurves(
  named: readonly { readonly name: string; readonly read: () => ModelArchive }[],
  about: Pick<PowerCurves, 'pipeline' | 'folder' | 'left'>,
): PowerCurves {
  const curves: PowerCurve[] = []
  const unreadable: string[] = []
  let first: ModelArchive | undefined
  for (const { name, read } of named) {
    try {
      const archive = read()
      curves.push(powerCurve(name, archive))
      first ??= archive
    } catch (error) {
      unreadable.push(`${name}: ${messageOf(error)}`)
    }
  }
  const components = countedOf((first?.components ?? []).map((component) => ({ component })))
  return {
    ...about,
    components: components.map(({ component }) => component),
    coverage: first?.uncertainty.coverage ?? 0.9,
    method: first?.uncertainty.method ?? 'published error',
    curves,
    unreadable,
  }
}
