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
