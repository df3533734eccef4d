import { counted } from '../../core/counted.js'
import type { PowerProvenance } from '../../meter/power-source.js'

/** Where watts come from, for people. */
export function powerSourceLines({
  kind,
  model,
  error,
  calibrationPoints,
  share,
  assumptions,
}: PowerProvenance): readonly string[] {
  const tested = error ? `, ${error.metric} ${error.value.toFixed(1)}` : ''
  const points = calibrationPoints > 0 ? `, ${counted(calibrationPoints, 'calibration point')}` : ''
  return [
    `Model         ${kind}: ${model}${tested}${points}`,
    ...(kind === 'trained'
      ? []
      : [
          `Share         ${(share.fraction * 100).toFixed(share.fraction < 0.1 ? 2 : 0)} % of its host (${share.origin})`,
        ]),
    ...assumptions.map((assumption) => `Assumed       ${assumption}`),
  ]
}
