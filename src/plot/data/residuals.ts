import type { Component } from '../../core/energy-source.js'
import { quantile } from '../../numeric/quantile.js'
import type { EstimatedPower } from './estimated-power.js'
import type { ModelLabel } from './model-label.js'

/** Estimated minus measured watts of one component by load. */
export interface ComponentResiduals {
  readonly component: Component
  /** Watts, one a row, in the order of `load.values`. */
  readonly residuals: readonly number[]
  /** In levels of load with the same number of rows each: the middle and the ends of nine rows of ten. */
  readonly levels: readonly {
    readonly load: number
    readonly low: number
    readonly middle: number
    readonly high: number
  }[]
}

export interface Residuals extends ModelLabel {
  readonly load: EstimatedPower['load']
  readonly components: readonly ComponentResiduals[]
  /** Whether the model had not seen the rows: then this is how it errs on what is new. */
  readonly heldOut: boolean
}

const mostLevels = 12
const rowsPerLevel = 20

export function residualsOf(estimated: Omit<EstimatedPower, 'method' | 'coverage'>, heldOut: boolean): Residuals {
  const { pipeline, model, processor, load, components } = estimated
  return {
    pipeline,
    model,
    ...(processor !== undefined && { processor }),
    load,
    heldOut,
    components: components.map(({ component, measured, estimated: watts }) => {
      const residuals = watts.map((value, i) => value - measured[i]!)
      return { component, residuals, levels: levelsOf(load.values, residuals) }
    }),
  }
}

function levelsOf(load: readonly number[], residuals: readonly number[]): ComponentResiduals['levels'] {
  const sorted = [...load.keys()].sort((a, b) => load[a]! - load[b]! || a - b)
  const count = Math.max(1, Math.min(mostLevels, Math.floor(sorted.length / rowsPerLevel)))
  return Array.from({ length: count }, (_, level) => {
    const own = sorted.slice(
      Math.floor((level * sorted.length) / count),
      Math.floor(((level + 1) * sorted.length) / count),
    )
    const values = Float64Array.from(own, (row) => residuals[row]!)
    const middle = own.reduce((sum, row) => sum + load[row]!, 0) / own.length
    return own.length === 0
      ? undefined
      : { load: middle, low: quantile(values, 0.05), middle: quantile(values, 0.5), high: quantile(values, 0.95) }
  }).flatMap((level) => level ?? [])
}
