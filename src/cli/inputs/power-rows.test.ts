import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import type { PrometheusServerClient } from '../../prometheus/client.js'
import type { TimeRange } from '../../prometheus/time-range.js'
import { readDataset } from './dataset-input.js'
import { measurementsOf } from './power-measurements.js'
import { parsePowerRows } from './power-rows.js'

describe('parsePowerRows', () => {
  it('reads what Kepler sends, objects, and CSV, whatever stands in front of them', async () => {
    const expected = {
      metrics: ['a', 'b'],
      rows: [
        [1, 2],
        [3, 4],
      ],
    }
    assert.deepEqual(await parsePowerRows(' \n{"metrics": ["a", "b"], "values": [[1, 2], [3, 4]]}'), expected)
    assert.deepEqual(await parsePowerRows('\n [{"a": 1, "b": 2, "id": "x"}, {"b": 4, "a": 3}]'), expected)
    assert.deepEqual(await parsePowerRows('a,id,b\n1,x,2\n3,[,4\n'), expected)
  })

  it('names the row and metric that is missing or no number', async () => {
    const wrong: readonly (readonly [text: string, message: string])[] = [
      ['[]', 'rows: the document there are no rows'],
      ['[{"a": 1}, {"b": 1}]', 'rows: [1].a is missing'],
      ['[{"constructor": 1}, {}]', 'rows: [1].constructor is missing'],
      ['[{"a": 1}, {"a": null}]', 'rows: [1].a is null, not a number'],
    ]
    for (const [text, message] of wrong) {
      await assert.rejects(parsePowerRows(text), { code: 'INVALID_REQUEST', field: 'rows', message })
    }
    const request = { code: 'INVALID_REQUEST', field: 'rows' }
    await assert.rejects(parsePowerRows('{"metrics": ["a"], "values": [["1"]]}'), {
      ...{ ...request, message: /^rows: values\.0\.0 / },
    })
    await assert.rejects(parsePowerRows('{"values": []}'), { ...request, message: /^rows: metrics / })
    await assert.rejects(parsePowerRows('[1'), { ...request, message: /^the rows are not JSON: / })
    await assert.rejects(parsePowerRows('a\nx\n'), { code: 'INVALID_DATA' })
  })
})

describe('readDataset', () => {
  const folder = temporaryFolder()
  const meaning = { source: 'acpi', outputType: 'AbsPower' } as const

  it('reads a table by the names of its columns', async () => {
    const path = join(folder, 'rows.csv')
    writeFileSync(path, 'timestamp,id,usage,platform_power\n1,a,2,3\n')
    const { features, powers, containerIds, rows } = await readDataset(path, meaning)
    assert.deepEqual([rows, containerIds, features[0]?.values[0], powers[0]?.values[0]], [1, ['a'], 2, 3])
  })

  it('names the file that is wrong or not there', async () => {
    const path = join(folder, 'wrong.csv')
    writeFileSync(path, 'timestamp,usage\n1,2\n')
    await assert.rejects(readDataset(path, meaning), { code: 'INVALID_DATA', message: /wrong\.csv: no power of/ })
    const gone = readDataset(join(folder, 'gone.csv'), meaning)
    await assert.rejects(gone, { code: 'UNAVAILABLE', message: /gone\.csv cannot be read/ })
  })
})

describe('measurementsOf', () => {
  type Samples = Readonly<Record<string, readonly (readonly (readonly [time: number, value: number])[])[]>>
  function prometheus(samples: Samples) {
    const asked: TimeRange[] = []
    const client: Pick<PrometheusServerClient, 'evaluate'> = {
      evaluate: async (expression, range) => {
        asked.push(range)
        return (samples[expression] ?? []).map((series) => {
          const own = series.filter(([time]) => time >= range.start && time <= range.end)
          return {
            ...{ metric: expression, labels: {} },
            timestamps: Float64Array.from(own, ([time]) => time),
            values: Float64Array.from(own, ([, value]) => value),
          }
        })
      },
    }
    return { asked, client }
  }
  const range = { start: 0, end: 30, step: 10 }

  it('pairs watts and utilisation of the same time, without what is no number', async () => {
    const { client } = prometheus({
      w: [
        [
          [0, 100],
          [10, Number.NaN],
          [20, 200],
        ],
      ],
      u: [
        [
          [0, 0],
          [10, 0.5],
          [20, 0.75],
          [30, 1],
        ],
      ],
    })
    assert.deepEqual(await measurementsOf(client, 'w', 'u', range), [
      { load: 0, watts: 100 },
      { load: 0.75, watts: 200 },
    ])
  })

  it('asks for a long time in parts, and joins them', async () => {
    const times = Array.from({ length: 11_001 }, (_, i) => [10 * i, 1] as const)
    const { client, asked } = prometheus({ w: [times], u: [times] })
    const all = await measurementsOf(client, 'w', 'u', { start: 0, end: 110_000, step: 10 })
    assert.equal(all.length, 11_001)
    assert.ok(asked.length > 2)
  })

  it('names the expression that gives no series, or several', async () => {
    const one = [[[0, 1] as const]]
    const failure = (samples: Samples) => measurementsOf(prometheus(samples).client, 'w', 'u', range)
    await assert.rejects(failure({ w: [...one, ...one], u: one }), {
      ...{ code: 'INVALID_DATA', message: /^--power: 2 series, expected one/ },
    })
    await assert.rejects(failure({ w: one }), { code: 'INVALID_DATA', message: /^--utilisation: .*no samples/ })
    await assert.rejects(failure({ w: [[[0, Number.NaN]]], u: one }), { message: /^--power: .*no samples/ })
  })
})
