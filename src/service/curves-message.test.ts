import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainProvenance } from '../../test/support/plain-power-source.js'
import { ModelError } from '../core/errors.js'
import { curvesMessage } from './curves-message.js'
import type { CurvesRequest } from './universal-curves.js'

const request: CurvesRequest = {
  ...{ roots: { proc: '/proc', sys: '/sys' }, modelPath: '/models', spec: undefined },
  ...{ METER_SHARE: undefined, METER_HOST_THREADS: undefined },
}

describe('the message of the universal model', () => {
  it('is its answer to the request', () => {
    const answer = { curves: [], provenance: plainProvenance }
    const asked: CurvesRequest[] = []
    const message = curvesMessage(request, (given) => {
      asked.push(given)
      return answer
    })
    assert.deepEqual([message, asked], [{ answer }, [request]])
  })

  it('is why there is none, with the code and the field that a setting has', () => {
    const failing = (error: Error) =>
      curvesMessage(request, () => {
        throw error
      })
    assert.deepEqual(failing(new ModelError('INVALID_CONFIG', 'too much', { field: 'METER_SHARE' })), {
      ...{ code: 'INVALID_CONFIG', message: 'too much', field: 'METER_SHARE' },
    })
    assert.deepEqual(failing(new TypeError('odd')), { code: 'INVALID_DATA', message: 'odd', field: undefined })
  })
})
