import type { Component } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { expectKnownOptions } from '../core/known-options.js'
import type { FittedTransformer } from '../predictor/kinds.js'
import { type ComponentModel, largestInput, mostWatts } from '../predictor/power-model.js'
import type { Uncertainty } from '../predictor/uncertainty.js'
import { columnsOf } from './columns.js'
import { type GraphBuilder, graphBuilder, type Value } from './graph-builder.js'
import { addDistances, addInterval, addPossibleInputs } from './intervals.js'
import { modelProperties, type OnnxModel } from './model-properties.js'
import { encodeOnnxFile } from './onnx-file.js'
import { addPredictor } from './predictors.js'
import { addQuantileForestInterval, type IntervalValues } from './quantile-forest.js'
import { addTransformer } from './transformers.js'

export interface OnnxOptions {
  /** Only this one. @default every component, each an output of the same graph */
  readonly component?: Component
  /**
   * Also outputs `<component>_lower` and `<component>_upper`, between which nine measurements of ten lie. The graph then
   * computes what `estimate` does: inputs that cannot be count as the nearest that can. A component whose errors are not
   * known has no bounds. @default false
   */
  readonly intervals?: boolean
}

/** The graph's input. */
const inputName = 'features'
/** Of ONNX 1.12. */
const operatorSet = 17
/** The first with TreeEnsemble: of ONNX 1.17. */
const mlOperatorSet = 5

/**
 * A model as the bytes of an ONNX file. Its input `features` is a table of doubles, a row a sample, with the raw values per
 * second that the property `features` names; each component is an output of that name with one double of watts a row.
 * Scalers are in the graph, and so are the bounds of `predict`: watts are from 0 to 1e9. Inputs must be finite numbers.
 * The properties say the rest: names, units, ranges, scalers, errors, machine.
 *
 * Linear models, polynomials, curves, nearest neighbours and support vectors are standard operators of set 17 in doubles;
 * trees, and quantile forests, take TreeEnsemble of `ai.onnx.ml` 5 in doubles (ONNX Runtime from 1.20 on).
 *
 * @throws ModelError `INVALID_REQUEST` for a component that the model does not have, `LIMIT_EXCEEDED` for a forest that is
 *   too large
 */
export function toOnnx(archive: OnnxModel, options: OnnxOptions = {}): Uint8Array {
  expectKnownOptions('toOnnx', options, ['component', 'intervals'])
  const { model } = archive
  const wanted = model.components.filter(({ component }) => component === (options.component ?? component))
  if (wanted.length === 0) {
    const has = model.components.map(({ component }) => component).join(', ')
    throw new ModelError('INVALID_REQUEST', `${model.name} has no ${options.component}, it has ${has}`, {
      field: 'component',
    })
  }
  const features = [...new Set(wanted.flatMap((component) => component.features))]
  const graph = graphBuilder()
  const outputs = addComponents(graph, features, wanted, options.intervals ? archive.uncertainty : undefined)
  const usesTrees = graph.nodes.some(({ domain }) => domain === 'ai.onnx.ml')
  const description = `Watts of ${wanted.map(({ component }) => component).join(', ')} from usage per second: ${features.join(', ')}`
  return encodeOnnxFile({
    producer: 'kepler-model-server',
    description,
    properties: modelProperties(archive, features, wanted),
    operatorSets: new Map([['', operatorSet], ...(usesTrees ? [['ai.onnx.ml', mlOperatorSet] as const] : [])]),
    graphName: model.name,
    nodes: graph.nodes,
    constants: graph.constants,
    inputs: [{ name: inputName, type: 'double', dims: ['rows', features.length], description: features.join(', ') }],
    outputs: outputs.map(([name, description]) => ({ name, type: 'double', dims: ['rows'], description })),
  })
}

/** Name and description of an output. */
type Output = readonly [name: string, description: string]

/** Components share the way from the input as far as it is the same, as they do in `predictPower`. */
function addComponents(
  graph: GraphBuilder,
  features: readonly string[],
  components: readonly ComponentModel[],
  uncertainty: Uncertainty | undefined,
): readonly Output[] {
  const bounded = graph.node('Clip', [inputName, -largestInput, largestInput])
  const x = uncertainty ? addPossibleInputs(graph, bounded, features, uncertainty.inputs) : bounded
  const distance = uncertainty && addDistances(graph, x, features, uncertainty.inputs)
  const starts = new Map<string, Step>()
  return components.flatMap((model): readonly Output[] => {
    const { component, features: own, transformers, predictor } = model
    let step = stepOf(starts, own.join('\0'), () => selected(graph, x, features, own))
    for (const transformer of transformers) {
      const { x: before, next } = step
      step = stepOf(next, transformer, () => addTransformer(graph, before, transformer))
    }
    const output = (name: string, watts: Value, what: string): Output => {
      graph.named(name, 'Squeeze', [inBounds(graph, watts), graph.integers([1])])
      return [name, what]
    }
    const withInterval = uncertainty && distance && addWithInterval(graph, step.x, model, uncertainty, distance)
    if (!withInterval) return [output(component, addPredictor(graph, step.x, predictor), `watts of ${component}`)]
    const share = `${uncertainty.coverage * 100} %`
    return [
      output(component, withInterval.watts, `watts of ${component}`),
      output(`${component}_lower`, withInterval.lower, `watts of ${component}: lower bound of the ${share} interval`),
      output(`${component}_upper`, withInterval.upper, `watts of ${component}: upper bound of the ${share} interval`),
    ]
  })
}

/** `undefined` where nothing is known of the component's errors. */
function addWithInterval(
  graph: GraphBuilder,
  x: Value,
  { component, predictor }: ComponentModel,
  { coverage, method, components }: Uncertainty,
  distance: Value,
): IntervalValues | undefined {
  if (predictor.kind === 'quantile-forest' && method !== 'held-out workloads')
    return addQuantileForestInterval(graph, x, predictor, coverage)
  const known = components[component]
  return known && addInterval(graph, inBounds(graph, addPredictor(graph, x, predictor)), distance, known)
}

/** As `predict` bounds watts. */
function inBounds(graph: GraphBuilder, watts: Value): Value {
  return graph.node('Clip', [watts, 0, mostWatts])
}

/** A value after some transformers, and what the next ones made of it. */
interface Step {
  readonly x: Value
  readonly next: Map<FittedTransformer, Step>
}

function stepOf<K>(steps: Map<K, Step>, key: K, make: () => Value): Step {
  const step = steps.get(key) ?? { x: make(), next: new Map<FittedTransformer, Step>() }
  steps.set(key, step)
  return step
}

function selected(graph: GraphBuilder, x: Value, features: readonly string[], own: readonly string[]): Value {
  const columns = own.map((feature) => features.indexOf(feature))
  const isAll = columns.length === features.length && columns.every((column, j) => column === j)
  return isAll ? x : columnsOf(graph, x, columns)
}
