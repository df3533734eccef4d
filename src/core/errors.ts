/**
 * Kinds of failures; HTTP, socket and command line map them to status codes, answers and exit codes.
 *
 * - `INVALID_REQUEST`   the caller sent something that cannot be understood; `field` names it
 * - `NO_MODEL`          the request is fine, but no model fits it
 * - `INVALID_ARCHIVE`   a model or pipeline archive is damaged, hostile or of an unknown format
 * - `INVALID_DATA`      measurements (Prometheus responses, CSV, training rows) cannot be used
 * - `INVALID_CONFIG`    a setting, option or file the operator named is wrong
 * - `SHAPE_MISMATCH`    two lengths that must agree do not
 * - `LIMIT_EXCEEDED`    a bound on size, count, depth or time was passed
 * - `UNAVAILABLE`       something outside (network, disk, another server) does not answer now
 * - `CANCELLED`         the caller or a signal asked for it to stop
 */
export type ErrorCode =
  | 'INVALID_REQUEST'
  | 'NO_MODEL'
  | 'INVALID_ARCHIVE'
  | 'INVALID_DATA'
  | 'INVALID_CONFIG'
  | 'SHAPE_MISMATCH'
  | 'LIMIT_EXCEEDED'
  | 'UNAVAILABLE'
  | 'CANCELLED'

/**
 * Why, where a caller acts on it. Code decides by this, never by the words of a message.
 *
 * - `truncated`         the text ended before its value did; another attempt may bring all of it
 * - `range_too_large`   the server may answer the same question for a shorter time
 * - `no_metrics`        the server has no metric that was asked for in this time
 * - `file_not_found`    there is no file where the caller looked
 */
export type ErrorReason = 'truncated' | 'range_too_large' | 'no_metrics' | 'file_not_found'

export interface ModelErrorOptions extends ErrorOptions {
  /** The request field, option or setting that is wrong, as the caller spells it. */
  readonly field?: string | undefined
  readonly reason?: ErrorReason | undefined
}

/** Every failure of this package. The message names the offending value and says what to do where that is known. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly reason: ErrorReason | undefined

  constructor(code: ErrorCode, message: string, options: ModelErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.field = options.field
    this.reason = options.reason
  }
}

/** The same failure with the file or field it happened in before its message; code, field and reason stay. */
export function errorIn(place: string, error: ModelError, field = error.field): ModelError {
  const { code, reason } = error
  return new ModelError(code, `${place}: ${error.message}`, { cause: error, field, reason })
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The code of an error of the system, e.g. `ENOENT`, or of this package; `undefined` where it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Shortens a value from outside so that it can be quoted in a message or a log line. */
export function quote(value: unknown, limit = 80): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(JSON.stringify(value) ?? value)
  return text.length > limit ? `${text.slice(0, limit)}…` : text
}
