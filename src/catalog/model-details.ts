import type { InputJson, ModelDetails, ModelRow } from '../api/answers.js'
import type { ModelArchive } from '../archive/read-model-archive.js'
import { type ModelWeights, parseWeights } from '../archive/weights.js'
import { describeFlaws, weightsFlaws } from '../archive/weights-range.js'
import { messageOf } from '../core/errors.js'
import { metadataNumbersOf, metadataRecord } from '../registry/metadata-numbers.js'
import { readWeights } from '../registry/model-files.js'
import type { ServedModel } from '../selection/model-selector.js'
import { competitorsOf } from './competitors.js'
import type { FoundEntry } from './find-entry.js'
import { madeRow, modelRow } from './model-row.js'

/** Bytes of metadata that are shown; more than that is no text to look at. */
const mostMetadata = 65_536

/** Reads the archive of a model. @throws ModelError when it cannot be read */
type ReadArchive = () => ModelArchive

/** All that is known of a model of a pipeline. What is damaged is said, and the rest is shown. */
export function modelDetails(found: FoundEntry, readArchive: ReadArchive): ModelDetails {
  const { ranked, entry } = found
  const { pipeline } = ranked
  const archive = attempt(readArchive)
  const weights = attempt(() => (entry.weights === undefined ? undefined : readWeights(pipeline.store, entry)))
  return {
    ...parts(modelRow(pipeline, entry), archive.value, weights.value),
    is_made: false,
    features: entry.features,
    machine: pipeline.specOf(entry.nodeType) ?? null,
    numbers: metadataRecord(entry.numbers),
    ...(weights.fault === undefined ? {} : { weights_fault: weights.fault }),
    fault: archive.fault ?? null,
    competitors: competitorsOf(found),
  }
}

/** The same of a model that was made for a machine and is in no pipeline. */
export function madeDetails(
  { selection }: ServedModel,
  archive: ModelArchive,
  weights: ServedModel | undefined,
): ModelDetails {
  return {
    ...parts(madeRow(selection, archive), archive, weights && parseWeights(weights.body, 'the weights')),
    is_made: true,
    features: archive.model.features,
    machine: selection.machineSpec ?? null,
    numbers: metadataRecord(metadataNumbersOf(archive.metadata, (keys) => keys)),
    fault: null,
    competitors: [],
  }
}

function parts(row: ModelRow, archive: ModelArchive | undefined, weights: ModelWeights | undefined) {
  return {
    ...row,
    components: archive?.components ?? Object.keys(weights ?? {}),
    metadata: archive ? shownMetadata(archive.metadata) : null,
    weights: weights ?? null,
    weights_fault: weights ? faultOf(weights, row.model_name) : null,
    uncertainty: archive ? uncertaintyJson(archive) : null,
  }
}

function attempt<T>(read: () => T | undefined): { readonly value?: T | undefined; readonly fault?: string } {
  try {
    return { value: read() }
  } catch (error) {
    return { fault: messageOf(error) }
  }
}

function faultOf(weights: ModelWeights, name: string): string | null {
  const flaws = weightsFlaws(weights, name)
  return flaws.length === 0 ? null : describeFlaws(flaws)
}

function shownMetadata(metadata: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | null {
  return JSON.stringify(metadata).length > mostMetadata ? null : metadata
}

function uncertaintyJson({ uncertainty }: ModelArchive): ModelDetails['uncertainty'] {
  const { coverage, method, inputs } = uncertainty
  const ranges = inputs.map(({ feature, lower, upper, limit }): [string, InputJson] => [
    feature,
    { lower, upper, limit },
  ])
  return { coverage, method, inputs: Object.fromEntries(ranges) }
}
