import type { ModelArchive } from '../archive/read-model-archive.js'
import type { Component, EnergySource } from '../core/energy-source.js'
import { componentsOf } from '../core/energy-source.js'
import type { BackgroundModel } from '../isolate/trained.js'
import { type Matrix, rowOf } from '../numeric/matrix.js'

/** An AbsPower model for the trained isolator. Its archive is read when it is first asked: a pipeline may hold thousands. */
export function backgroundModel(
  about: Omit<BackgroundModel, 'predict'>,
  source: EnergySource,
  read: () => Pick<ModelArchive, 'predict'>,
): BackgroundModel {
  return {
    ...about,
    predict(x: Matrix) {
      const rows = Array.from({ length: x.rows }, (_, i) => Array.from(rowOf(x, i)))
      const powers = read().predict(about.features, rows)
      const watts = new Map<Component, Float64Array>()
      for (const component of componentsOf(source)) {
        const known = powers[component]
        // A model without core or uncore counts as 0 W there; one without the first component (package) does not fit.
        if (known || watts.size > 0) watts.set(component, Float64Array.from(known ?? new Array<number>(x.rows).fill(0)))
      }
      return watts
    },
  }
}
