import { ModelError, quote } from '../core/errors.js'

/** Unix seconds, both ends included, as `query_range` takes them. */
export interface TimeRange {
  readonly start: number
  readonly end: number
  /** Seconds between samples. */
  readonly step: number
}

/** Prometheus refuses more than 11,000 points a series in one answer. */
export const maxPoints = 10_000

/**
 * The range in parts of at most `points` samples a series, one after another without overlap.
 *
 * @throws ModelError `INVALID_REQUEST` when the range is empty or would be more than 10,000 parts
 */
export function splitRange({ start, end, step }: TimeRange, points = maxPoints): readonly TimeRange[] {
  if (!(step > 0)) throw new ModelError('INVALID_REQUEST', `step is ${step} s, expected more than 0`, { field: 'step' })
  if (!(end > start)) {
    throw new ModelError('INVALID_REQUEST', `the time range ends (${end}) before it begins (${start})`, {
      field: 'end-time',
    })
  }
  const samples = Math.floor((end - start) / step) + 1
  const parts = Math.ceil(samples / points)
  if (parts > 10_000)
    throw new ModelError('LIMIT_EXCEEDED', `${samples} samples a series: ask for a longer step`, { field: 'step' })
  return Array.from({ length: parts }, (_, i) => ({
    start: start + i * points * step,
    end: Math.min(end, start + ((i + 1) * points - 1) * step),
    step,
  }))
}

const date = /(?<day>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?/.source
const zone = / ?(?<zone>Z|[+-]\d\d:?\d\d)/.source
/** What Go's `time.String()` says behind the zone: its name, and the reading of the monotonic clock. */
const goEnding = /(?: [A-Z]{3,5}| [+-]\d{2,4})?(?: m=[+-][\d.]+)?/.source
const dated = new RegExp(`^${date}(?:${zone}${goEnding})?$`)

/**
 * A time as people and programs write it: unix seconds, a date (`2026-11-23T16:00:00Z`; without a zone it is UTC), or as
 * Go prints it (`2026-11-28 03:10:00.5 +0200 CEST m=+61.2`).
 *
 * @throws ModelError `INVALID_REQUEST`
 */
export function parseTime(text: string, field: string): number {
  if (/^\d{1,12}(\.\d+)?$/.test(text)) return Number(text)
  const { day, time = '00:00', zone = 'Z' } = dated.exec(text)?.groups ?? {}
  const offset = zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2')
  const seconds = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${offset}`) / 1000
  if (Number.isFinite(seconds)) return seconds
  throw new ModelError('INVALID_REQUEST', `${quote(text)} is no time: expected unix seconds or 2026-11-23T16:00:00Z`, {
    field,
  })
}
