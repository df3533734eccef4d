import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gapsIn, usualStep } from '../data/gaps.js'
import { residualsOf } from '../data/residuals.js'
import { escapeXml } from '../draw/escape-xml.js'
import { textLines, textWidth } from '../draw/text-lines.js'
import { plainText } from '../plain-text.js'
import { featureText, findingNotes, gapLayers, isoText, modelText, timeRange, trainerText, withPower } from './texts.js'
import { thinnedBand, thinnedLine, thinnedPoints } from './thinned.js'

describe('the texts of pictures', () => {
  it('name trainers without what all of them have, and features with their units', () => {
    for (const [trainer, text] of [
      ['LinearRegressionTrainer', 'Linear'],
      ['SGDRegressorTrainer', 'SGD'],
      ['XgboostFitTrainer', 'XgboostFit'],
      ['Trainer', 'Trainer'],
    ] as const) {
      assert.equal(trainerText(trainer), text)
    }
    for (const [feature, text] of [
      ['node_cpu_hertz', 'node_cpu_hertz (Hz)'],
      ['bpf_cpu_time_ms', 'bpf_cpu_time_ms (ms/s)'],
      ['time_us', 'time_us (µs/s)'],
      ['memory_bytes', 'memory_bytes (B)'],
      ['accelerator_load', 'accelerator_load'],
      ['cpu_cycles', 'cpu_cycles (1/s)'],
    ] as const) {
      assert.equal(featureText(feature), text)
    }
    assert.equal(modelText({ pipeline: 'p', model: 'm' }), 'p: m')
    assert.equal(modelText({ pipeline: 'p', model: 'm', processor: 'c' }), 'p: m (c)')
  })

  it('say times once where they are of one day', () => {
    assert.equal(timeRange([0, 60]), '1970-01-01 00:00:00 to 00:01:00 UTC')
    assert.equal(timeRange([0, 86_400]), '1970-01-01 00:00:00 to 1970-01-02 00:00:00 UTC')
    assert.equal(timeRange([]), 'no rows')
    assert.equal(isoText(1e20), '100000000000000000000')
  })

  it('leave out components without power, and never all', () => {
    const of = (...watts: readonly (readonly number[])[]) =>
      withPower(
        watts.map((values, i) => ({ component: `c${i}`, values })),
        ({ values }) => values,
      )
    assert.deepEqual(of([1], [0, 2]).notes, [])
    const some = of([0, 0], [0, 2], [0])
    assert.deepEqual(
      [some.shown.map(({ component }) => component), some.notes],
      [['c1'], ['c0, c2: 0 W at all times, not drawn.']],
    )
    const none = of([0], [0])
    assert.deepEqual([none.shown.length, none.notes], [1, ['No power was measured.']])
  })

  it('tell four findings', () => {
    const finding = {
      kind: 'gap',
      metric: 'm',
      count: 2,
      effect: 'left out',
      example: 'at 5',
    } as unknown as Parameters<typeof findingNotes>[0][number]
    assert.deepEqual(findingNotes([finding]), ['m: 2 × gap (left out), first at 5'])
    assert.equal(findingNotes(Array(4).fill(finding)).length, 4)
    assert.equal(findingNotes(Array(6).fill(finding))[4], 'and 2 more findings, see kepler-model validate')
    assert.deepEqual([gapLayers([]).length, gapLayers([{ from: 1, to: 2 }]).length], [0, 1])
  })

  it('are broken at spaces, and within words that are longer than a line', () => {
    assert.ok(Math.abs(textWidth('abcd', 10) - 22.8) < 1e-9)
    // 57 pixels are ten letters of size 10.
    assert.deepEqual(textLines('one two three', 57, 10), ['one two', 'three'])
    assert.deepEqual(textLines('1234567890 x', 57, 10), ['1234567890', 'x'])
    assert.deepEqual(textLines('12345678901 x', 57, 10), ['1234567890', '1 x'])
    assert.deepEqual(textLines('12345 7890', 57, 10), ['12345 7890'])
    assert.deepEqual(textLines('', 57, 10), [])
    // Never less than eight letters.
    assert.deepEqual(textLines('12345678', 1, 10), ['12345678'])
    assert.equal(escapeXml(`<a href="b">'&'</a>`), '&lt;a href=&quot;b&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;')
  })

  it('lose their middle where they are long', () => {
    assert.equal(plainText('1234567890', 10), '1234567890')
    assert.equal(plainText('12345678901', 10), '123456…901')
    assert.equal(plainText(`a${'\u0301'.repeat(15)}b`), `a${'\u0301'.repeat(15)}b`)
    assert.equal(plainText(`a${'\u0301'.repeat(16)}b`), 'ab')
    assert.equal(plainText(`${'x'.repeat(2000)}yz`, 10), 'xxxxxx…xyz')
  })
})

describe('gaps', () => {
  it('are pauses of almost twice the usual one', () => {
    assert.equal(usualStep([0, 5, 10, 30]), 5)
    assert.equal(usualStep([0, 0, 5]), 5)
    assert.equal(usualStep([7]), Number.POSITIVE_INFINITY)
    assert.deepEqual(gapsIn([0, 10, 20, 39, 49]), [])
    assert.deepEqual(gapsIn([0, 10, 20, 39.1, 49]), [{ from: 20, to: 39.1 }])
    assert.deepEqual(gapsIn([]), [])
  })

  it('are the two hundred longest of many', () => {
    const times = [0]
    for (let i = 0; i < 201; i++) times.push(times.at(-1)! + 1, times.at(-1)! + 2, times.at(-1)! + 13 + i)
    const gaps = gapsIn(times)
    assert.equal(gaps.length, 200)
    const lengths = gaps.map(({ from, to }) => to - from)
    assert.ok(Math.min(...lengths) > 11.5, String(Math.min(...lengths)))
  })
})

describe('residualsOf', () => {
  const rows = (count: number) => {
    const values = Array.from({ length: count }, (_, i) => i)
    const { levels } = residualsOf(
      {
        ...{
          pipeline: 'p',
          model: 'm',
          times: values,
          load: { feature: 'x', values },
          outside: 0,
          gaps: [],
          findings: [],
        },
        components: [
          {
            ...{ component: 'package', measured: values.map(() => 1), estimated: values.map((i) => i + 1) },
            ...{ mae: 0, mape: 0, rmse: 0, r2: 0 },
          } as never,
        ],
      } as never,
      true,
    ).components[0]!
    return levels
  }

  it('has a level for twenty rows, twelve at most', () => {
    assert.deepEqual(
      [rows(39).length, rows(40).length, rows(239).length, rows(240).length, rows(999).length],
      [1, 2, 11, 12, 12],
    )
    assert.deepEqual(rows(0), [])
  })

  it('has the middle and nine of ten of the rows of a level', () => {
    const [low, high] = rows(42)
    // Rows 0 to 20: residuals are their numbers.
    assert.deepEqual([low?.load, low?.low, low?.middle, low?.high], [10, 1, 10, 19])
    assert.deepEqual([high?.load, high?.middle], [31, 31])
  })
})

describe('thinning', () => {
  it('keeps everything of few points', () => {
    assert.deepEqual(thinnedPoints([1, 2, 3], 3), [1, 2, 3])
    assert.deepEqual(thinnedPoints([1, 2, 3, 4], 2), [1, 3])
    assert.deepEqual(thinnedLine([1, 2, 3], [5, 6, 7], [], 6), { x: [1, 2, 3], y: [5, 6, 7] })
    assert.deepEqual(thinnedLine([1, 2, 3, 4], [5, 9, 1, 7], [], 2), { x: [2, 3], y: [9, 1] })
    assert.deepEqual(thinnedBand([1, 2, 3, 4], [5, 2, 4, 3], [6, 7, 9, 8], [], 2), {
      x: [1, 3],
      low: [2, 3],
      high: [7, 9],
    })
  })

  it('breaks once at each gap, in their order, and not before the first point', () => {
    const gaps = [
      { from: 6, to: 10 },
      { from: 2, to: 4 },
      { from: -9, to: 0 },
    ]
    const { x, y } = thinnedLine([1, 2, 4, 6, 10], [1, 2, 3, 4, 5], gaps)
    assert.deepEqual(x, [1, 2, 3, 4, 6, 8, 10])
    assert.deepEqual(y, [1, 2, Number.NaN, 3, 4, Number.NaN, 5])
  })
})
