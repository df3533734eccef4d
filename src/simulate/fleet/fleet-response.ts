import type { Emit } from '../../vocabulary/shown-metric.js'
import { metricChunks, type ResponseOptions, sampleTimes } from '../write-response.js'
import { type Fleet, type FleetOptions, type FleetTruth, fleetTruthMeter, simulatedFleet } from './fleet.js'
import { hostMetrics, systemMetrics } from './fleet-metrics.js'

export interface FleetResponseOptions extends FleetOptions, Pick<ResponseOptions, 'duration' | 'step' | 'start'> {}

/** The text of a saved Prometheus response of a fleet: the Kepler of each host, and a node_exporter on each machine. */
export function fleetResponseChunks(options: FleetResponseOptions): Generator<string> {
  const names = [...hostMetrics, ...systemMetrics].map(({ name }) => name)
  return metricChunks(names, sampleTimes(options), () => {
    const fleet = simulatedFleet(options)
    return {
      advanceTo: (seconds) => fleet.advanceTo(seconds),
      read: (metric, emit) => readMetric(fleet, metric, emit),
    }
  })
}

/** The true powers at the same times, all but the first. */
export function* fleetTruth(options: FleetResponseOptions): Generator<FleetTruth> {
  const fleet = simulatedFleet(options)
  const meter = fleetTruthMeter(fleet)
  for (const { time, seconds } of sampleTimes(options)) {
    fleet.advanceTo(seconds)
    const sample = meter.sample(time)
    if (sample) yield sample
  }
}

function readMetric({ hosts }: Fleet, name: string, emit: Emit): void {
  const ofHost = hostMetrics.find((metric) => metric.name === name)
  const ofSystem = systemMetrics.find((metric) => metric.name === name)
  for (const host of hosts) {
    ofHost?.read(host, (key, labels, value) => emit(`${host.name}/${key}`, labels, value))
    for (const system of [host.system, ...host.guests.map(({ guest }) => guest.system)]) {
      ofSystem?.read(system, (key, labels, value) => emit(`${system.name}/${key}`, labels, value))
    }
  }
}
