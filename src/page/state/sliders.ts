import type { ModelDetails } from '../../api/answers.js'
import type { AskedMachine } from './asked-machine.js'

type Inputs = Pick<ModelDetails, 'features' | 'uncertainty'>

/** Where a slider ends: what was seen in training and a fifth more, so that it can be left. */
export function sliderOf({ uncertainty }: Inputs, feature: string): { readonly most: number; readonly step: number } {
  const upper = uncertainty?.inputs[feature]?.upper ?? 0
  const most = rounded(upper > 0 ? upper * 1.2 : 1000)
  return { most, step: most / 200 }
}

/** Every input in the middle of what was seen in training. */
export function startValues(model: Inputs): Readonly<Record<string, number>> {
  return Object.fromEntries(
    model.features.map((feature) => {
      const range = model.uncertainty?.inputs[feature]
      return [feature, range ? rounded((range.lower + range.upper) / 2) : 0]
    }),
  )
}

type Named = Pick<ModelDetails, 'pipeline' | 'path' | 'output_type' | 'source' | 'features' | 'trainer' | 'is_made'>

/**
 * The body of `POST /api/v1/estimate` for exactly this model.
 *
 * @param asked the machine that it was made for, where it was made
 */
export function estimateBody(model: Named, values: Readonly<Record<string, number>>, asked: AskedMachine): object {
  const { pipeline, path, output_type, source, features, trainer } = model
  return {
    pipeline_name: pipeline,
    ...(model.is_made ? { trainer_name: trainer, machine_spec: asked.machine } : { model: path }),
    output_type,
    source,
    metrics: features,
    values: [features.map((feature) => values[feature] ?? 0)],
  }
}

/** To two significant digits, for ends of scales that people read. */
function rounded(value: number): number {
  return Number(value.toPrecision(2))
}
