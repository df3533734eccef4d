import type { OutputType } from '../../core/output-type.js'
import { quantile } from '../../numeric/quantile.js'
import { metadataNumber } from '../../registry/metadata-numbers.js'
import type { ModelEntry } from '../../registry/model-entry.js'

/** The errors that the metadata of models say, of one trainer over feature groups and node types. */
export interface MetadataErrors {
  readonly source: string
  readonly outputType: OutputType
  readonly trainers: readonly {
    readonly trainer: string
    readonly models: number
    readonly low: number
    readonly middle: number
    readonly high: number
    readonly points: readonly { readonly featureGroup: string; readonly nodeType: number; readonly error: number }[]
  }[]
}

/**
 * Errors by trainer of each source and output type, the trainer of the least median first. `low` and `high` are the 5th
 * and 95th percentile.
 *
 * @param key of the metadata: `mae` in watts, `mape` in percent, `package_mae`, ...
 */
export function metadataErrors(models: readonly ModelEntry[], key: string): readonly MetadataErrors[] {
  const kinds = new Map<string, ModelEntry[]>()
  for (const model of models) {
    const kind = `${model.folder.source} ${model.folder.outputType}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), model])
  }
  return [...kinds.values()].flatMap((ofKind) => {
    const { source, outputType } = ofKind[0]!.folder
    const trainers = [...new Set(ofKind.map(({ trainer }) => trainer))].flatMap((trainer) => {
      const points = ofKind.flatMap(({ trainer: own, folder, nodeType, numbers }) => {
        const error = own === trainer ? metadataNumber(numbers, key) : undefined
        return error === undefined ? [] : [{ featureGroup: folder.featureGroup, nodeType, error }]
      })
      if (points.length === 0) return []
      const errors = Float64Array.from(points, ({ error }) => error)
      const at = (share: number) => quantile(errors, share)
      return [{ trainer, models: points.length, low: at(0.05), middle: at(0.5), high: at(0.95), points }]
    })
    if (trainers.length === 0) return []
    return [{ source, outputType, trainers: trainers.sort((a, b) => a.middle - b.middle) }]
  })
}
