import { defaultExtractor } from '../../src/extract/default.js'
import type { PrometheusResponse } from '../../src/prometheus/response.js'
import type { Scene, ScrapedNode, Truth } from './scraped-node.js'

export interface ExtractionErrors {
  readonly rows: number
  /** Relative error of the mean over all rows, of the column that is off most. */
  readonly bias: number
  /** Relative errors of each row and column, ascending. */
  readonly perRow: readonly number[]
}

const features = ['bpf_cpu_time_ms', 'cpu_cycles', 'cpu_instructions'] as const

/** How far package, dram and usage of an extraction are from what the node did in truth, row by row and on the whole. */
export function extractionErrors(
  scene: Scene,
  { truth }: Pick<ScrapedNode, 'truth'>,
  response: PrometheusResponse,
): ExtractionErrors {
  const request = { features, source: 'rapl-sysfs', outputType: 'AbsPower', instance: 'node-1' } as const
  const { dataset } = defaultExtractor().extract(response, request)
  const columns = [
    ...dataset.powers.flatMap(({ component, values }) =>
      component === 'package' || component === 'dram'
        ? [{ values, trueIn: ({ watts }: Truth) => watts[component] }]
        : [],
    ),
    ...dataset.features.map(({ name, values }) => ({ values, trueIn: ({ usage }: Truth) => usage[name]! })),
  ]
  const perRow: number[] = []
  const sums = columns.map(() => ({ seen: 0, true: 0 }))
  for (let row = 1; row < dataset.rows; row++) {
    const [from, to] = [dataset.timestamps[row - 1]!, dataset.timestamps[row]!]
    // Behind rows that were left out a row begins later than the row before ends.
    if (to - from > 1.5 * Math.max(scene.interval, scene.step)) continue
    const actual = truth(from, to)
    columns.forEach(({ values, trueIn }, j) => {
      const expected = trueIn(actual)
      if (expected === 0) return
      perRow.push(Math.abs(values[row]! / expected - 1))
      sums[j]!.seen += values[row]!
      sums[j]!.true += expected
    })
  }
  const bias = Math.max(...sums.map((sum) => Math.abs(sum.seen / sum.true - 1)))
  return { rows: dataset.rows, bias, perRow: perRow.sort((a, b) => a - b) }
}
