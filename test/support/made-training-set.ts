import { type FeatureGroup, featuresOf } from '../../src/core/feature-group.js'
import type { OutputType } from '../../src/core/output-type.js'
import { matrix } from '../../src/numeric/matrix.js'
import { seededRandom } from '../../src/numeric/random.js'
import type { TrainingSet } from '../../src/train/training-set.js'

/** Usage in the units of counters, and watts that follow the main features, with some noise. */
export function madeTrainingSet(group: FeatureGroup, outputType: OutputType = 'AbsPower'): TrainingSet {
  const features = featuresOf(group)
  const random = seededRandom(7)
  const rows = Array.from({ length: 120 }, () => features.map((_, j) => random.next() * 10 ** (3 + (j % 4) * 2)))
  const x = matrix(rows)
  const idle = outputType === 'AbsPower' ? 1 : 0
  const watts = (name: string, idleWatts: number, slope: number) => {
    const column = Math.max(0, features.indexOf(name))
    const most = Math.max(...rows.map((row) => row[column]!))
    return Float64Array.from(rows, (row) =>
      Math.abs(idle * idleWatts + slope * Math.sqrt(row[column]! / most) + random.normal()),
    )
  }
  const counters = features.includes('cpu_instructions')
  return {
    source: 'rapl-sysfs',
    outputType,
    group,
    nodeType: 3,
    features,
    x,
    targets: [
      { component: 'package', watts: watts(counters ? 'cpu_instructions' : 'bpf_cpu_time_ms', 40, 90) },
      { component: 'dram', watts: watts(counters ? 'cache_miss' : 'bpf_page_cache_hit', 5, 12) },
    ],
    timestamps: Float64Array.from(rows, (_, i) => 1_700_000_000 + 3 * i),
  }
}
