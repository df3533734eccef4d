import { ModelError, quote } from '../core/errors.js'
import type { Labels } from '../prometheus/labels.js'
import type { Series } from '../prometheus/response.js'
import type { Findings } from './findings.js'

interface Exporter {
  readonly key: string
  readonly node: string | undefined
  samples: number
  first: number
  last: number
}

/**
 * Which series belong to the node that a dataset is of. A response may hold several Keplers (two nodes, or one node
 * scraped by two jobs); added up they would be a machine that does not exist. One of them is taken: the one that is
 * named, else the one with most samples. Exporters of that node that ran at other times (a restart under another address)
 * are taken as well.
 *
 * @throws ModelError `INVALID_DATA` when no series is of the instance that is named
 */
export function chooseExporter(
  series: readonly Series[],
  instance: string | undefined,
  findings: Findings,
): (labels: Labels) => boolean {
  const exporters = exportersOf(series)
  const best = [...exporters.values()].sort((a, b) => b.samples - a.samples || (a.key < b.key ? -1 : 1))[0]
  if (instance !== undefined) {
    const accepts = (labels: Labels) => labels.instance === instance || labels.exported_instance === instance
    if (series.length > 0 && !series.some(({ labels }) => accepts(labels))) {
      const there = [...new Set(series.map(({ labels }) => labels.exported_instance ?? labels.instance ?? ''))].join(
        ', ',
      )
      throw new ModelError('INVALID_DATA', `no energy was measured by instance ${quote(instance)}; there are ${there}`)
    }
    return accepts
  }
  if (best === undefined || exporters.size === 1) return () => true
  const rejected = new Map<string, string>()
  for (const other of exporters.values()) {
    if (other === best) continue
    const apart = other.last < best.first || other.first > best.last
    if (!(apart && other.node === best.node)) rejected.set(other.key, other.node ?? other.key)
  }
  for (const [key, node] of rejected) {
    const metric = series.find(({ labels }) => keyOf(labels) === key)?.metric ?? ''
    findings.add('other exporter', metric, 1, `${node} (taken: ${best.node ?? best.key}; choose with --instance)`)
  }
  return (labels) => !rejected.has(keyOf(labels))
}

function exportersOf(series: readonly Series[]): ReadonlyMap<string, Exporter> {
  const exporters = new Map<string, Exporter>()
  for (const { labels, timestamps } of series) {
    const key = keyOf(labels)
    const first = timestamps[0] ?? Number.POSITIVE_INFINITY
    const last = timestamps[timestamps.length - 1] ?? Number.NEGATIVE_INFINITY
    const known = exporters.get(key)
    if (known === undefined) {
      const node = labels.exported_instance ?? labels.instance
      exporters.set(key, { key, node, samples: timestamps.length, first, last })
      continue
    }
    known.samples += timestamps.length
    known.first = Math.min(known.first, first)
    known.last = Math.max(known.last, last)
  }
  return exporters
}

function keyOf({ job, instance }: Labels): string {
  return `${job ?? ''}/${instance ?? ''}`
}
