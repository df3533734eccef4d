/**
 * Milliseconds to wait before the next request: the header `Retry-After` as seconds or as a date (RFC 9110, 10.2.3), at
 * most `most`. 0 when there is no such header, or it is neither.
 */
export function retryAfter(header: string | null | undefined, now: number, most: number): number {
  const text = header?.trim() ?? ''
  if (/^\d{1,12}$/.test(text)) return Math.min(most, Number(text) * 1000)
  // Date.parse takes nearly anything; a date of HTTP begins with a weekday.
  const until = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(until) ? Math.min(most, Math.max(0, until - now)) : 0
}
