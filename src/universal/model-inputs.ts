import { matrix } from '../numeric/matrix.js'
import { type CategoryName, categoryNames, featureAt, type RawFeatures } from './features.js'
import type { FeatureSpace } from './feature-space.js'
import type { Inputs } from './gaussian-process/kernel.js'

/** A machine whose features are all there, standardised, with codes of its categories. */
export interface CompletedMachine {
  readonly features: Float64Array
  readonly codes: Int32Array
}

/** ln(chips × TDP): what watts are divided by before they are learnt, so that new generations are not far off. */
export function baseOf(space: FeatureSpace, features: Float64Array): number {
  const raw = (feature: number) => space.unstandardise(feature, features[feature]!)
  return raw(featureAt.tdp) + raw(featureAt.chips)
}

export function withRatio({ features, codes }: CompletedMachine, ratio: number): CompletedMachine {
  return { features: Float64Array.of(...features, ratio), codes }
}

export function inputsOf(rows: readonly CompletedMachine[]): Inputs {
  const codes = new Int32Array(rows.length * categoryNames.length)
  rows.forEach((row, i) => {
    codes.set(row.codes, i * categoryNames.length)
  })
  return { features: matrix(rows.map(({ features }) => features)), codes }
}

/** Numbers for the categories of a table; what it does not have is -1, as what is not known. */
export function categoryCodes(raw: readonly RawFeatures[]) {
  const codes: Readonly<Record<CategoryName, Map<string, number>>> = {
    family: new Map(),
    group: new Map(),
    line: new Map(),
    vendor: new Map(),
    vendorFamily: new Map(),
  }
  for (const { categories } of raw) {
    for (const name of categoryNames) {
      const value = categories[name]
      if (value !== undefined && !codes[name].has(value)) codes[name].set(value, codes[name].size)
    }
  }
  return (categories: RawFeatures['categories']) =>
    Int32Array.from(categoryNames, (name) => codes[name].get(categories[name] ?? '') ?? -1)
}
