import { estimatePath } from '../core/estimate-path.js'
import type { Labels } from '../prometheus/labels.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { isOwnMeterMetric, realMeterMetric } from '../vocabulary/own-meter.js'
import { addressLabels, groupLabels, nodeLabels } from './identity/labels.js'

/**
 * Tells energy that this package's power meter estimated, so that no model is trained on what another one said: by the path
 * of its zones, by the metrics of its own that come from the same target, or since a Kepler on the same node reads the
 * meter's powercap tree, where the hardware has no meter. Power of a platform is measured by its management controller.
 */
export function ownEstimates({ series }: Pick<PrometheusResponse, 'series'>): (one: Series) => boolean {
  const own = [...series].flatMap(([metric, list]) => (isOwnMeterMetric(metric) ? list : []))
  const targets = new Set(own.flatMap(({ labels }) => targetsIn(labels)))
  const unmetered = (series.get(realMeterMetric) ?? []).filter(({ values }) => values.findLast(Number.isFinite) === 0)
  const nodes = new Set(unmetered.flatMap(({ labels }) => namesIn(labels, nodeLabels)))
  return ({ metric, labels }) => {
    if (!metric.includes('_cpu_')) return false
    if (labels.path === estimatePath) return true
    return (
      targetsIn(labels).some((one) => targets.has(one)) || namesIn(labels, nodeLabels).some((one) => nodes.has(one))
    )
  }
}

/** Addresses with the job: where `instance` is the name of a node, the exporters on it are several jobs. */
function targetsIn(labels: Labels): readonly string[] {
  return namesIn(labels, addressLabels).map((name) => `${name}\n${labels.exported_job ?? labels.job ?? ''}`)
}

/** The values of labels, each with what holds the node: equal names in two clusters are two machines. */
function namesIn(labels: Labels, kind: readonly string[]): readonly string[] {
  const group = groupLabels.map((label) => labels[label] ?? '').join('\n')
  return kind.flatMap((label) => (labels[label] ? [`${labels[label]}\n${group}`] : []))
}
