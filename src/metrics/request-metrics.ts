import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** A server's own counters, in a registry of its own. */
export interface RequestMetrics {
  readonly registry: Registry
  started(): void
  /** `route` is a route's pattern, never a path that a client made up. */
  finished(route: string, method: string, status: number, seconds: number, requestBytes: number): void
  /** The client left before it had its answer. */
  aborted(): void
}

/** A registry without any figures yet. */
export function emptyMetrics(): Registry {
  return new Registry()
}

/**
 * Requests by route and status, time to answer, requests running, bytes received, and the process's own figures.
 * `prefix` ends in `_`.
 */
export function createRequestMetrics(prefix: string): RequestMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: `${prefix}http_requests_total`,
    help: 'Answered requests.',
    labelNames: ['route', 'method', 'status'] as const,
    registers,
  })
  const duration = new Histogram({
    name: `${prefix}http_request_duration_seconds`,
    help: 'Seconds from the request head to the end of the answer.',
    labelNames: ['route'] as const,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10],
    registers,
  })
  const running = new Gauge({ name: `${prefix}http_requests_in_flight`, help: 'Requests running now.', registers })
  const received = new Counter({
    name: `${prefix}http_request_body_bytes_total`,
    help: 'Bytes of request bodies, as their Content-Length says.',
    registers,
  })
  const left = new Counter({
    name: `${prefix}http_requests_aborted_total`,
    help: 'Requests whose client left before the answer.',
    registers,
  })
  return {
    registry,
    started: () => running.inc(),
    finished(route, method, status, seconds, requestBytes) {
      running.dec()
      requests.inc({ route, method, status })
      duration.observe({ route }, seconds)
      if (requestBytes > 0) received.inc(requestBytes)
    },
    aborted() {
      running.dec()
      left.inc()
    },
  }
}
