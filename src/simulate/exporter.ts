import type { IncomingMessage, ServerResponse } from 'node:http'
import { ModelError, messageOf } from '../core/errors.js'
import { type Clock, type MonotonicClock, monotonicClock } from '../runtime/ports.js'
import { energyComponents } from './container.js'
import { expositionText } from './exposition.js'
import { type TrueSample, truthMeter } from './ground-truth.js'
import { type SimulationOptions, simulatedNode } from './node.js'
import { changedCurve } from './power-curve.js'
import { type RunningExporter, send, sendJson, serveSimulation } from './serve-simulation.js'
import { type ExposedOptions, exposedMetrics, shownNode } from './shown-node.js'

export interface ExporterOptions extends SimulationOptions, ExposedOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** @default '127.0.0.1' */
  readonly host?: string
  /** The time of the first sample. */
  readonly clock: Clock
  /** Simulated time follows it, so that no counter is set back with the clock. @default that of the process */
  readonly monotonic?: MonotonicClock
}

const largestBody = 64 * 1024
/** Seconds of ground truth that can be asked for. */
const keptTruth = 3600

/**
 * A Kepler to scrape: `GET /metrics`. Beside it `GET /truth` (true watts, the last hour by the second), `GET /curve`
 * and `POST /curve` (a JSON object with the numbers of the power curve that change).
 *
 * @throws ModelError `UNAVAILABLE` when the port cannot be had
 */
export async function startExporter({
  port,
  host = '127.0.0.1',
  clock,
  monotonic = monotonicClock,
  ...options
}: ExporterOptions): Promise<RunningExporter> {
  const node = simulatedNode(options)
  const metrics = exposedMetrics(options)
  const meter = truthMeter(node)
  const truth: Omit<TrueSample, 'containers'>[] = []
  const begin = clock()
  const started = monotonic()
  meter.sample(begin / 1000)

  // Truth is kept by the second, whenever somebody asks.
  function catchUp(): void {
    const seconds = (monotonic() - started) / 1000
    for (let next = Math.floor(node.now()) + 1; next <= seconds; next++) {
      node.advanceTo(next)
      const sample = meter.sample(begin / 1000 + next)
      if (sample === undefined) continue
      const { containers: _, ...watts } = sample
      truth.push(watts)
      if (truth.length > keptTruth) truth.shift()
    }
    node.advanceTo(seconds)
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    catchUp()
    const { method, url = '' } = request
    const route = `${method} ${url.replace(/\?.*/, '')}`
    switch (route) {
      case 'GET /metrics':
        return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', expositionText(shownNode(node), metrics))
      case 'GET /truth':
        return sendJson(response, 200, { components: energyComponents, samples: truth })
      case 'GET /curve':
        return sendJson(response, 200, node.curve())
      case 'POST /curve':
        node.setCurve(changedCurve(node.curve(), await jsonBody(request)))
        return sendJson(response, 200, node.curve())
      default:
        return sendJson(response, 404, { message: `no ${route}; there are /metrics, /truth and /curve` })
    }
  }

  return serveSimulation({ answer, catchUp, port, host })
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > largestBody) throw new ModelError('LIMIT_EXCEEDED', `the body is larger than ${largestBody} bytes`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (cause) {
    throw new ModelError('INVALID_REQUEST', `the body is not JSON: ${messageOf(cause)}`, { cause })
  }
}
