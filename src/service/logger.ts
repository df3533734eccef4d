import pino from 'pino'
import type { Logger } from '../runtime/ports.js'

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly format: 'auto' | 'json' | 'text'
  readonly output: { write(text: string): unknown; readonly isTTY?: boolean }
}

/** JSON lines for machines, or one line of text for people. `auto`: text on a terminal. */
export function createLogger({ level, format, output }: LoggerOptions): Logger {
  const text = format === 'text' || (format === 'auto' && output.isTTY === true)
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { cause: pino.stdSerializers.err },
  }
  const logger = pino(options, { write: (line: string) => output.write(text ? textLine(line) : line) })
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}

/** `12:00:01 info  message key=value key=value` */
function textLine(json: string): string {
  const { level, time, msg, ...fields }: Record<string, unknown> = JSON.parse(json)
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `${[String(time).slice(11, 19), String(level).padEnd(5), msg, ...shown].join(' ')}\n`
}
