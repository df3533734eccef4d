import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { expectLength, type Matrix, mapRows } from '../numeric/matrix.js'
import { codec, numbers, table, tableOf } from './codec.js'
import type { Predictor } from './predictor.js'

export interface KNeighborsPredictor extends Predictor {
  readonly kind: 'kneighbors'
  readonly samples: Matrix
  readonly targets: Float64Array
  readonly k: number
}

/**
 * The mean target of the `k` nearest samples by Euclidean distance, all of them where there are fewer. Of samples equally
 * far the lowest row wins.
 */
export function kNeighborsPredictor(samples: Matrix, targets: Float64Array, k: number): KNeighborsPredictor {
  expectLength('targets', targets.length, samples.rows)
  const used = Math.min(k, samples.rows)
  return {
    kind: 'kneighbors',
    featureCount: samples.cols,
    samples,
    targets,
    k,
    predict(x) {
      expectLength('features', x.cols, samples.cols)
      const distances = new Float64Array(used)
      const rows = new Int32Array(used)
      return mapRows(x, (sample) => {
        nearest(samples, sample, distances, rows)
        let sum = 0
        for (let i = 0; i < used; i++) sum += targets[rows[i]!]!
        return sum / used
      })
    },
  }
}

/** Fills `rows` with the nearest samples, nearest first: an insertion into a list of `k` while scanning. */
function nearest(
  { rows: count, cols, data }: Matrix,
  x: Float64Array,
  distances: Float64Array,
  rows: Int32Array,
): void {
  const last = rows.length - 1
  distances.fill(Number.POSITIVE_INFINITY)
  // Where squares overflow, all samples are equally far: the lowest rows stand.
  for (let i = 0; i <= last; i++) rows[i] = i
  for (let row = 0, at = 0; row < count; row++, at += cols) {
    const worst = distances[last]!
    let distance = 0
    // A sample is left as soon as it is too far: most are after a feature or two.
    for (let j = 0; j < cols && distance < worst; j++) {
      const difference = data[at + j]! - x[j]!
      distance += difference * difference
    }
    if (distance >= worst) continue
    let place = last
    for (; place > 0 && distances[place - 1]! > distance; place--) {
      distances[place] = distances[place - 1]!
      rows[place] = rows[place - 1]!
    }
    distances[place] = distance
    rows[place] = row
  }
}

export const kNeighborsCodec = codec({
  kind: 'kneighbors',
  schema: z.object({ samples: table, targets: numbers, k: z.number().int().min(1) }),
  read({ samples, targets, k }) {
    if (samples.rows > 0) return kNeighborsPredictor(samples, targets, k)
    throw new ModelError('INVALID_ARCHIVE', 'it has no samples')
  },
  write: ({ samples, targets, k }) => ({ samples: tableOf(samples), targets: [...targets], k }),
})
