import { type ErrorCode, errorCode, ModelError } from '../core/errors.js'

/** A failure as clients see it. `message` names the field, for clients that show nothing else. */
export interface ErrorAnswer {
  readonly status: number
  readonly error: { readonly code: string; readonly field?: string; readonly message: string }
}

const statusOf: Readonly<Record<ErrorCode, number>> = {
  INVALID_REQUEST: 400,
  // The original answers 400 when no model fits, and its clients look for that.
  NO_MODEL: 400,
  INVALID_DATA: 400,
  SHAPE_MISMATCH: 400,
  LIMIT_EXCEEDED: 413,
  INVALID_ARCHIVE: 500,
  INVALID_CONFIG: 500,
  UNAVAILABLE: 503,
  CANCELLED: 503,
}

/** Messages for errors of Fastify that a client can cause. */
const frameworkMessages: Readonly<Record<string, (limit: number) => string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: (limit) => `the body is larger than ${limit} bytes`,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => 'the body does not have the length that Content-Length says',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => 'the Content-Type header cannot be read; send application/json',
}

/** The answer to anything that was thrown. Errors that the client did not cause are `INTERNAL`, without details. */
export function errorAnswer(error: unknown, maxBodyBytes: number): ErrorAnswer {
  if (error instanceof ModelError) {
    const { code, field, message } = error
    return { status: statusOf[code], error: { code, ...(field === undefined ? {} : { field }), message } }
  }
  const { statusCode, code, message } = asFrameworkError(error)
  if (statusCode >= 400 && statusCode < 500) {
    const text = frameworkMessages[code]?.(maxBodyBytes) ?? message
    return {
      status: statusCode,
      error: { code: statusCode === 413 ? 'LIMIT_EXCEEDED' : 'INVALID_REQUEST', message: text },
    }
  }
  if (statusCode === 503) return { status: 503, error: { code: 'UNAVAILABLE', message } }
  return { status: 500, error: { code: 'INTERNAL', message: 'the server failed; its log says why' } }
}

function asFrameworkError(error: unknown): { statusCode: number; code: string; message: string } {
  if (!(error instanceof Error)) return { statusCode: 500, code: '', message: '' }
  const statusCode = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  return { statusCode, code: errorCode(error) ?? '', message: error.message }
}
