import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PrometheusResponse } from '../prometheus/response.js'
import { inspectResponse } from './inspect.js'

const responseOf = (
  metrics: Readonly<Record<string, readonly (readonly (readonly [number, number])[])[]>>,
  bad: readonly string[] = [],
): PrometheusResponse =>
  ({
    series: new Map(
      Object.entries(metrics).map(([metric, all]) => [
        metric,
        all.map((samples, i) => ({
          ...{ metric, labels: { instance: `n${i}` } },
          timestamps: Float64Array.from(samples, ([time]) => time),
          values: Float64Array.from(samples, ([, value]) => value),
        })),
      ]),
    ),
    metrics: new Map(Object.entries(metrics).map(([metric, all]) => [metric, all.length])),
    ...{ samples: 0, bytes: 0, badSamples: bad.map((metric) => ({ metric, text: '', offset: 0 })) },
  }) as unknown as PrometheusResponse

describe('what is said of a metric', () => {
  const fine = [
    [0, 1],
    [3, 2],
    [6, 3],
    [9, 4],
  ] as const

  it('is how many, from when to when, and how often', () => {
    const [report] = inspectResponse(responseOf({ a_total: [fine, fine.slice(0, 2)] }))
    assert.deepEqual(report, {
      ...{ metric: 'a_total', series: 2, samples: 6, from: 0, to: 9, step: 3, empty: 0, single: 0, gaps: 0, resets: 0 },
      ...{ notFinite: 0, notNumbers: 0, duplicates: 0, backSteps: 0, example: '' },
    })
  })

  it('is a gap above one and a half steps, not at it', () => {
    const gaps = (time: number) => inspectResponse(responseOf({ a: [[...fine, [9 + time, 5]]] }))[0]?.gaps
    assert.deepEqual([gaps(4.5), gaps(4.6)], [0, 1])
  })

  it('is a reset of a counter, which a gauge has not, across what is not finite', () => {
    const down = [
      [0, 5],
      [3, Number.NaN],
      [6, 4],
      [9, 4],
    ] as const
    const [counter, gauge] = inspectResponse(responseOf({ a_total: [down], b: [down] }))
    assert.deepEqual([counter?.resets, counter?.notFinite, gauge?.resets], [1, 1, 0])
    assert.equal(counter?.example, '{instance=n0}')
    const infinite = inspectResponse(responseOf({ a: [[[0, Number.POSITIVE_INFINITY]]] }))[0]
    assert.equal(infinite?.notFinite, 1)
  })

  it('is text that is no number apart from numbers that are not finite', () => {
    const [report] = inspectResponse(
      responseOf(
        {
          a: [
            [
              [0, Number.NaN],
              [3, Number.NaN],
            ],
          ],
        },
        ['a'],
      ),
    )
    assert.deepEqual([report?.notNumbers, report?.notFinite], [1, 1])
  })

  it('is the first series in which something is wrong', () => {
    const [report] = inspectResponse(
      responseOf({
        a: [
          fine,
          [
            [0, 1],
            [0, 2],
          ],
          [
            [3, 1],
            [2, 1],
          ],
          [],
          [[1, 1]],
        ],
      }),
    )
    assert.deepEqual(
      [report?.example, report?.duplicates, report?.backSteps, report?.empty, report?.single],
      ['{instance=n1}', 1, 1, 1, 1],
    )
  })

  it('is nothing of a metric without samples; metrics are sorted', () => {
    const reports = inspectResponse(responseOf({ b: [], a: [[]] }))
    assert.deepEqual(
      reports.map(({ metric, series, samples, from, to, step }) => [metric, series, samples, from, to, step]),
      [
        ['a', 1, 0, Number.NaN, Number.NaN, Number.NaN],
        ['b', 0, 0, Number.NaN, Number.NaN, Number.NaN],
      ],
    )
  })
})
