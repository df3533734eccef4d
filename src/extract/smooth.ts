import { ModelError } from '../core/errors.js'
import { movingAverage } from '../table/moving-average.js'
import { type ContainerRows, countRows, tableOfContainers } from './container-rows.js'
import { type Dataset, takeRows } from './dataset.js'
import { defaultExtractor } from './default.js'
import type { ContainerExtraction, Extractor, ExtractRequest } from './extractor.js'
import type { PrometheusResponse } from '../prometheus/response.js'

/** Rows that are averaged. */
const smoothWindow = 30

/** The default extractor's rows, each the mean of itself and the 29 before it; within each container where rows are theirs. */
export function smoothExtractor(window = smoothWindow): Extractor {
  const { extract, containers } = defaultExtractor()
  return { name: 'smooth', extract: extractSmooth, containers: smoothContainers }

  function extractSmooth(response: PrometheusResponse, request: ExtractRequest) {
    if (request.outputType === 'DynPower') {
      const { rows, ...rest } = smoothContainers(response, request)
      return { dataset: tableOfContainers(rows), ...rest }
    }
    const { dataset, ...rest } = extract(response, request)
    if (dataset.rows < window) throw tooShort(window, dataset.rows, '')
    return { dataset: smoothNode(dataset, window), ...rest }
  }

  function smoothContainers(
    response: PrometheusResponse,
    request: Omit<ExtractRequest, 'outputType'>,
  ): ContainerExtraction {
    const { rows, ...rest } = containers(response, request)
    const smooth = smoothRows(rows, window)
    if (countRows(smooth) === 0) throw tooShort(window, countRows(rows), ' of one container')
    return { rows: smooth, ...rest }
  }
}

function tooShort(window: number, rows: number, of: string): ModelError {
  return new ModelError('INVALID_DATA', `smoothing takes ${window} rows${of} in a row; the response gives ${rows} rows`)
}

/** Moving averages of features and power. Incomplete windows leave; node type and ratios are those of a window's end. */
function smoothNode(dataset: Dataset, window: number): Dataset {
  const ends = Array.from({ length: dataset.rows - window + 1 }, (_, i) => i + window - 1)
  const average = <C extends { readonly values: Float64Array }>(column: C): C => ({
    ...column,
    values: movingAverage(column.values, window),
  })
  return {
    ...takeRows(dataset, ends),
    features: dataset.features.map(average),
    powers: dataset.powers.map(average),
  }
}

/** The same within the rows of each container. */
function smoothRows(rows: ContainerRows, window: number): ContainerRows {
  const timesOf = new Map(rows.containers.map(({ id, times }) => [id, times]))
  return {
    ...rows,
    containers: rows.containers.map(({ id, times }) => ({ id, times: times.subarray(window - 1) })),
    columnsOf(id) {
      const { features, powers, ratios } = rows.columnsOf(id)
      const times = timesOf.get(id) ?? new Int32Array(0)
      const average = (values: Float64Array) => {
        const means = movingAverage(
          Float64Array.from(times, (time) => values[time]!),
          window,
        )
        const placed = new Float64Array(values.length)
        for (let i = 0; i < means.length; i++) placed[times[i + window - 1]!] = means[i]!
        return placed
      }
      return { features: features.map(average), powers: powers.map(average), ratios }
    },
  }
}
