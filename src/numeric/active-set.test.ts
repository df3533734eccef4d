import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stepTowards } from './active-set.js'

/** The weights after the step, and the columns that met zero. */
function stepped(weights: readonly number[], active: readonly number[], solution: readonly number[]) {
  const moved = Float64Array.from(weights)
  const met = stepTowards(moved, active, Float64Array.from(solution))
  return { weights: [...moved], met: [...met].sort() }
}

describe('stepTowards', () => {
  it('goes as far as the first weight that meets zero', () => {
    // Column 0 would be at zero after half of the way, column 2 after four fifths.
    assert.deepEqual(stepped([2, 1, 4], [0, 1, 2], [-2, 5, -1]), { weights: [0, 3, 1.5], met: [0] })
    assert.deepEqual(stepped([4, 1, 2], [0, 1, 2], [-1, 5, -2]), { weights: [1.5, 3, 0], met: [2] })
  })

  it('moves the columns of the set alone, in their order', () => {
    assert.deepEqual(stepped([7, 2, 9, 3], [3, 1], [5, -2]), { weights: [7, 0, 9, 4], met: [1] })
  })

  it('has all columns that meet zero together', () => {
    assert.deepEqual(stepped([2, 2, 2], [0, 1, 2], [-2, 6, -2]), { weights: [0, 4, 0], met: [0, 2] })
  })

  it('goes all the way to a solution of zero, and nowhere from a weight of zero', () => {
    assert.deepEqual(stepped([2, 3], [0, 1], [5, 0]), { weights: [5, 0], met: [1] })
    assert.deepEqual(stepped([0, 3], [0, 1], [-1, 9]), { weights: [0, 3], met: [0] })
    assert.deepEqual(stepped([0, 3], [0, 1], [0, 9]), { weights: [0, 3], met: [0] })
  })

  it('is at zero exactly, also where rounding would miss it', () => {
    for (const [own, wanted] of [
      [0.1, -0.3],
      [1 / 3, -0.7],
      [1e-300, -1],
    ] as const) {
      const { weights, met } = stepped([own, 1], [0, 1], [wanted, 2])
      assert.deepEqual([weights[0], met], [0, [0]])
    }
  })
})
