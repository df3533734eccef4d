import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, type MonotonicClock, monotonicClock } from '../../runtime/ports.js'
import { textFormat } from '../exposition.js'
import { type RunningExporter, send, sendJson, serveSimulation } from '../serve-simulation.js'
import { type FleetOptions, type FleetTruth, fleetTruthMeter, simulatedFleet } from './fleet.js'
import { hostMetrics, systemMetrics } from './fleet-metrics.js'
import { fleetZoneNames } from './host.js'

export interface FleetExporterOptions extends FleetOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
  /** The time of the first sample. */
  readonly clock: Clock
  /** @default that of the process */
  readonly monotonic?: MonotonicClock
}

/** Seconds of ground truth that can be asked for. */
const keptTruth = 3600
const plainText = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * A fleet to scrape, all of it behind one port: `GET /targets` lists the Kepler of each host and the node_exporter of each
 * machine as `http_sd_configs` of Prometheus wants it, with the labels that real targets would have; `GET /truth` gives the
 * true watts of the last hour.
 *
 * @throws ModelError `UNAVAILABLE` when the port cannot be had
 */
export async function startFleetExporter({
  port,
  host,
  clock,
  monotonic = monotonicClock,
  ...options
}: FleetExporterOptions): Promise<RunningExporter> {
  const fleet = simulatedFleet(options)
  const meter = fleetTruthMeter(fleet)
  const truth: FleetTruth[] = []
  const begin = clock()
  const started = monotonic()
  let second = 0
  meter.sample(begin / 1000)

  function catchUp(): void {
    const seconds = (monotonic() - started) / 1000
    while (second + 1 <= seconds) {
      fleet.advanceTo(++second)
      const sample = meter.sample(begin / 1000 + second)
      if (sample) truth.push(sample)
      if (truth.length > keptTruth) truth.shift()
    }
    fleet.advanceTo(seconds)
  }

  const systems = fleet.hosts.flatMap(({ system, guests }) => [system, ...guests.map(({ guest }) => guest.system)])
  const pages = new Map<string, () => string>([
    ...fleet.hosts.map((one) => [`/kepler/${one.name}/metrics`, () => textFormat(hostMetrics, one)] as const),
    ...systems.map((one) => [`/node/${one.name}/metrics`, () => textFormat(systemMetrics, one)] as const),
  ])
  const target = (job: string, name: string, usualPort: number, address: string) => ({
    targets: [address],
    labels: { job, instance: `${name}:${usualPort}`, __metrics_path__: `/${job}/${name}/metrics` },
  })

  async function answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    catchUp()
    const path = url.replace(/\?.*/, '')
    const page = pages.get(path)
    if (method === 'GET' && page) return send(response, 200, plainText, page())
    if (method === 'GET' && path === '/targets') {
      const address = headers.host ?? `${host}:${port}`
      return sendJson(response, 200, [
        ...fleet.hosts.map(({ name }) => target('kepler', name, 28282, address)),
        ...systems.map(({ name }) => target('node', name, 9100, address)),
      ])
    }
    if (method === 'GET' && path === '/truth') {
      return sendJson(response, 200, { components: fleetZoneNames, samples: truth })
    }
    sendJson(response, 404, { message: `no ${method} ${path}; there are /targets, /truth and what /targets lists` })
  }

  return serveSimulation({ answer, catchUp, port, host })
}
