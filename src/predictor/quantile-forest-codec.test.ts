import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readNativePredictor, writeNativePredictor } from '../archive/native-json.js'
import { matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { quantileForestRegressor } from '../regression/quantile-forest.js'
import { packedNumbers, packNumbers } from './packed-numbers.js'

const random = seededRandom(6)
function fitted(rows: number, cols: number) {
  const x = matrix(Array.from({ length: rows }, () => Array.from({ length: cols }, () => random.next() ** 2)))
  const y = Float64Array.from({ length: rows }, (_, i) => 40 + 60 * x.data[i * cols]! + 5 * random.normal())
  return { x, model: quantileForestRegressor({ outputType: 'DynPower' }).fit(x, y) }
}
const { x, model } = fitted(120, 2)
const document: Record<string, unknown> = JSON.parse(writeNativePredictor(model))

function read(change: Record<string, unknown> = {}) {
  return readNativePredictor(Buffer.from(JSON.stringify({ ...document, ...change })), 'package.json')
}

const numbersOf = (key: string) => packedNumbers(1e6).parse(document[key])

describe('a quantile forest in our JSON', () => {
  it('comes back with the same watts and intervals, inside the range and outside', () => {
    for (const rows of [1, 4, 12, 120, 700]) {
      const { x, model } = fitted(rows, 3)
      const again = readNativePredictor(Buffer.from(writeNativePredictor(model)), 'package.json')
      assert.ok('predictInterval' in again)
      const outside = { ...x, data: x.data.map((value) => 3 * value - 1) }
      for (const at of [x, outside]) {
        assert.deepEqual(again.predict(at), model.predict(at))
        assert.deepEqual((again as typeof model).predictInterval(at), model.predictInterval(at))
      }
    }
  })

  it('takes a few hundred kilobytes for 1,762 rows of three features', () => {
    const text = writeNativePredictor(fitted(1762, 3).model)
    assert.ok(text.length < 500_000, `${text.length} characters`)
    assert.ok(gzipSync(text).length < 350_000)
  })

  it('refuses trees that do not end, that nothing leads to, or that hold nothing', () => {
    const children = numbersOf('children')
    const damaged = (change: Record<string, unknown>, message: RegExp) =>
      assert.throws(() => read(change), { code: 'INVALID_ARCHIVE', message })
    damaged({ children: packNumbers(children.map(() => 3)) }, /differ in number/)
    const splits = children.filter((code) => code > 0).length
    damaged(
      {
        children: packNumbers(children.map((code, i) => (i === children.length - 1 ? 3 : code))),
        feature: packNumbers(new Float64Array(splits + 1)),
        threshold: packNumbers(new Float64Array(splits + 1)),
      },
      /no end/,
    )
    damaged({ onResiduals: packNumbers(numbersOf('onResiduals').slice(1)) }, /belong to no tree/)
    damaged({ onResiduals: packNumbers([]) }, /no trees/)
    damaged({ held: packNumbers(numbersOf('held').map(() => 0)) }, /holds nothing/)
    damaged({ pool: packNumbers(numbersOf('pool').slice(1)) }, /holds nothing/)
    damaged({ pool: packNumbers([...numbersOf('pool'), 0]) }, /belong to no node/)
  })

  it('refuses indices outside, numbers that are none, and ranges turned round', () => {
    const damaged = (change: Record<string, unknown>, message: RegExp) =>
      assert.throws(() => read(change), { code: 'INVALID_ARCHIVE', message })
    damaged({ feature: packNumbers(numbersOf('feature').map(() => 2)) }, /asks for no feature/)
    damaged({ feature: packNumbers(numbersOf('feature').map(() => -1)) }, /asks for no feature/)
    damaged({ pool: packNumbers(numbersOf('pool').map(() => 5000)) }, /no such level/)
    damaged({ children: packNumbers(numbersOf('children').map(() => 4)) }, /more than two/)
    damaged({ targets: packNumbers([2, 1]) }, /do not ascend/)
    damaged({ threshold: packNumbers(numbersOf('threshold').map(() => Number.NaN)) }, /threshold/)
    damaged({ lower: packNumbers([9, 9]) }, /before it begins/)
    damaged({ lower: packNumbers([0]) }, /ranges/)
    damaged({ scores: packNumbers([]) }, /no scores/)
    damaged({ trust: 7 }, /trust/)
    damaged({ span: -1 }, /span/)
    damaged({ span: null }, /span/)
    damaged({ featureCount: 0 }, /featureCount/)
    const base = document.base as Record<string, unknown>
    damaged({ base: { ...base, weight: packNumbers([]) } }, /differ in number/)
  })

  it('is not changed by what a reader does not know', () => {
    assert.deepEqual(read({ comment: 'x' }).predict(x), model.predict(x))
  })
})
