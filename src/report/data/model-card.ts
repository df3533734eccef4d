import { readModelArchive } from '../../archive/read-model-archive.js'
import { messageOf } from '../../core/errors.js'
import type { MachineSpec } from '../../core/machine-spec.js'
import type { InputRange } from '../../predictor/input-range.js'
import type { IntervalMethod } from '../../predictor/uncertainty.js'
import { metadataNumber } from '../../registry/metadata-numbers.js'
import { type ModelEntry, modelPath } from '../../registry/model-entry.js'
import { readArchive } from '../../registry/model-files.js'
import type { Pipeline } from '../../registry/pipeline.js'
import type { ExplainedEntry } from '../../selection/explain-pipeline.js'
import { type HeldOut, heldOutOf } from '../../selection/held-out.js'

/** What one should know of a model before using it. */
export interface ModelCard {
  readonly path: string
  readonly entry: ModelEntry
  readonly rank: number
  readonly why: string
  readonly machine: MachineSpec | undefined
  /** Machines of this node type that were measured. */
  readonly members: number
  readonly heldOut: HeldOut
  /** Watts and percent of the metadata, and of which rows: `undefined` where they are not said. */
  readonly mae: number | undefined
  readonly mape: number | undefined
  readonly rows: number | undefined
  /** Unix seconds of the rows; `undefined` where nobody says. */
  readonly dataFrom: number | undefined
  readonly dataUntil: number | undefined
  /** What the archive itself tells; `undefined` with the reason in `unreadable`. */
  readonly archive: ArchiveFacts | undefined
  readonly unreadable: string | undefined
}

export interface ArchiveFacts {
  readonly components: readonly string[]
  readonly inputs: readonly InputRange[]
  readonly coverage: number
  readonly method: IntervalMethod
  /** Of each component whose error is known: the half width of the interval at its usual level, in watts. */
  readonly halfWidths: readonly { readonly component: string; readonly watts: number }[]
}

/** The cards of models, those that are chosen and of the most machines first. */
export function modelCards(
  pipeline: Pipeline,
  explained: readonly ExplainedEntry[],
  most: number,
): readonly ModelCard[] {
  const members = new Map(pipeline.nodeTypes.map(({ id, members: count }) => [id, count]))
  const sorted = [...explained].sort(
    (a, b) => a.rank - b.rank || (members.get(b.model.nodeType) ?? 0) - (members.get(a.model.nodeType) ?? 0),
  )
  return sorted.slice(0, most).map((one) => cardOf(pipeline, one, members.get(one.model.nodeType) ?? 0))
}

function cardOf(pipeline: Pipeline, { model, rank, why }: ExplainedEntry, members: number): ModelCard {
  const number = (key: string) => metadataNumber(model.numbers, key)
  const [archive, unreadable] = archiveFacts(pipeline, model)
  return {
    path: modelPath(model),
    entry: model,
    rank,
    why,
    machine: pipeline.specOf(model.nodeType),
    members,
    heldOut: heldOutOf(model.numbers),
    mae: number('mae'),
    mape: number('mape'),
    rows: number('rows'),
    dataFrom: number('data_from'),
    dataUntil: number('data_until'),
    archive,
    unreadable,
  }
}

function archiveFacts(
  pipeline: Pipeline,
  entry: ModelEntry,
): readonly [ArchiveFacts | undefined, unreadable: string | undefined] {
  try {
    const { components, uncertainty } = readModelArchive(
      readArchive(pipeline.store, entry, pipeline.specOf(entry.nodeType)),
    )
    const { inputs, coverage, method, components: known } = uncertainty
    const halfWidths = components.flatMap((component) => {
      const table = known[component]?.table
      // A quantile forest has an interval of its own for each input.
      if (table === undefined || method === 'quantile forest') return []
      const middle = table.levels.length >> 1
      return [{ component, watts: (table.upper[middle]! - table.lower[middle]!) / 2 }]
    })
    return [{ components, inputs, coverage, method, halfWidths }, undefined]
  } catch (error) {
    return [undefined, messageOf(error)]
  }
}
