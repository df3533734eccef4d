import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { statLine } from '../../../test/support/fake-proc.js'
import { processStat, readProcessStat } from './process-stat.js'

function read(line: string) {
  const into = processStat()
  const bytes = Buffer.from(line)
  if (!readProcessStat(bytes, bytes.length, into)) return undefined
  return { name: bytes.toString('utf8', into.nameStart, into.nameEnd), ticks: into.ticks, start: into.startTicks }
}

describe('readProcessStat', () => {
  it('reads name, time and start', () => {
    assert.deepEqual(read(statLine(7, 'sleep', 42, 1234)), { name: 'sleep', ticks: 42, start: 1234 })
  })

  it('adds system time to user time', () => {
    const line = statLine(7, 'x', 42, 1).replace(' 42 0 ', ' 42 8 ')
    assert.equal(read(line)?.ticks, 50)
  })

  for (const name of [') S 1 (', 'a b', 'new\nline', '((', '))', '', '"quoted\\"', '\u001b[31m', 'ünï']) {
    it(`takes the name ${JSON.stringify(name)}`, () => {
      assert.deepEqual(read(statLine(7, name, 42, 1234)), { name, ticks: 42, start: 1234 })
    })
  }

  it('refuses a line without a name, and goes by the parentheses alone', () => {
    const line = statLine(7, 'sleep', 42, 1234)
    assert.equal(read(line.replace('(', '')), undefined)
    assert.equal(read(line.replace(')', '')), undefined)
    assert.equal(read(line.replace('(sleep)', ')sleep(')), undefined)
    assert.deepEqual(read(line.slice(line.indexOf('('))), { name: 'sleep', ticks: 42, start: 1234 })
  })

  it('refuses what stands behind the end, from an earlier reading', () => {
    const line = statLine(7, 'sleep', 42, 1234)
    const bytes = Buffer.from(`8 x\n${line}`)
    assert.equal(readProcessStat(bytes, 4, processStat()), false)
    assert.equal(readProcessStat(bytes, 0, processStat()), false)
    const short = Buffer.from(`7 (a) S 1 2\n${line}`)
    assert.equal(readProcessStat(short, 12, processStat()), false)
  })

  it('refuses every part of a line', () => {
    const line = statLine(7, 'sleep', 42, 1234)
    const whole = line.indexOf(' 1234 ') + ' 1234'.length
    for (let length = 0; length <= whole; length++) assert.equal(read(line.slice(0, length)), undefined, String(length))
  })
})
