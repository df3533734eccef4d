import { ModelError } from '../../core/errors.js'
import type { OutputType } from '../../core/output-type.js'
import type { Dataset } from '../../extract/dataset.js'
import { extractorNamed } from '../../extract/extractors.js'
import type { Finding } from '../../extract/findings.js'
import type { Isolator } from '../../isolate/isolator.js'
import { readDataset } from '../inputs/dataset-input.js'
import { measuredFile } from '../inputs/estimate-input.js'
import { readForExtraction } from '../inputs/extract-input.js'
import { energySourceOf } from '../options/extract-options.js'
import type { PlotContext } from './plot-options.js'

/** A dataset with what was wrong with its data. */
export interface Measured {
  readonly dataset: Dataset
  readonly findings: readonly Finding[]
}

/** @throws ModelError `INVALID_REQUEST` when no input is named */
export function namedInput({ options }: PlotContext, what: string): string {
  if (options.input !== undefined) return options.input
  throw new ModelError('INVALID_REQUEST', `plot ${what} needs measurements: --input, a saved response or a dataset`, {
    field: 'input',
  })
}

/**
 * The node's usage and power of what `--input` names, by node or, where the isolator wants it, by container.
 *
 * @throws ModelError `INVALID_REQUEST`, `INVALID_DATA`
 */
export async function measuredDataset(
  context: PlotContext,
  input: string,
  isolator?: (source: string) => Promise<Isolator>,
): Promise<Measured & { readonly isolator: Isolator | undefined }> {
  const { io, config, options } = context
  const path = measuredFile(config.DATAPATH, input)
  const typeFor = (made: Isolator | undefined): OutputType =>
    made === undefined ? (options.outputType ?? 'AbsPower') : made.needsContainers ? 'DynPower' : 'AbsPower'
  if (path.endsWith('.csv')) {
    const source = energySourceOf(options.energySource ?? '')
    const made = await isolator?.(source)
    return { dataset: await readDataset(path, { source, outputType: typeFor(made) }), findings: [], isolator: made }
  }
  const { response, request } = await readForExtraction(
    io,
    path,
    { ...options, outputType: options.outputType ?? 'AbsPower' },
    config,
  )
  const made = await isolator?.(request.source)
  const { dataset, findings } = extractorNamed(options.extractor).extract(response, {
    ...request,
    outputType: typeFor(made),
  })
  return { dataset, findings, isolator: made }
}
