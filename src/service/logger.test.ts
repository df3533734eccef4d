import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLogger } from './logger.js'

describe('createLogger', () => {
  const log = (options: { format: 'auto' | 'json' | 'text'; isTTY?: boolean }) => {
    let written = ''
    const output = { write: (text: string) => (written += text), isTTY: options.isTTY ?? false }
    const logger = createLogger({ level: 'info', format: options.format, output })
    logger.debug({}, 'unseen')
    logger.info({ pipeline: 'ec2' }, 'loaded')
    logger.error({ cause: new Error('why') }, 'failed')
    return written.trim().split('\n')
  }

  it('writes JSON lines with level, time and message', () => {
    const lines = log({ format: 'auto' }).map((line) => JSON.parse(line))
    assert.equal(lines.length, 2)
    assert.equal(lines[0].level, 'info')
    assert.equal(lines[0].msg, 'loaded')
    assert.equal(lines[0].pipeline, 'ec2')
    assert.ok(!Number.isNaN(Date.parse(lines[0].time)))
    assert.equal(lines[1].cause.message, 'why')
  })

  it('writes one line of text on a terminal, or when asked to', () => {
    for (const lines of [log({ format: 'auto', isTTY: true }), log({ format: 'text' })]) {
      assert.match(lines[0]!, /^\d\d:\d\d:\d\d info {2}loaded pipeline="ec2"$/)
    }
    assert.match(log({ format: 'json', isTTY: true })[0]!, /^\{/)
  })
})
