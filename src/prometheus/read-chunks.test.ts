import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { seededRandom } from '../numeric/random.js'
import { readResponse, readResponseFile } from './read.js'

const series = (values: readonly (readonly [number, string])[], metric = 'a_total') =>
  JSON.stringify({ [metric]: [{ metric: { __name__: metric }, values }] })

describe('reading in chunks', () => {
  it('takes a gzip file that is larger than one chunk when it is packed', async () => {
    // Random digits do not pack: 4 MB of text, of which more than the megabyte of one read is left.
    const random = seededRandom(1)
    const values = Array.from({ length: 130_000 }, (_, i) => [i, String(random.next() * 1e6)] as const)
    const text = series(values)
    const packed = gzipSync(text)
    assert.ok(packed.length > 1.2 * 2 ** 20, `${packed.length} bytes`)
    const path = join(temporaryFolder(), 'large.json.gz')
    writeFileSync(path, packed)
    let [read, total] = [0, 0]
    const onProgress = (bytes: number, of: number | undefined) => {
      read = bytes
      total = of ?? 0
    }
    const response = await readResponseFile(path, { onProgress })
    assert.deepEqual(
      response.series.get('a_total')?.[0]?.values,
      Float64Array.from(values, ([, value]) => Number(value)),
    )
    assert.deepEqual([read, total], [packed.length, packed.length])
  })

  it('takes white space anywhere, and a cut at any byte of it', async () => {
    const spaced =
      ' { "a_total" : [ { "metric" : { "x" : "1" } , "values" : [ [ 1 , "2" ] , [ 3.5 ,\n\t"4e1" ] \r\n, [5 , 6 ] ] } ] } '
    const whole = await readResponse([Buffer.from(spaced)])
    const [only] = whole.series.get('a_total') ?? []
    assert.deepEqual(
      [[...only!.timestamps], [...only!.values]],
      [
        [1, 3.5, 5],
        [2, 40, 6],
      ],
    )
    for (let cut = 1; cut < spaced.length; cut++) {
      const parts = [Buffer.from(spaced.slice(0, cut)), Buffer.from(spaced.slice(cut))]
      assert.deepEqual((await readResponse(parts)).series.get('a_total'), [only], `cut at ${cut}`)
    }
    const single = Array.from(spaced, (character) => Buffer.from(character))
    assert.deepEqual((await readResponse(single)).series.get('a_total'), [only])
  })

  it('stops where it is bounded, not a byte before', async () => {
    const text = series([[1, '2']])
    await readResponse([Buffer.from(text)], { maxBytes: text.length })
    const exceeded = { code: 'LIMIT_EXCEEDED', reason: 'range_too_large' }
    await assert.rejects(readResponse([Buffer.from(text)], { maxBytes: text.length - 1 }), exceeded)
    const samples = [
      Buffer.from(
        series([
          [1, '2'],
          [2, '3'],
        ]),
      ),
    ]
    await readResponse(samples, { maxSamples: 2 })
    await assert.rejects(readResponse(samples, { maxSamples: 1 }), exceeded)
  })

  it('keeps the samples of each series apart, also after the buffer has grown', async () => {
    const long = Array.from({ length: 5000 }, (_, i) => [i, String(i)] as const)
    const text = JSON.stringify({
      a: [
        { metric: { n: '1' }, values: long },
        { metric: { n: '2' }, values: [[0, '7']] },
        { metric: { n: '3' }, values: long.map(([time]) => [time, String(-time)]) },
      ],
    })
    const [first, second, third] = (await readResponse([Buffer.from(text)])).series.get('a') ?? []
    assert.deepEqual([first!.values.length, first!.values[4999], second!.values], [5000, 4999, Float64Array.of(7)])
    assert.equal(third!.values[4999], -4999)
    assert.equal(third!.labels.n, '3')
  })
})
