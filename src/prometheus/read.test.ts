import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { errorCode } from '../core/errors.js'
import { readResponse, readResponseFile, type StreamOptions } from './read.js'

const saved = {
  kepler_a_total: [
    {
      metric: { __name__: 'kepler_a_total', pod: 'zwölf "\\ \u0007', job: 'kepler' },
      values: [
        [1700000000, '0'],
        [1700000003.25, '12345.678'],
        [1700000006, '1e+22'],
        [1700000009, '-0.1'],
        [1700000012, '123456789012345678'],
      ],
    },
    { metric: {}, values: [] },
  ],
  kepler_b_total: [
    {
      metric: { job: 'kepler' },
      values: [
        [1700000000, 'NaN'],
        [1700000001, '+Inf'],
        [1700000002, '-Inf'],
      ],
    },
  ],
  kepler_none: [],
}

const read = (text: string, options?: StreamOptions) => readResponse([Buffer.from(text)], options)
const refuses = (text: string, message: RegExp, code = 'INVALID_DATA') =>
  assert.rejects(read(text), { name: 'ModelError', code, message })

describe('readResponse', () => {
  it('reads a saved response', async () => {
    const response = await read(JSON.stringify(saved))
    const [first, second] = response.series.get('kepler_a_total')!
    assert.deepEqual([...first!.timestamps], [1700000000, 1700000003.25, 1700000006, 1700000009, 1700000012])
    assert.deepEqual([...first!.values], [0, 12345.678, 1e22, -0.1, Number('123456789012345678')])
    assert.deepEqual({ ...first!.labels }, saved.kepler_a_total[0]!.metric)
    assert.equal(second!.values.length, 0)
    assert.deepEqual([...response.series.get('kepler_b_total')![0]!.values], [Number.NaN, Infinity, -Infinity])
    assert.deepEqual(
      [...response.metrics],
      [
        ['kepler_a_total', 2],
        ['kepler_b_total', 1],
        ['kepler_none', 0],
      ],
    )
    assert.equal(response.samples, 8)
  })

  it('reads what the server said of its answer, saved or as the API gives it, in chunks of any size', async () => {
    const result = [{ metric: { __name__: 'a' }, values: [[1, '2']] }]
    const notices = { warnings: ['no "store"', 'no "store"', 'ü'], infos: [] }
    for (const document of [
      { status: 'success', ...notices, data: { resultType: 'matrix', result } },
      { a: result, ...notices },
    ]) {
      const bytes = Buffer.from(JSON.stringify(document))
      for (const size of [1, 7, bytes.length]) {
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        )
        const response = await readResponse(chunks)
        assert.deepEqual(response.notices, { warnings: ['no "store"', 'ü'], infos: [] })
        assert.deepEqual([...response.metrics], [['a', 1]])
      }
    }
  })

  it('takes a metric of that name for a metric, and what is no text for a mistake', async () => {
    const response = await read('{"warnings":[{"metric":{},"values":[[1,"2"]]},{"metric":{},"values":[]}],"a":[]}')
    assert.deepEqual(
      [...response.metrics],
      [
        ['warnings', 2],
        ['a', 0],
      ],
    )
    assert.equal((await read('{"warnings":null,"infos":{"a":[1]},"isPartial":false}')).notices.warnings.length, 0)
    await refuses('{"warnings":[1]}', /expected a text/)
    await refuses('{"warnings":["a" "b"]}', /expected ',' or '\]' after a text/)
    await refuses('{"warnings":["a"', /cut off/)
  })

  it('keeps a bounded number of texts', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => `${i}${'x'.repeat(5000)}`)
    const { warnings } = (await read(JSON.stringify({ warnings: many }))).notices
    assert.equal(warnings.length, 100)
    assert.ok(warnings.every((text) => text.length <= 1001))
  })

  it('reads what the HTTP API answers, labels before or behind the samples', async () => {
    const response = await read(
      `{"status":"success","warnings":["a [note]"],"data":{"resultType":"matrix","result":[
        {"metric":{"__name__":"kepler_a","job":"x"},"values":[[1,"2"]]},
        {"values":[[1,"3"],[2,"4"]],"metric":{"__name__":"kepler_b"}},
        {"values":[[1,"3"]],"metric":{"__name__":"kepler_c"}}]}}`,
      { wants: (metric) => metric !== 'kepler_c' },
    )
    assert.deepEqual([...response.series.get('kepler_a')![0]!.values], [2])
    assert.deepEqual([...response.series.get('kepler_b')![0]!.values], [3, 4])
    assert.deepEqual([...response.series.keys()], ['kepler_a', 'kepler_b'])
    assert.deepEqual([...response.metrics.keys()], ['kepler_a', 'kepler_b', 'kepler_c'])
  })

  it('reads the same from chunks of any size, pretty-printed or not', async () => {
    for (const text of [JSON.stringify(saved), JSON.stringify(saved, null, 2)]) {
      const bytes = Buffer.from(text)
      const whole = await read(text)
      for (let at = 1; at < bytes.length; at++) {
        assert.deepEqual(await readResponse([bytes.subarray(0, at), bytes.subarray(at)]), whole)
      }
      for (const size of [1, 2, 3, 7, 100]) {
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        )
        assert.deepEqual(await readResponse(chunks), whole)
      }
    }
  })

  it('passes over samples of any length, also where the last one is shorter than those before', async () => {
    for (const space of ['', ' ', '\n']) {
      for (let length = 1; length < 30; length++) {
        const values = [...Array(9).fill([1700000000, '1'.repeat(12)]), [1700000000, '1'.repeat(length)]]
        const metrics = ['a', 'b', 'c'].map((name) => `"${name}":[{"metric":{},"values":${JSON.stringify(values)}}]`)
        const text = `{${metrics.join(`,${space}`)}}`
        const { series } = await readResponse([Buffer.from(text)], { wants: (metric) => metric === 'c' })
        assert.equal(series.get('c')![0]!.values.length, 10, text)
      }
    }
  })

  it('keeps only what is wanted, whatever stands in the rest', async () => {
    const long = Array.from({ length: 500 }, (_, i) => [1700000000 + i, String(10 ** (i % 9))])
    const text = JSON.stringify({ kepler_no: [{ metric: { a: '"]]' }, values: long }], ...saved })
    const options: StreamOptions = { wants: (m) => m === 'kepler_b_total', labels: new Set(['none']) }
    const response = await read(text, options)
    assert.deepEqual([...response.series.keys()], ['kepler_b_total'])
    assert.equal(response.samples, 3)
    assert.deepEqual({ ...response.series.get('kepler_b_total')![0]!.labels }, {})
    assert.equal(response.metrics.get('kepler_no'), 1)
    const bytes = Buffer.from(text)
    for (let at = 1; at < bytes.length; at += 13) {
      assert.deepEqual(await readResponse([bytes.subarray(0, at), bytes.subarray(at)], options), response)
    }
  })

  it('shares the timestamps of series that were scraped together', async () => {
    const series = {
      metric: {},
      values: [
        [1, '1'],
        [2, '2'],
      ],
    }
    const response = await read(JSON.stringify({ m: [series, series] }))
    const [a, b] = response.series.get('m')!
    assert.equal(a!.timestamps, b!.timestamps)
  })

  it('names metric and byte offset of what is wrong', async () => {
    await refuses('', /cut off at byte 0/)
    await refuses('[]', /expected an object, found '\[' at byte 0/)
    await refuses('{"m":[{"metric":{},"values":[[1,"2"],[2', /cut off in "m" at byte 39/)
    await refuses('{"m":[{"metric":{},"values":[[1,"watt"]]}]}', /"watt" is not a number in "m" at byte 32/)
    await refuses(
      '{"m":[{"metric":{"job":"k"},"values":[[1,"2"],[1,"x"]]}]}',
      /"x" is not a number in "m" \{job="k"\} at byte/,
    )
    await refuses('{"m":[{"metric":{},"values":[[1,true]]}]}', /expected a number, found 't' in "m" at byte 32/)
    await refuses('{"m":[{"metric":{},"values":["x"]}]}', /expected a sample .* in "m" at byte 29/)
    await refuses('{"m":[{"metric":[],"values":[]}]}', /expected labels .* in "m" at byte 16/)
    await refuses('{"m":[{"metric":{"a":1},"values":[]}]}', /expected a string, found '1' in "m" at byte 21/)
    await refuses('{"m":[{"values":[]}]}', /a series without "metric" in "m"/)
    await refuses('{"m":[],"m":[]}', /"m" appears twice .*at byte 8/)
    await refuses('{"m":[{"metric":{"a":"1","a":"2"},"values":[]}]}', /label "a" appears twice in "m" at byte 25/)
    await refuses('{"m":[{"metric":{},"metric":{}}]}', /"metric" appears twice in "m" at byte 19/)
    await refuses('{"m":[]} x', /expected nothing more behind the response/)
    await refuses('{"data":{"resultType":"vector","result":[]}}', /query_range/)
    await refuses('{"status":"error","errorType":"timeout","error":"too slow"}', /too slow/)
  })

  it('refuses depth, length and number beyond its bounds', async () => {
    await refuses(`{"m":[{"x":${'['.repeat(100_000)}`, /nested deeper than 64 in "m"/, 'LIMIT_EXCEEDED')
    await refuses(`{"${'m'.repeat(300_000)}":[]}`, /longer than/)
    await refuses(`{"m":[{"metric":{"a":"${'m'.repeat(600_000)}`, /longer than/)
    const text = JSON.stringify(saved)
    await assert.rejects(read(text, { maxSamples: 5 }), { code: 'LIMIT_EXCEEDED', message: /kepler_b_total/ })
    await assert.rejects(read(text, { maxBytes: 5 }), { code: 'LIMIT_EXCEEDED' })
  })

  it('can keep text that is no number as NaN and tell', async () => {
    const response = await read('{"m":[{"metric":{},"values":[[1,"watt"],[2,"3"]]}]}', { tolerant: true })
    assert.deepEqual([...response.series.get('m')![0]!.values], [Number.NaN, 3])
    assert.deepEqual(response.badSamples, [{ metric: 'm', text: 'watt', offset: 32 }])
    const bad = Array.from({ length: 1001 }, (_, i) => [i, 'watt'])
    const many = await read(JSON.stringify({ m: [{ metric: {}, values: bad }] }), { tolerant: true })
    assert.deepEqual([many.samples, many.badSamples.length], [1001, 1000])
  })

  it('stops when asked to', async () => {
    const stop = new AbortController()
    stop.abort()
    await assert.rejects(read('{}', { signal: stop.signal }), { code: 'CANCELLED' })
  })
})

describe('readResponseFile', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'response-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('reads plain and gzip files and says how far it is', async () => {
    const text = JSON.stringify(saved)
    await writeFile(join(folder, 'plain.json'), text)
    await writeFile(join(folder, 'packed.json'), gzipSync(text))
    const steps: [number, number | undefined][] = []
    const plain = await readResponseFile(join(folder, 'plain.json'), { onProgress: (...step) => steps.push(step) })
    assert.deepEqual(steps, [[text.length + 1, text.length + 1]]) // ö has two bytes
    assert.deepEqual(await readResponseFile(join(folder, 'packed.json')), plain)
  })

  it('names the file that is missing or damaged', async () => {
    const caused = (path: string) =>
      readResponseFile(join(folder, path)).catch((error: Error) => errorCode(error.cause))
    await assert.rejects(readResponseFile(join(folder, 'none.json')), { code: 'UNAVAILABLE', message: /none\.json/ })
    assert.equal(await caused('none.json'), 'ENOENT')
    await writeFile(join(folder, 'cut.json'), gzipSync(JSON.stringify(saved)).subarray(0, 40))
    await assert.rejects(readResponseFile(join(folder, 'cut.json')), { code: 'INVALID_DATA', message: /cut\.json/ })
    assert.equal(await caused('cut.json'), 'Z_BUF_ERROR')
  })
})
