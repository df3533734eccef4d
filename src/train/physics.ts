import type { Component } from '../core/energy-source.js'
import { emptyMatrix } from '../numeric/matrix.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { predictComponent } from './fit-components.js'
import type { TrainingSet } from './training-set.js'

/** How far a model violates what holds for any power. */
export interface PhysicsCheck {
  /** Watts at zero load; dynamic power should have none. */
  readonly zeroLoad: Readonly<Partial<Record<Component, number>>>
  /** Watts by which core and uncore together exceed the package they are part of, at most; 0 where they do not. */
  readonly partsAbovePackage: number
}

/** Checks a model on the rows that it learnt from. */
export function checkPhysics(models: readonly ComponentModel[], set: TrainingSet): PhysicsCheck {
  const nothing = emptyMatrix(1, set.features.length)
  const zeroLoad = Object.fromEntries(
    models.map((model) => [model.component, Math.max(0, predictComponent(model, nothing)[0]!)]),
  )
  const watts = (component: Component) => {
    const model = models.find((candidate) => candidate.component === component)
    return model && predictComponent(model, set.x)
  }
  const whole = watts('package')
  if (whole === undefined) return { zeroLoad, partsAbovePackage: 0 }
  const [core, uncore] = [watts('core'), watts('uncore')]
  let partsAbovePackage = 0
  whole.forEach((value, i) => {
    const parts = Math.max(0, core?.[i] ?? 0) + Math.max(0, uncore?.[i] ?? 0)
    partsAbovePackage = Math.max(partsAbovePackage, parts - Math.max(0, value))
  })
  return { zeroLoad, partsAbovePackage }
}
