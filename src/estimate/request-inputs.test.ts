import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OutsideInput } from '../predictor/input-range.js'
import type { Uncertainty } from '../predictor/uncertainty.js'
import { encodeAnswer, keplerReadBytes } from './encode-answer.js'
import { outsideAnswer, outsideGroups, refuseImpossible } from './outside-inputs.js'
import type { PowerRequest } from './power-request.js'
import { usableMetrics, withSystemValues } from './system-features.js'
import { uncertaintyStatus } from './uncertainty-status.js'

const input = (more: Partial<OutsideInput> = {}): OutsideInput => ({
  ...{ row: 0, feature: 'a', value: 12, lower: 0, upper: 10, by: 0.2 },
  ...more,
})

describe('inputs outside the range of training', () => {
  it('are grouped by feature and by the way in which they are outside', () => {
    const [above, below, impossible] = [input(), input({ value: -1 }), input({ value: -1, clampedTo: 0 })]
    const other = input({ feature: 'b' })
    assert.deepEqual(outsideGroups([above, below, other, impossible, { ...above, row: 1 }, { ...above, row: 2 }]), [
      { first: above, kind: 'above', rows: 3 },
      { first: below, kind: 'below', rows: 1 },
      { first: other, kind: 'above', rows: 1 },
      { first: impossible, kind: 'impossible', rows: 1 },
    ])
    assert.deepEqual(outsideGroups([]), [])
    assert.equal(outsideGroups([input({ value: 10 })])[0]?.kind, 'below')
  })

  it('are refused when they cannot be: the first, by its row and column', () => {
    refuseImpossible([], [])
    refuseImpossible([input()], ['a'])
    assert.throws(() => refuseImpossible([input(), input({ row: 3, value: 90, clampedTo: 40 })], ['x', 'a']), {
      ...{ code: 'INVALID_REQUEST', field: 'values[3][1]' },
      message: 'values[3][1]: a of 90 cannot be: the machine can do 40 per second at most',
    })
    const negative = /values\[0\]\[0\]: a of -1 cannot be: a rate is not negative/
    assert.throws(() => refuseImpossible([input({ value: -1, clampedTo: 0 })], ['a']), { message: negative })
    assert.throws(() => refuseImpossible([input({ value: 0, clampedTo: 0 })], ['a']), { message: /0 per second/ })
  })

  it('are answered with the share to three digits, and what was used instead', () => {
    const { clampedTo: _, ...plain } = input({ by: 0.123456 })
    assert.deepEqual(outsideAnswer(input({ by: 0.123456 })), { ...plain, by: 0.123 })
    assert.deepEqual(outsideAnswer(input({ clampedTo: 0 })), { ...input(), clamped_to: 0 })
  })
})

describe('system features', () => {
  const request = (features: string[], values: string[], metrics = ['b']): PowerRequest => ({
    ...{ metrics, values: [[1], [2]], outputType: 'AbsPower', source: 'acpi', trainerName: '', filter: '' },
    ...{ systemFeatures: features, systemValues: values },
  })

  it('may be used where they are numbers, sorted among the metrics, each once', () => {
    assert.deepEqual(usableMetrics(request(['c', 'a', 'b', 'x', 'y'], ['1e3', ' 2 ', '3', 'x', ''])), ['a', 'b', 'c'])
    assert.deepEqual(usableMetrics(request(['a', 'b2'], ['1'])), ['a', 'b'])
    assert.deepEqual(usableMetrics(request(['a', 'c'], ['Infinity', '  '])), ['b'])
  })

  it('become columns of every row where the model wants them and no metric has them', () => {
    const given = request(['c', 'a'], ['3', ' 7 '])
    assert.equal(withSystemValues(given, ['b']).rows, given.values)
    assert.deepEqual(withSystemValues(given, ['a', 'b', 'c']), {
      metrics: ['b', 'a', 'c'],
      rows: [
        [1, 7, 3],
        [2, 7, 3],
      ],
    })
    const unknown = withSystemValues(request(['a'], ['x']), ['a', 'b', 'z'])
    assert.deepEqual(unknown, { metrics: ['b'], rows: given.values })
  })
})

describe('how sure a model is, for people', () => {
  it('is the interval at its middle level, and the ranges of training', () => {
    const table = { levels: [10, 20, 30], lower: [-1, -2, -3], upper: [1, 2, 3] }
    const uncertainty = {
      ...{ coverage: 0.9, method: 'held-out blocks' },
      components: { package: { table, range: { lower: 0, upper: 1 } } },
      inputs: [{ feature: 'a', lower: 0, upper: 5, limit: 9, kind: 'x' }],
    } as unknown as Uncertainty
    const { typical, ...rest } = uncertaintyStatus(uncertainty)
    assert.deepEqual(rest, {
      ...{ coverage: 0.9, method: 'held-out blocks' },
      inputs: { a: { lower: 0, upper: 5, limit: 9 } },
    })
    assert.deepEqual(typical, { package: { lower: -2, upper: 2 } })
  })
})

describe('an answer of exactly what Kepler reads at once', () => {
  it('fits, and is given whole; one more row does not', () => {
    // {"powers":{"package":[1,1, ... ,1]},"msg":"","core_ratio":1}: a row takes two bytes.
    const rows = (count: number) => ({ package: new Array<number>(count).fill(1) })
    const ratio = encodeAnswer(rows(1), 1).text.length % 2 === 0 ? 1 : 12
    const count = 1 + (keplerReadBytes - encodeAnswer(rows(1), ratio).text.length) / 2
    const { text, fits, omitted } = encodeAnswer(rows(count), ratio)
    assert.deepEqual([text.length, fits, omitted], [4096, true, []])
    const longer = encodeAnswer(rows(count + 1), ratio)
    assert.deepEqual([longer.text.length, longer.fits], [4098, false])
  })

  it('keeps its last component', () => {
    const { fits, omitted } = encodeAnswer({ core: new Array<number>(3000).fill(1) }, 1)
    assert.deepEqual([fits, omitted], [false, []])
  })
})
