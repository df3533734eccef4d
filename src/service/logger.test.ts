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

  it('has nothing but level, time, message and fields, an error with its stack', () => {
    const [info, error] = log({ format: 'json' }).map((line) => JSON.parse(line))
    assert.deepEqual(Object.keys(info), ['level', 'time', 'pipeline', 'msg'])
    assert.deepEqual([error.cause.type, error.level], ['Error', 'error'])
    assert.match(error.cause.stack, /logger\.test/)
  })

  it('writes what is as important as it is told, or more', () => {
    const levels = ['debug', 'info', 'warn', 'error'] as const
    for (const [index, level] of levels.entries()) {
      const written: string[] = []
      const logger = createLogger({ level, format: 'text', output: { write: (text) => written.push(text) } })
      for (const one of levels) logger[one]({ n: 1 }, 'said')
      assert.deepEqual(
        written.map((text) => text.slice(9)),
        levels.slice(index).map((one) => `${one.padEnd(5)} said n=1\n`),
      )
    }
  })

  it('writes JSON where nobody says that the output is a terminal', () => {
    const written: string[] = []
    createLogger({ level: 'info', format: 'auto', output: { write: (text) => written.push(text) } }).info({}, 'said')
    assert.equal(JSON.parse(written[0] ?? '').msg, 'said')
  })

  it('writes one line of text on a terminal, or when asked to', () => {
    for (const lines of [log({ format: 'auto', isTTY: true }), log({ format: 'text' })]) {
      assert.match(lines[0]!, /^\d\d:\d\d:\d\d info {2}loaded pipeline="ec2"$/)
    }
    assert.match(log({ format: 'json', isTTY: true })[0]!, /^\{/)
  })
})
