import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { reasonsOf, releasePin, rollBack } from './change-version.js'
import { appendLog, type LogEntry, readLog } from './version-log.js'
import type { Pin, Versions } from './versions.js'

const entry = (time: string, action: LogEntry['action'] = 'kept'): LogEntry => ({ time, action, why: '' })
const line = (one: LogEntry) => `${JSON.stringify(one)}\n`

describe('the log of versions', () => {
  it('is a line an entry, in a folder that it makes', async () => {
    const path = join(temporaryFolder(), 'a', 'history.jsonl')
    assert.deepEqual(await readLog(path), [])
    const full: LogEntry = { ...entry('1', 'published'), version: 3, slots: { a: { verdict: 'first', why: 'x' } } }
    await appendLog(path, full)
    await appendLog(path, entry('2', 'rolled-back'))
    assert.equal(await readFile(path, 'utf8'), line(full) + line(entry('2', 'rolled-back')))
    assert.deepEqual(await readLog(path), [full, entry('2', 'rolled-back')])
  })

  it('leaves out what is no entry', async () => {
    const path = join(temporaryFolder(), 'history.jsonl')
    const strange = [
      { time: 1, action: 'kept', why: '' },
      { ...entry('x'), action: 'sold' },
      { ...entry('x'), version: -1 },
    ]
    await writeFile(path, `${strange.map((one) => JSON.stringify(one)).join('\n')}\n\n${line(entry('1'))}not JSON`)
    assert.deepEqual(await readLog(path), [entry('1')])
  })

  it('is cut to the newest thousand when there are two thousand, with five hundred of older changes', async () => {
    const path = join(temporaryFolder(), 'history.jsonl')
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => line(entry(String(i), i < 700 ? 'published' : 'kept'))).join('')
    await writeFile(path, many(1999))
    await appendLog(path, entry('new'))
    assert.equal((await readLog(path)).length, 2000)
    await appendLog(path, entry('newer'))
    const times = (await readLog(path)).map(({ time }) => time)
    assert.equal(times.length, 1500)
    assert.deepEqual(
      [times[0], times[499], times[500], times.at(-2), times.at(-1)],
      ['200', '699', '1001', 'new', 'newer'],
    )
  })
})

describe('changes of the served version', () => {
  function scene(pin?: Pin) {
    const logged: LogEntry[] = []
    const calls: unknown[] = []
    let live = 5
    const versions = {
      liveNumber: () => live,
      rollback: async (number: number | undefined, now: number) => {
        calls.push(['rollback', number, now])
        live = 3
        return { number: 3 }
      },
      pin: async () => pin,
      unpin: async () => void calls.push(['unpin']),
      log: async (one: LogEntry) => void logged.push(one),
      history: async () => [
        { ...entry('1', 'published'), version: 1, why: 'first' },
        { ...entry('2', 'kept'), version: 1, why: 'kept' },
        { ...entry('3', 'published'), why: 'of no number' },
        { ...entry('4', 'published'), version: 2, why: 'better' },
      ],
    } as unknown as Versions
    return { versions, logged, calls }
  }

  it('are noted: what it was, and by whom', async () => {
    const { versions, logged, calls } = scene()
    assert.equal((await rollBack(versions, undefined, { by: 'by command', now: 1000 })).number, 3)
    assert.deepEqual(calls, [['rollback', undefined, 1000]])
    const time = '1970-01-01T00:00:01.000Z'
    assert.deepEqual(logged, [{ time, action: 'rolled-back', version: 3, why: 'from version 5 by command' }])
  })

  it('tell which pin there was', async () => {
    const pin = { version: 5, since: 'x' }
    const { versions, logged, calls } = scene(pin)
    assert.equal(await releasePin(versions, { by: 'by command', now: 0 }), pin)
    assert.deepEqual(calls, [['unpin']])
    assert.deepEqual([logged[0]?.action, logged[0]?.version, logged[0]?.why], ['unpinned', 5, 'by command'])
  })

  it('have the reasons of those that were published', async () => {
    assert.deepEqual(
      [...(await reasonsOf(scene().versions))],
      [
        [1, 'first'],
        [2, 'better'],
      ],
    )
  })
})
