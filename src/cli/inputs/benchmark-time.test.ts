import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { benchmarkTime } from './benchmark-time.js'

describe('benchmarkTime', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'benchmark-'))
  })
  after(() => rm(folder, { recursive: true }))
  const timeOf = async (content: unknown) => {
    const path = join(folder, 'benchmark.json')
    await writeFile(path, JSON.stringify(content))
    return benchmarkTime(path)
  }

  it('reads begin and end of a custom benchmark', async () => {
    const time = await timeOf({ startTimeUTC: '2023-09-22T05:43:45Z', endTimeUTC: '2023-09-22T05:53:06Z' })
    assert.deepEqual(time, { start: 1695361425, end: 1695361986 })
  })

  it('reads a Benchmark of the CPE operator up to its last repetition', async () => {
    const time = await timeOf({
      metadata: { creationTimestamp: '2023-09-22T05:43:45Z' },
      status: {
        results: [
          { repetitions: [{ pushedTime: 'early' }] },
          { repetitions: [{ pushedTime: 'x' }, { pushedTime: '2023-09-22 05:53:06.5 +0000 UTC m=+9.1' }] },
        ],
      },
    })
    assert.deepEqual(time, { start: 1695361425, end: 1695361986 })
  })

  it('reads the zone that Go prints', async () => {
    const pushed = async (pushedTime: string) => {
      const status = { results: [{ repetitions: [{ pushedTime }] }] }
      return (await timeOf({ metadata: { creationTimestamp: '2026-11-28T00:00:00Z' }, status })).end
    }
    for (const [text, end] of [
      ['2026-11-28 03:10:00.5 +0200 CEST m=+61.2', 1795828200],
      ['2026-11-28 03:10:00 +0200 CEST', 1795828200],
      ['2026-11-27 20:40:00.123456789 -0430 -0430 m=+0.000000001', 1795828200],
      ['2026-11-28 01:10:00.999 +0000 UTC', 1795828200],
      ['2026-11-28T03:10:00+02:00', 1795828200],
      ['2026-11-28 01:10:00', 1795828200],
    ] as const) {
      assert.equal(await pushed(text), end, text)
    }
    await assert.rejects(pushed('2026-11-28 03:10:00 CEST'), { code: 'INVALID_REQUEST', message: /is no time/ })
  })

  it('says what it expected', async () => {
    for (const content of [
      {},
      [],
      { metadata: { creationTimestamp: '2023-09-22T05:43:45Z' }, status: { results: [] } },
    ]) {
      await assert.rejects(timeOf(content), {
        code: 'INVALID_REQUEST',
        message: /expected startTimeUTC and endTimeUTC/,
      })
    }
    await assert.rejects(benchmarkTime(join(folder, 'none')), {
      code: 'INVALID_REQUEST',
      message: /none cannot be read/,
    })
  })
})
