import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The request metrics of one HTTP server, in a prom-client registry of its own. */
export interface RequestMetrics {
  readonly metricsRegistry: Registry
  started(): void
  /** `route` is the pattern of a route, not the path of a request: paths would make any number of series. */
  finished(route: string, method: string, status: number, seconds: number, requestBytes: number): void
  /** The client closed the connection before the answer was complete. */
  aborted(): void
}

export interface RequestMetricsOptions {
  /** Milliseconds between two looks at the event loop. Each wakes the process up. @default 10 */
  readonly eventLoopPrecision?: number
}

/** Gauges whose names end as a counter's: they are the sums of others over the label `type`. */
const sums = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** A registry without metrics. */
export function emptyMetrics(): Registry {
  return new Registry()
}

/**
 * Requests by route and status, durations, requests in flight, bytes received, and prom-client's metrics of the process.
 * `prefix` ends in `_`.
 */
export function createRequestMetrics(
  prefix: string,
  { eventLoopPrecision = 10 }: RequestMetricsOptions = {},
): RequestMetrics {
  const metricsRegistry = new Registry()
  const registers = [metricsRegistry]
  collectDefaultMetrics({ register: metricsRegistry, eventLoopMonitoringPrecision: eventLoopPrecision })
  for (const name of sums) metricsRegistry.removeSingleMetric(name)
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
    help: 'Requests whose client closed the connection before the answer.',
    registers,
  })
  return {
    metricsRegistry,
    started: () => running.inc(),
    finished(route, method, status, seconds, requestBytes) {
      running.dec()
      requests.inc({ route, method, status })
      duration.observe({ route }, seconds)
      received.inc(requestBytes)
    },
    aborted() {
      running.dec()
      left.inc()
    },
  }
}
