import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { onlineTrainerScene } from '../../test/support/online-trainer-scene.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { until } from '../../test/support/until.js'
import { ModelError } from '../core/errors.js'

/** A trainer whose Prometheus fails, each time after so many milliseconds, and which is stopped once it waits. */
async function failing(took: number, rounds = 1) {
  let now = 0
  const stop = new AbortController()
  const waited: unknown[] = []
  const ended: number[] = []
  const logger = recordedLog()
  const { trainer, prometheus } = await onlineTrainerScene({
    monotonic: () => now,
    onRoundEnd: (seconds) => ended.push(seconds),
    logger: {
      ...logger,
      info(fields, message) {
        if (message !== 'trying again') return
        waited.push(fields)
        stop.abort()
      },
    },
  })
  prometheus.metricNames = async () => {
    now += took
    throw new ModelError('UNAVAILABLE', 'away')
  }
  for (let i = 1; i < rounds; i++) await trainer.round(stop.signal)
  await trainer.run(stop.signal)
  return { waited, ended, errors: logger.lines.filter(({ level }) => level === 'error') }
}

describe('the rounds of an online trainer', () => {
  it('come later after failures, counted from when the last one began', async () => {
    assert.deepEqual((await failing(0)).waited, [{ seconds: 40 }])
    assert.deepEqual((await failing(1500)).waited, [{ seconds: 38.5 }])
    assert.deepEqual((await failing(1500, 2)).waited, [{ seconds: 78.5 }])
    assert.deepEqual((await failing(39_800)).waited, [{ seconds: 0.2 }])
    assert.deepEqual((await failing(90_000)).waited, [{ seconds: 0.1 }], 'never at once')
  })

  it('are told with their seconds, and failures with their reason and how many there were in a row', async () => {
    const { ended, errors } = await failing(1500, 2)
    assert.deepEqual(ended, [1.5, 1.5])
    assert.deepEqual(
      errors.map(({ fields: { reason, failures }, message }) => [reason, failures, message]),
      [
        ['unavailable', 1, 'away'],
        ['unavailable', 2, 'away'],
      ],
    )
  })

  it('follow each other until the signal, without a word while all is well', async () => {
    const stop = new AbortController()
    const { trainer, logged } = await onlineTrainerScene({ interval: 1 })
    const running = trainer.run(stop.signal)
    await until('two rounds have ended', () => trainer.status().rounds.published >= 2)
    stop.abort()
    await running
    assert.ok(!logged.some(({ message }) => message === 'trying again'))
  })

  it('end with what is wrong with who is told of them', async () => {
    const { trainer } = await onlineTrainerScene({
      onRoundEnd() {
        throw new TypeError('a mistake')
      },
    })
    await assert.rejects(trainer.run(new AbortController().signal), { name: 'TypeError', message: 'a mistake' })
  })

  it('are not begun with a signal that has aborted; what is on disk is known all the same', async () => {
    const { trainer, round, requests } = await onlineTrainerScene()
    await round()
    await trainer.run(AbortSignal.abort())
    assert.equal(requests.length, 1)
    const again = await onlineTrainerScene()
    await again.history.catchUp(again.prometheus, 1_700_000_066_000)
    await again.trainer.run(AbortSignal.abort())
    const [first, last] = [again.history.segments[0]!, again.history.segments.at(-1)!]
    const { history, lastRoundAt } = again.trainer.status()
    assert.equal(lastRoundAt, undefined)
    assert.equal(history.seconds, last.end - first.start)
    assert.equal(
      history.bytes,
      again.history.segments.reduce((sum, { bytes }) => sum + bytes, 0),
    )
    assert.ok(history.seconds >= 57 && history.bytes > 0)
  })

  it('go on where the versions cannot be looked at', async () => {
    const { folder, trainer, round, logged } = await onlineTrainerScene()
    await round()
    rmSync(folder, { recursive: true })
    writeFileSync(folder, '')
    const { outcome } = await round()
    assert.equal(outcome, 'failed')
    assert.equal(trainer.status().servedVersion, 1, 'what was known before')
    assert.ok(logged.some(({ level, message }) => level === 'debug' && message === 'versions cannot be looked at'))
  })
})
