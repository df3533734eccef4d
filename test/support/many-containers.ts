/**
 * Makes the training sets of a node with many containers, and says how many there are: run as a process of its own, whose
 * heap is limited.
 */
import { defaultExtractor } from '../../src/extract/default.js'
import { minIsolator } from '../../src/isolate/min.js'
import type { Series } from '../../src/prometheus/response.js'
import { buildTrainingSets } from '../../src/train/build-training-sets.js'

const containers = 1500
const times = 800
const timestamps = Float64Array.from({ length: times }, (_, i) => 1_700_000_000 + 3 * i)
const kepler = { job: 'kepler', instance: 'node-1' }

function series(metric: string, labels: Series['labels'], rateAt: (time: number) => number): Series {
  const values = new Float64Array(times)
  for (let i = 1; i < times; i++) values[i] = values[i - 1]! + 3 * rateAt(i)
  return { metric, labels: { ...kepler, ...labels }, timestamps, values }
}

const usage = ['kepler_container_bpf_cpu_time_ms_total', 'kepler_container_bpf_page_cache_hit_total'].map(
  (metric) =>
    [
      metric,
      Array.from({ length: containers }, (_, i) =>
        series(
          metric,
          {
            container_id: `id-${i}`,
            container_name: 'app',
            pod_name: `pod-${i}`,
            container_namespace: 'default',
          },
          // One of two uses most, by turns, so that workloads can be told apart.
          (time) => (i === Math.floor(time / 100) % 2 ? 9000 : 1 + ((time + i) % 3)),
        ),
      ),
    ] as const,
)
const energy = 'kepler_node_platform_joules_total'
const watts = series(energy, { source: 'acpi', mode: 'dynamic' }, (time) => 40 + (time % 50))
const all = new Map<string, readonly Series[]>([...usage, [energy, [watts]]])
const built = buildTrainingSets(
  {
    series: all,
    metrics: new Map([...all].map(([metric, own]) => [metric, own.length])),
    ...{ samples: 0, bytes: 0, badSamples: [], notices: { warnings: [], infos: [] } },
  },
  {
    sources: ['acpi'],
    outputTypes: ['AbsPower', 'DynPower'],
    extractor: defaultExtractor(),
    isolator: () => ({ ...minIsolator(), needsContainers: true }),
  },
)
process.stdout.write(`${built.sets.length} sets, ${built.sets[0]?.workloads?.names.join(' and ')}\n`)
