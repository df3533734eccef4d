import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, ModelError } from '../core/errors.js'
import { errorAnswer } from './error-answer.js'

const limit = 1000

/** An error as Fastify throws it. */
const framework = (statusCode: number, code: string, message = 'as Fastify words it') =>
  Object.assign(new Error(message), { statusCode, code })

describe('the answer to an error', () => {
  it('of ours has its status, code, message, and the field where there is one', () => {
    const statuses: Readonly<Record<ErrorCode, number>> = {
      ...{ INVALID_REQUEST: 400, NO_MODEL: 400, INVALID_DATA: 400, SHAPE_MISMATCH: 400, LIMIT_EXCEEDED: 413 },
      ...{ INVALID_ARCHIVE: 500, INVALID_CONFIG: 500, UNAVAILABLE: 503, CANCELLED: 503 },
    }
    for (const [code, status] of Object.entries(statuses) as [ErrorCode, number][]) {
      assert.deepEqual(errorAnswer(new ModelError(code, 'why'), limit), { status, error: { code, message: 'why' } })
    }
    const { error } = errorAnswer(new ModelError('INVALID_REQUEST', 'why', { field: 'metrics' }), limit)
    assert.deepEqual(error, { code: 'INVALID_REQUEST', field: 'metrics', message: 'why' })
  })

  it('of Fastify that the client caused says what is wrong with the request', () => {
    const large = errorAnswer(framework(413, 'FST_ERR_CTP_BODY_TOO_LARGE'), limit)
    assert.deepEqual(large, {
      status: 413,
      error: { code: 'LIMIT_EXCEEDED', message: 'the body is larger than 1000 bytes' },
    })
    for (const [status, code, message] of [
      [400, 'FST_ERR_CTP_INVALID_CONTENT_LENGTH', /Content-Length/],
      [415, 'FST_ERR_CTP_INVALID_MEDIA_TYPE', /Content-Type/],
      [400, 'FST_ERR_ANYTHING', /^as Fastify words it$/],
      [499, 'FST_ERR_ANYTHING', /^as Fastify words it$/],
    ] as const) {
      const answer = errorAnswer(framework(status, code), limit)
      assert.deepEqual([answer.status, answer.error.code], [status, 'INVALID_REQUEST'])
      assert.match(answer.error.message, message)
    }
  })

  it('of a server that is closing is 503 with its message', () => {
    assert.deepEqual(errorAnswer(framework(503, 'FST_ERR_REOPENED', 'closing'), limit), {
      status: 503,
      error: { code: 'UNAVAILABLE', message: 'closing' },
    })
  })

  it('that the client did not cause has no details, whatever was thrown', () => {
    const odd = Object.assign(new Error('secret'), { statusCode: '400', code: 7 })
    for (const thrown of [
      new TypeError('secret'),
      framework(399, 'X', 'secret'),
      framework(500, 'X', 'secret'),
      ...[odd, 'secret', undefined, { statusCode: 400, message: 'secret' }],
    ]) {
      const { status, error } = errorAnswer(thrown, limit)
      assert.deepEqual([status, error.code], [500, 'INTERNAL'])
      assert.doesNotMatch(error.message, /secret/)
    }
  })

  it('of Fastify without a code of its own keeps its message', () => {
    const error = Object.assign(new Error('no code'), { statusCode: 400, code: undefined })
    assert.equal(errorAnswer(error, limit).error.message, 'no code')
  })
})
