import { type ErrorCode, ModelError } from '../../core/errors.js'

/** The exit codes of all programs; `docs/cli.md` is generated from them. */
export const exitCodes = Object.freeze({
  ok: { code: 0, meaning: 'done' },
  failure: { code: 1, meaning: 'it failed: no model fits, data or an archive cannot be used' },
  usage: { code: 2, meaning: 'an option, setting or input file is wrong; the message names it' },
  unavailable: { code: 69, meaning: 'something outside does not answer: network, disk, a port in use' },
  interrupted: { code: 130, meaning: 'stopped by Ctrl-C (SIGINT) before it was done' },
  terminated: { code: 143, meaning: 'stopped by SIGTERM before it was done' },
})

const byError: Readonly<Record<Exclude<ErrorCode, 'CANCELLED'>, keyof typeof exitCodes>> = {
  INVALID_REQUEST: 'usage',
  INVALID_CONFIG: 'usage',
  NO_MODEL: 'failure',
  INVALID_ARCHIVE: 'failure',
  INVALID_DATA: 'failure',
  SHAPE_MISMATCH: 'failure',
  LIMIT_EXCEEDED: 'failure',
  UNAVAILABLE: 'unavailable',
}

/** The exit code for a failure; `signal` is what stopped the command, if a signal did. */
export function exitCodeOf(error: unknown, signal: AbortSignal): number {
  if (signal.aborted) return exitCodes[signal.reason === 'SIGTERM' ? 'terminated' : 'interrupted'].code
  if (!(error instanceof ModelError) || error.code === 'CANCELLED') return exitCodes.failure.code
  return exitCodes[byError[error.code]].code
}
