import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseTime, splitRange } from './time-range.js'

describe('time range', () => {
  it('is split without gap or overlap', () => {
    const parts = splitRange({ start: 0, end: 100, step: 3 }, 10)
    const times = parts.flatMap(({ start, end, step }) =>
      Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step),
    )
    assert.deepEqual(
      times,
      Array.from({ length: 34 }, (_, i) => 3 * i),
    )
    assert.ok(parts.every(({ start, end }) => end >= start))
  })

  it('refuses ranges that are empty or endless', () => {
    assert.throws(() => splitRange({ start: 10, end: 10, step: 1 }), { code: 'INVALID_REQUEST', field: 'end-time' })
    assert.throws(() => splitRange({ start: 0, end: 10, step: 0 }), { code: 'INVALID_REQUEST', field: 'step' })
    assert.throws(() => splitRange({ start: 0, end: 1e12, step: 1 }), { code: 'LIMIT_EXCEEDED' })
  })

  it('understands unix seconds and dates', () => {
    const expected = 1795449600
    for (const text of [
      '1795449600',
      '2026-11-23T16:00:00Z',
      '2026-11-23 16:00:00',
      '2026-11-23T16:00',
      '2026-11-23T17:00:00+01:00',
    ]) {
      assert.equal(parseTime(text, 'start-time'), expected, text)
    }
    assert.equal(parseTime('2026-11-23', 'start-time'), expected - 16 * 3600)
    const go = '2026-11-23 17:00:00 +0100'
    for (const text of [
      '2026-11-23T17:00:00.000+0100',
      `${go} UTC`,
      `${go} ACWST m=-0.5`,
      `${go} -0330`,
      `${go} m=+9`,
    ]) {
      assert.equal(parseTime(text, 'start-time'), expected, text)
    }
    assert.equal(parseTime('1795449600.25', 'start-time'), expected + 0.25)
    const wrong = [
      '2026-11-23T16:00:00Zx',
      'x2026-11-23',
      '2026-11-23T16:00:00+1',
      '2026-11-23 16',
      '2026-11-23T16:00:0',
    ]
    const wrongInGo = [`${go} cest`, `${go} EU`, `${go} EUROPE`, `${go} m=9`, `${go} +1`, '2026-11-23 17:00:00 CEST']
    const others = ['1.', '.5', '1.5x', 'x1', '1795449600s', '2026-11-23T', '2026-11-23T16:00:00.', '2026-1-23']
    for (const text of [...wrong, ...wrongInGo, ...others, '', 'yesterday', '2026-13-40', '23.11.2026', '-5']) {
      assert.throws(() => parseTime(text, 'start-time'), { code: 'INVALID_REQUEST', field: 'start-time' })
    }
  })
})
