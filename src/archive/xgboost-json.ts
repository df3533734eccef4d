import { ModelError, quote } from '../core/errors.js'
import type { XgboostModel, XgboostTree } from '../predictor/xgboost.js'
import { parsePythonJson } from './python-json.js'

/** Nodes of all trees together. The largest published model has some 10,000. */
const maxNodes = 5_000_000

/**
 * A model that XGBoost saved as JSON: trees of a squared-error regression. Numbers are rounded to the 32-bit floats that
 * XGBoost keeps.
 *
 * @throws ModelError `INVALID_ARCHIVE` for other boosters, objectives and splits, and for trees that are no trees
 */
export function readXgboostJson(bytes: Uint8Array | string): XgboostModel {
  const learner = object(object(parsePythonJson(bytes, 'the XGBoost model'), 'document').learner, 'learner')
  const objective = object(learner.objective, 'objective').name
  if (objective !== 'reg:squarederror' && objective !== 'reg:linear') {
    throw invalid(`objective ${quote(objective)} is not supported; only reg:squarederror is`)
  }
  const booster = object(learner.gradient_booster, 'gradient_booster')
  if (booster.name !== undefined && booster.name !== 'gbtree') {
    throw invalid(`booster ${quote(booster.name)} is not supported; only gbtree is`)
  }
  const parameters = object(learner.learner_model_param, 'learner_model_param')
  const featureCount = count(parameters.num_feature, 'num_feature')
  const trees = object(booster.model, 'model').trees
  if (!Array.isArray(trees)) throw invalid('it has no list of trees')
  let nodes = 0
  return {
    baseScore: baseScore(parameters.base_score),
    featureCount,
    trees: trees.map((tree, t) => {
      const read = readTree(object(tree, `tree ${t}`), t, featureCount)
      nodes += read.feature.length
      if (nodes > maxNodes) throw new ModelError('LIMIT_EXCEEDED', `the XGBoost model has more than ${maxNodes} nodes`)
      return read
    }),
  }
}

function readTree(tree: Readonly<Record<string, unknown>>, t: number, featureCount: number): XgboostTree {
  const left = numbers(tree, 'left_children', t)
  const size = left.length
  const field = (name: string): readonly number[] => {
    const values = numbers(tree, name, t)
    if (values.length !== size) throw invalid(`tree ${t} has ${size} nodes, but ${values.length} ${name}`)
    return values
  }
  const optional = (name: string): readonly number[] =>
    tree[name] === undefined ? new Array(size).fill(0) : field(name)
  if (optional('split_type').some((type) => type !== 0)) throw invalid(`tree ${t} has categorical splits`)
  const conditions = Float32Array.from(field('split_conditions'))
  const read: XgboostTree = {
    feature: Int32Array.from(field('split_indices')),
    split: conditions,
    left: Int32Array.from(left),
    right: Int32Array.from(field('right_children')),
    defaultLeft: Uint8Array.from(field('default_left')),
    leaf: conditions.map((value, node) => (left[node]! < 0 ? value : 0)),
    gain: Float32Array.from(optional('loss_changes')),
    cover: Float32Array.from(optional('sum_hessian')),
  }
  checkTree(read, t, featureCount)
  return read
}

/** Pruning renumbers nodes, so children need not follow their parent: count parents instead. */
function checkTree({ feature, split, left, right }: XgboostTree, t: number, featureCount: number): void {
  const size = feature.length
  if (size === 0) throw invalid(`tree ${t} is empty`)
  const parents = new Uint8Array(size)
  for (let node = 0; node < size; node++) {
    if (!Number.isFinite(split[node])) throw invalid(`tree ${t} has the number ${split[node]} in node ${node}`)
    if (left[node]! < 0) continue
    for (const child of [left[node]!, right[node]!]) {
      if (child <= 0 || child >= size || parents[child]! > 0) throw invalid(`tree ${t} has a loop at node ${node}`)
      parents[child] = 1
    }
    if (feature[node]! < 0 || feature[node]! >= featureCount) {
      throw invalid(`tree ${t} asks for feature ${feature[node]} of ${featureCount} in node ${node}`)
    }
  }
}

/** Version 1 writes `5E-1`, version 3 `[5E-1]`. */
function baseScore(value: unknown): number {
  const score = Number(String(value).replace(/^\[(.*)\]$/, '$1'))
  if (value === undefined || String(value).trim() === '' || !Number.isFinite(score)) {
    throw invalid(`base_score ${quote(value)} is not a number`)
  }
  return score
}

function count(value: unknown, name: string): number {
  const result = Number(value)
  if (!Number.isInteger(result) || result < 1 || result > 1000) throw invalid(`${name} is ${quote(value)}`)
  return result
}

function numbers(tree: Readonly<Record<string, unknown>>, name: string, t: number): readonly number[] {
  const values = tree[name]
  if (!Array.isArray(values)) throw invalid(`tree ${t} has no ${name}`)
  return values.map((value) => {
    const number = typeof value === 'boolean' ? Number(value) : value
    if (typeof number !== 'number') throw invalid(`tree ${t} has ${quote(value)} among its ${name}`)
    return number
  })
}

function object(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${name} is missing`)
  return value as Readonly<Record<string, unknown>>
}

function invalid(why: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', `the XGBoost model is not understood: ${why}`)
}
