import type { ModelArchive } from '../archive/read-model-archive.js'
import type { ComponentModel } from '../predictor/power-model.js'
import type { FittedTransformer } from '../predictor/kinds.js'
import { transformerCodecs } from '../predictor/kinds.js'

/** The parts of a `ModelArchive` that an ONNX file is made of. */
export type OnnxModel = Pick<ModelArchive, 'model' | 'metadata' | 'uncertainty'>

/**
 * `metadata_props` of an ONNX file, texts by name. What is not a text or a number is JSON:
 *
 * - `model_name`, `output_type`, `trainer`, `node_type`, `mae` (watts), `mape` (percent), `machine_spec`: those that the
 *   archive has
 * - `features`: names of the input's columns, in their order; `feature_units`: what one of each is, by name
 * - `components`: names of the outputs in their order; `output_unit`: `W`
 * - `input_ranges`: least and largest value of each feature in training, where they are known
 * - `predictors`, `transformers`: by component the kind of predictor, and the scaler and what else is applied before it,
 *   with their numbers. The graph applies them itself: its input is raw.
 * - `metadata`: all of the archive's `metadata.json`
 */
export function modelProperties(
  { metadata, uncertainty }: OnnxModel,
  features: readonly string[],
  components: readonly ComponentModel[],
): ReadonlyMap<string, string> {
  const ofComponents = (value: (component: ComponentModel) => unknown) =>
    Object.fromEntries(components.map((component) => [component.component, value(component)]))
  const ranges = uncertainty.inputs.filter(({ feature }) => features.includes(feature))
  const { model_name, output_type, trainer, node_type, machine_spec, mae, mape } = metadata
  return new Map(
    Object.entries({
      model_name,
      output_type,
      trainer,
      node_type,
      machine_spec,
      mae,
      mape,
      features,
      feature_units: Object.fromEntries(features.map((feature) => [feature, unitOf(feature)])),
      components: components.map(({ component }) => component),
      output_unit: 'W',
      input_ranges: Object.fromEntries(ranges.map(({ feature, lower, upper }) => [feature, [lower, upper]])),
      predictors: ofComponents(({ predictor }) => predictor.kind),
      transformers: ofComponents(({ transformers }) => transformers.map(transformerFields)),
      metadata,
    }).flatMap(([key, value]) => (value === undefined || value === null ? [] : [[key, textOf(value)] as const])),
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** As our own archives write it. */
function transformerFields(transformer: FittedTransformer): object {
  const fields = transformerCodecs.map((codec) => codec.write(transformer)).find((one) => one !== undefined)
  return { kind: transformer.kind, ...fields }
}

/** Counters are rates: what they count per second. Kepler's names end in the unit where there is one. */
function unitOf(feature: string): string {
  if (feature === 'node_info') return '1'
  const [, unit] = /_(ms|us|seconds|bytes|hertz)(?:_total)?$/.exec(feature) ?? []
  if (unit === 'hertz') return 'Hz'
  return `${unit === undefined ? '1' : unit === 'seconds' ? 's' : unit === 'bytes' ? 'B' : unit}/s`
}
