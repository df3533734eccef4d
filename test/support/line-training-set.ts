import { matrix } from '../../src/numeric/matrix.js'
import type { TrainingSet } from '../../src/train/training-set.js'

/** `rows` of a feature that rises by 1, and watts of 5 + 2 for each. */
export function lineTrainingSet(rows: number, more: Partial<TrainingSet> = {}): TrainingSet {
  const numbers = Array.from({ length: rows }, (_, i) => i)
  return {
    ...{ source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0, features: ['f'] },
    x: matrix(numbers.map((i) => [i])),
    targets: [{ component: 'platform', watts: Float64Array.from(numbers, (i) => 5 + 2 * i) }],
    timestamps: Float64Array.from(numbers),
    ...more,
  }
}
