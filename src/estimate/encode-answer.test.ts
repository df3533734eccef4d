import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Powers } from '../predictor/power-model.js'
import { encodeAnswer, encodeFailure, keplerReadBytes } from './encode-answer.js'

const rows = (count: number, f: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => f(i))
const raplRows = (count: number): Powers => ({
  package: rows(count, (i) => 100 + ((i * 7.654321) % 899)),
  core: rows(count, () => 0),
  uncore: rows(count, () => 0),
  dram: rows(count, (i) => 10 + ((i * 3.217654) % 89)),
})
const largestError = (powers: Powers, text: string): number => {
  const decoded: Powers = JSON.parse(text).powers
  return Math.max(
    ...Object.entries(powers).flatMap(([component, watts]) =>
      watts.map((value, i) => Math.abs(value - ((decoded as Record<string, number[]>)[component]?.[i] ?? 0))),
    ),
  )
}

describe('encodeAnswer', () => {
  it('gives all components at a milliwatt where there is room', () => {
    const { text, fits } = encodeAnswer({ package: [12.34567, 0], dram: [0, 1] }, 0.5)
    assert.equal(text, '{"powers":{"package":[12.346,0],"dram":[0,1]},"msg":"","core_ratio":0.5}')
    assert.ok(fits)
  })

  it('fits 200 rows of package and dram at a milliwatt', () => {
    const powers = raplRows(200)
    const { text, fits } = encodeAnswer(powers, 1)
    assert.ok(fits && text.length <= keplerReadBytes, `${text.length} bytes`)
    assert.ok(largestError(powers, text) <= 0.0005)
  })

  it('leaves out components that are zero throughout before it shortens numbers', () => {
    const powers = raplRows(250)
    const { text, fits } = encodeAnswer(powers, 1)
    assert.ok(fits)
    assert.deepEqual(Object.keys(JSON.parse(text).powers), ['package', 'dram'])
    assert.ok(largestError(powers, text) <= 0.0005)
  })

  it('fits 350 rows by shortening numbers, not below a tenth of a watt', () => {
    const powers = raplRows(350)
    const { text, fits } = encodeAnswer(powers, 1)
    assert.ok(fits && text.length <= keplerReadBytes, `${text.length} bytes`)
    assert.ok(largestError(powers, text) <= 0.05 + 1e-9)
  })

  it('gives 600 rows of the package alone, and says what it left out', () => {
    const powers = raplRows(600)
    const { text, fits, omitted } = encodeAnswer(powers, 1)
    assert.ok(fits && text.length <= keplerReadBytes, `${text.length} bytes`)
    assert.deepEqual([Object.keys(JSON.parse(text).powers), omitted], [['package'], ['dram']])
    assert.ok(largestError({ package: powers.package! }, text) <= 0.05 + 1e-9)
  })

  it('leaves out core, then uncore, then dram', () => {
    const busy = (count: number): Powers => ({
      package: rows(count, (i) => 10 + (i % 80)),
      core: rows(count, (i) => 1.5 + (i % 8)),
      uncore: rows(count, (i) => 1.5 + (i % 7)),
      dram: rows(count, (i) => 1.5 + (i % 6)),
    })
    const kept = (count: number) => {
      const { text, omitted } = encodeAnswer(busy(count), 1)
      return [Object.keys(JSON.parse(text).powers).join(), omitted.join()]
    }
    assert.deepEqual(kept(200), ['package,core,uncore,dram', ''])
    assert.deepEqual(kept(320), ['package,uncore,dram', 'core'])
    assert.deepEqual(kept(450), ['package,dram', 'core,uncore'])
    assert.deepEqual(kept(800), ['package', 'core,uncore,dram'])
  })

  it('takes the decimals of large watts before it gives up', () => {
    const { text, fits } = encodeAnswer({ package: rows(900, (i) => 100 + (i % 800) + 0.4) }, 1)
    assert.ok(fits)
    assert.equal(JSON.parse(text).powers.package[0], 100)
    assert.equal(JSON.parse(encodeAnswer({ package: rows(900, () => 9.44) }, 1).text).powers.package[0], 9.4)
  })

  it('gives 1500 rows whole and says that they do not fit', () => {
    const { text, fits, omitted } = encodeAnswer(raplRows(1500), 1)
    assert.deepEqual([fits, omitted], [false, []])
    assert.deepEqual(
      Object.values(JSON.parse(text).powers).map((watts) => (watts as number[]).length),
      [1500, 1500, 1500, 1500],
    )
  })

  it('keeps one component when all are zero', () => {
    const { text, fits } = encodeAnswer({ platform: rows(1500, () => 0), package: rows(1500, () => 0) }, 1)
    assert.ok(fits)
    assert.deepEqual(Object.keys(JSON.parse(text).powers), ['platform'])
  })

  it('keeps components without rows', () => {
    assert.equal(encodeAnswer({ platform: [] }, 1).text, '{"powers":{"platform":[]},"msg":"","core_ratio":1}')
  })

  it('is valid JSON with one value a row, within the error of its digits, for any watts', () => {
    const watts = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(watts, fc.boolean(), (values, withZeros) => {
        const powers: Powers = withZeros ? { package: values, core: values.map(() => 0) } : { package: values }
        const { text, fits } = encodeAnswer(powers, 1)
        const decoded = JSON.parse(text).powers
        for (const column of Object.values(decoded)) assert.equal((column as number[]).length, values.length)
        assert.equal(fits, Buffer.byteLength(text) <= keplerReadBytes)
        assert.ok(largestError(powers, text) <= 0.5 + 1e-6)
      }),
    )
  })

  it('writes enormous watts as they are', () => {
    assert.deepEqual(JSON.parse(encodeAnswer({ package: [1e300, 4e15] }, 1).text).powers, { package: [1e300, 4e15] })
  })
})

describe('encodeFailure', () => {
  it('is a list of powers, which Kepler takes for a failure', () => {
    assert.deepEqual(JSON.parse(encodeFailure('no "model"\n')), { powers: [], msg: 'no "model"\n' })
  })
})
