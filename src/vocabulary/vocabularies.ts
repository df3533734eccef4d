import { ModelError, quote } from '../core/errors.js'
import { type FeatureGroup, keplerFeatures } from '../core/feature-group.js'
import { kepler07 } from './kepler-0.7.js'
import { kepler010 } from './kepler-0.10.js'
import type { MetricVocabulary, UsageMode } from './metric-vocabulary.js'
import { isNodeOsMetric, nodeOsMetrics } from './node-os.js'
import { realMeterMetric } from './own-meter.js'

/** Every vocabulary there is, the oldest first. A new one is a file and a line here. */
export const vocabularies: readonly MetricVocabulary[] = [kepler07, kepler010]

/** @throws ModelError `INVALID_REQUEST` that says which there are */
export function vocabularyNamed(name: string): MetricVocabulary {
  const found = vocabularies.find((vocabulary) => vocabulary.name === name)
  if (found !== undefined) return found
  throw new ModelError(
    'INVALID_REQUEST',
    `unknown vocabulary ${quote(name)}; there are ${vocabularies.map((vocabulary) => vocabulary.name).join(', ')}`,
    { field: 'vocabulary' },
  )
}

/** The metrics of usage and energy that a vocabulary knows, by which it is found in data. */
interface OwnMetrics {
  readonly energy: ReadonlySet<string>
  readonly usage: ReadonlySet<string>
  /** With gauges, names and all else that training looks at. */
  readonly all: ReadonlySet<string>
}

const modes: readonly UsageMode[] = ['container', 'vm']

function ownMetrics(vocabulary: MetricVocabulary, of: readonly UsageMode[]): OwnMetrics {
  const energy = new Set(of.flatMap((mode) => vocabulary.energy[mode].map(({ metric }) => metric)))
  const usage = new Set(
    of.flatMap((mode) =>
      keplerFeatures.flatMap((feature) => vocabulary.usage(feature, mode).map(({ metric }) => metric)),
    ),
  )
  const gauges = keplerFeatures.flatMap((feature) => vocabulary.nodeGauge(feature) ?? [])
  const others = [vocabulary.packageRatio ?? [], vocabulary.nodeInfo ?? [], ...vocabulary.names.map((n) => n.metric)]
  return { energy, usage, all: new Set([...energy, ...usage, ...gauges, ...others.flat()]) }
}

const own = new Map(vocabularies.map((vocabulary) => [vocabulary, ownMetrics(vocabulary, modes)]))
const known: Readonly<Record<UsageMode, ReadonlySet<string>>> = {
  container: new Set(vocabularies.flatMap((vocabulary) => [...ownMetrics(vocabulary, ['container']).all])),
  vm: new Set(vocabularies.flatMap((vocabulary) => [...ownMetrics(vocabulary, ['vm']).all])),
}

/** The counters of energy and usage of all vocabularies. */
export const exporterMetrics: readonly string[] = [
  ...new Set(
    vocabularies.flatMap((vocabulary) => {
      const { usage } = own.get(vocabulary)!
      const counters = modes.flatMap((mode) => vocabulary.energy[mode].filter(({ unit }) => unit === 'joules'))
      return [...usage, ...counters.map(({ metric }) => metric)]
    }),
  ),
]

/** Whether any dataset, or a profile, is made of a metric of Kepler's; it has several times as many. */
export function isKeplerTrainingMetric(metric: string, mode: UsageMode): boolean {
  return known[mode].has(metric)
}

/** The same of any exporter, so also of those that tell what the operating system counts, and what is an estimate. */
export function isTrainingMetric(metric: string, mode: UsageMode): boolean {
  return isKeplerTrainingMetric(metric, mode) || isNodeOsMetric(metric) || metric === realMeterMetric
}

/** What models of NodeOS are made of besides a node's own metrics: of the operating system, and the power of guests. */
export function nodeOsTrainingMetrics(of: 'guests' | 'nodes'): ReadonlySet<string> {
  if (of === 'nodes') return nodeOsMetrics
  return new Set([...nodeOsMetrics, ...vocabularies.flatMap(({ energy }) => energy.vm.map(({ metric }) => metric))])
}

/** Every group that training can be asked for. */
export const trainableGroups: ReadonlySet<FeatureGroup> = new Set(vocabularies.flatMap(({ groups }) => groups))

/** Labels that exporters of any vocabulary set themselves. */
export const exporterLabels: readonly string[] = [...new Set(vocabularies.flatMap(({ labels }) => labels))]

export interface FoundVocabulary {
  readonly vocabulary: MetricVocabulary
  /** Others that the data holds metrics of, too. */
  readonly others: readonly MetricVocabulary[]
}

/**
 * The vocabulary that data speaks, by the names of its metrics. Where there are several, the one that has both energy
 * and usage counts, then the one of more metrics, then the newer one; where there is none, the oldest.
 */
export function vocabularyIn(metrics: Iterable<string>): FoundVocabulary {
  const names = new Set(metrics)
  const found = vocabularies
    .map((vocabulary, age) => {
      const { energy, usage } = own.get(vocabulary)!
      // A name that another vocabulary has too tells nothing.
      const tells = (metric: string) =>
        names.has(metric) && vocabularies.every((other) => other === vocabulary || !own.get(other)!.all.has(metric))
      const counts = [energy, usage].map((wanted) => [...wanted].filter(tells).length)
      return { vocabulary, age, kinds: counts.filter((count) => count > 0).length, count: counts[0]! + counts[1]! }
    })
    .filter(({ kinds }) => kinds > 0)
    .sort((a, b) => b.kinds - a.kinds || b.count - a.count || b.age - a.age)
  const [best, ...others] = found.map(({ vocabulary }) => vocabulary)
  return { vocabulary: best ?? vocabularies[0]!, others }
}
