import type { Component } from '../core/energy-source.js'
import { featureLimit } from '../core/feature-limits.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { defaultLimit, type InputRange } from '../predictor/input-range.js'
import { type PowerModel, type Powers, predictPower } from '../predictor/power-model.js'
import type { FittedTransformer } from '../predictor/kinds.js'
import type { ComponentUncertainty, Uncertainty } from '../predictor/uncertainty.js'
import type { ModelMetadata } from './metadata.js'
import type { UncertaintyDocument } from './uncertainty-json.js'

const coverage = 0.9
/** Half the 90 % interval of a normal distribution, in mean absolute errors: 1.6449 sqrt(pi / 2). */
const halfWidthPerMae = 2.0615

/** Scalers give 1 to a feature that was 0 throughout, so nothing is known of what it can be. */
const unmoved = 1
const largest = 1e12

/**
 * What an archive tells about its model's errors: from its own file where it has one, else from the scalers, which know
 * the largest values, and the errors in its metadata.
 */
export function uncertaintyOf(
  model: PowerModel,
  metadata: ModelMetadata,
  document: UncertaintyDocument | undefined,
): Uncertainty {
  const spec = metadata.machine_spec ?? {}
  if (document) {
    const ownIntervals = model.components.some(({ predictor }) => predictor.kind === 'quantile-forest')
    return {
      coverage: document.coverage,
      method: ownIntervals && document.method !== 'held-out workloads' ? 'quantile forest' : document.method,
      inputs: Object.entries(document.features).map(([feature, [lower, upper]]) =>
        inputRange(feature, lower, upper, spec),
      ),
      components: document.components,
    }
  }
  const inputs = rangesOfScalers(model, spec)
  return { coverage, method: 'published error', inputs, components: publishedErrors(model, metadata, inputs) }
}

function inputRange(
  feature: string,
  lower: number,
  upper: number,
  spec: Readonly<Record<string, unknown>>,
): InputRange {
  const machine: MachineSpec = {
    ...(typeof spec.cores === 'number' && spec.cores > 0 && { cores: spec.cores }),
    ...(typeof spec.frequency === 'number' && spec.frequency > 0 && { frequency: spec.frequency }),
  }
  const limit = featureLimit(feature, machine) ?? (upper === unmoved ? largest : defaultLimit * upper)
  return { feature, lower, upper, limit: Math.max(limit, upper) }
}

function rangesOfScalers({ components }: PowerModel, spec: Readonly<Record<string, unknown>>): readonly InputRange[] {
  const ranges = new Map<string, InputRange>()
  for (const { features, transformers } of components) {
    const [scaler] = transformers
    features.forEach((feature, j) => {
      const bounds = scaler && scalerBounds(scaler, j)
      if (bounds && !ranges.has(feature)) ranges.set(feature, inputRange(feature, ...bounds, spec))
    })
  }
  return [...ranges.values()]
}

/** The values of a column that training had, as far as its scaler tells: usage starts at 0. */
function scalerBounds(scaler: FittedTransformer, column: number): readonly [number, number] | undefined {
  if (scaler.kind === 'max-abs') return [0, scaler.scale[column]!]
  if (scaler.kind !== 'min-max' || scaler.scale[column] === 0) return undefined
  const [low, high] = scaler.clip ?? [0, 1]
  const valueAt = (scaled: number) => (scaled - scaler.min[column]!) / scaler.scale[column]!
  return [Math.max(0, valueAt(low)), Math.max(0, valueAt(high))]
}

function publishedErrors(
  model: PowerModel,
  metadata: ModelMetadata,
  inputs: readonly InputRange[],
): Uncertainty['components'] {
  const ends = endsOf(model, inputs)
  const known: Partial<Record<Component, ComponentUncertainty>> = {}
  for (const { component } of model.components) {
    const own = metadata[`${component}_mae`]
    // The metadata's own figure is that of the worst component; published archives of one kind have no others.
    const mae = typeof own === 'number' && own >= 0 ? own : metadata.mae
    if (mae === undefined || mae < 0) continue
    const half = halfWidthPerMae * mae
    const [idle = 0, full = 0] = ends[component] ?? []
    known[component] = { table: { levels: [0], lower: [-half], upper: [half] }, range: Math.abs(full - idle) }
  }
  return known
}

/** Watts at no usage and at the largest of every feature. */
function endsOf(model: PowerModel, inputs: readonly InputRange[]): Powers {
  const upper = new Map(inputs.map(({ feature, upper }) => [feature, upper]))
  try {
    return predictPower(model, model.features, [
      model.features.map(() => 0),
      model.features.map((feature) => upper.get(feature) ?? 0),
    ])
  } catch {
    // A model that gives no finite number there has no range of watts to tell.
    return {}
  }
}
