import { components } from '../core/energy-source.js'
import { energyMetric, featureOf, nodeInfoMetric, ratioMetric } from '../extract/metrics.js'

const energy: ReadonlySet<string> = new Set(components.map((component) => energyMetric(component, 'container')))

/** Whether training or recognising a machine needs a metric; Kepler has several times as many. */
export function wantedMetric(metric: string): boolean {
  if (energy.has(metric) || metric === ratioMetric || metric === nodeInfoMetric) return true
  return featureOf(metric, 'container') !== undefined
}
