import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { parsePowerRequest, type PowerRequest } from '../estimate/power-request.js'
import { type ModelRequest, parseModelRequest } from '../selection/model-request.js'
import { invalidRequest, textField } from '../selection/request-fields.js'

const mostRows = 1000

const named = z.object({ model: textField(2048), pipeline_name: textField(1024) })

/** What `POST /api/v1/estimate` asks for. */
export interface EstimateRequest {
  /** Inputs and what they are for, as the estimator takes them. */
  readonly power: PowerRequest
  /** A model by its name, or a request that one is chosen for. */
  readonly model: { readonly pipeline: string; readonly path: string } | ModelRequest
}

/**
 * Reads a request for an estimate: the keys of the estimator, and for the choice of the model those of `POST /model`, or
 * `pipeline_name` and `model`, the path of one in it.
 *
 * @throws ModelError `INVALID_REQUEST` whose `field` is the key, `LIMIT_EXCEEDED` for more than 1000 rows
 */
export function parseEstimateRequest(body: unknown): EstimateRequest {
  const power = parsePowerRequest(body)
  if (power.values.length > mostRows) {
    const message = `values: ${power.values.length} rows, at most ${mostRows} at once`
    throw new ModelError('LIMIT_EXCEEDED', message, { field: 'values' })
  }
  const parsed = named.safeParse(body)
  if (!parsed.success) throw invalidRequest(parsed.error, body)
  const { model: path, pipeline_name: pipeline } = parsed.data
  return { power, model: path === '' ? { ...parseModelRequest(body), weight: false } : { pipeline, path } }
}
