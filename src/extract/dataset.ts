import type { Component, EnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import type { OutputType } from '../core/output-type.js'
import { emptyMatrix, expectLength, type Matrix } from '../numeric/matrix.js'

/** Usage per second, one value per row. */
export interface FeatureColumn {
  readonly name: string
  readonly values: Float64Array
}

/** Watts of one component, of the whole node or (with `unit`) of one package. */
export interface PowerColumn {
  readonly name: string
  readonly component: Component
  readonly unit?: string
  readonly values: Float64Array
}

/** The share of the node's usage that a package had; the shares of a row add up to 1. */
export interface RatioColumn {
  readonly name: string
  readonly unit: string
  readonly values: Float64Array
}

/**
 * Usage and power on one clock. `AbsPower`: one row a timestamp, features summed over the node. `DynPower` as an
 * extractor makes it: one row a (timestamp, container), with the power of the node; as an isolator makes it: one row a
 * timestamp. Columns are shared between datasets and never written to.
 */
export interface Dataset {
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly rows: number
  /** Unix seconds, ascending. */
  readonly timestamps: Float64Array
  /** Per row; absent where rows stand for the node. */
  readonly containerIds?: readonly string[]
  /** In the order of the feature group, sorted by name. */
  readonly features: readonly FeatureColumn[]
  /** By component in the order of the source, then by package. */
  readonly powers: readonly PowerColumn[]
  /** Empty for sources that measure the platform as one. */
  readonly ratios: readonly RatioColumn[]
  readonly nodeTypes: Int32Array
}

/** What regressors learn from: `x` has one column a feature; `y` the watts of each component, packages added up. */
export interface TrainingData {
  readonly featureNames: readonly string[]
  readonly x: Matrix
  readonly y: readonly { readonly component: Component; readonly watts: Float64Array }[]
}

/** The id that isolated rows carry. */
export const allContainers = 'all containers'

/** The column that says which share of the node's usage a package had. The field spells it so. */
export function ratioColumnName(unit: string): string {
  return `packge_ratio_${unit}`
}

/** `<component>_power`, or `package_<unit>_<component>_power` where packages are apart. */
export function powerColumnName(component: Component, unit?: string): string {
  return unit === undefined ? `${component}_power` : `package_${unit}_${component}_power`
}

/**
 * One model per component learns from all packages of a node: a package's share of a feature, added up over the
 * packages, is the feature itself, since shares add up to 1; the watts of the packages are added up likewise.
 */
export function trainingData(dataset: Dataset): TrainingData {
  const { rows, features, powers } = dataset
  const x = emptyMatrix(rows, features.length)
  features.forEach(({ values }, j) => {
    expectLength('feature values', values.length, rows)
    for (let i = 0; i < rows; i++) x.data[i * x.cols + j] = values[i]!
  })
  const watts = new Map<Component, Float64Array>()
  for (const { component, values } of powers) {
    expectLength('watts', values.length, rows)
    const sum = watts.get(component) ?? new Float64Array(rows)
    for (let i = 0; i < rows; i++) sum[i]! += values[i]!
    watts.set(component, sum)
  }
  return {
    featureNames: features.map(({ name }) => name),
    x,
    y: [...watts].map(([component, sum]) => ({ component, watts: sum })),
  }
}

/** The node types that occur, ascending. */
export function nodeTypesOf(dataset: Dataset): readonly number[] {
  return [...new Set(dataset.nodeTypes)].sort((a, b) => a - b)
}

/** The rows that `keep` names, in their order, as a new dataset. */
export function selectRows(dataset: Dataset, keep: (row: number) => boolean): Dataset {
  const rows: number[] = []
  for (let i = 0; i < dataset.rows; i++) if (keep(i)) rows.push(i)
  return takeRows(dataset, rows)
}

/** The rows at the given indices, in that order. @throws ModelError `SHAPE_MISMATCH` for an index that is no row */
export function takeRows(dataset: Dataset, rows: readonly number[]): Dataset {
  for (const row of rows) {
    if (!(row >= 0 && row < dataset.rows)) {
      throw new ModelError('SHAPE_MISMATCH', `row ${row} is not one of ${dataset.rows}`)
    }
  }
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!)
  const column = <C extends { readonly values: Float64Array }>(c: C): C => ({ ...c, values: pick(c.values) })
  const { containerIds } = dataset
  return {
    ...dataset,
    rows: rows.length,
    timestamps: pick(dataset.timestamps),
    ...(containerIds && { containerIds: rows.map((row) => containerIds[row]!) }),
    features: dataset.features.map(column),
    powers: dataset.powers.map(column),
    ratios: dataset.ratios.map(column),
    nodeTypes: Int32Array.from(rows, (row) => dataset.nodeTypes[row]!),
  }
}
