/** The part of pino that this package uses, so that tests can pass a recorder. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Milliseconds since the epoch. */
export type Clock = () => number

/**
 * Milliseconds since the process started. Unlike a `Clock` it is never set back or forward, so pauses and durations are
 * measured by it; it says nothing to another process, or to this one after a restart.
 */
export type MonotonicClock = () => number

export const monotonicClock: MonotonicClock = () => performance.now()

/** A logger that keeps nothing: the default of library calls. */
export const silentLogger: Logger = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} })
