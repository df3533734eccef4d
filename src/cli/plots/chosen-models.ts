import { nearestName } from '../../config/nearest-name.js'
import { ModelError, quote } from '../../core/errors.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { createModelOrder } from '../../selection/model-order.js'
import { energySourceOf, nodeTypeOf, splitNames } from '../options/extract-options.js'
import type { PlotContext, PlotOptions } from './plot-options.js'

/**
 * The models of a pipeline that the options mean.
 *
 * @throws ModelError `NO_MODEL` for an empty pipeline, `INVALID_REQUEST` that says which models there are
 */
export function wantedModels({ entries, name }: Pipeline, options: PlotOptions): readonly ModelEntry[] {
  if (entries.length === 0) throw new ModelError('NO_MODEL', `pipeline ${quote(name)} has no models`)
  const source = options.energySource === undefined ? undefined : energySourceOf(options.energySource)
  const types = options.nodeType === undefined ? undefined : splitNames(options.nodeType).map(nodeTypeOf)
  const filters: readonly (readonly [string, string | undefined, (entry: ModelEntry) => readonly string[]])[] = [
    ['energy-source', source, ({ folder }) => [folder.source]],
    ['output-type', options.outputType, ({ folder }) => [folder.outputType]],
    ['feature-group', options.featureGroup, ({ folder }) => [folder.featureGroup]],
    ['model-name', options.modelName, ({ name: own, trainer }) => [own, trainer]],
  ]
  let left: readonly ModelEntry[] = entries
  for (const [option, wanted, namesOf] of filters) {
    if (wanted === undefined) continue
    const some = left.filter((entry) => namesOf(entry).includes(wanted))
    if (some.length === 0) throw noSuch(name, option, wanted, [...new Set(left.flatMap(namesOf))])
    left = some
  }
  if (types === undefined) return left
  const some = left.filter(({ nodeType }) => types.includes(nodeType))
  if (some.length > 0) return some
  throw noSuch(name, 'node-type', types.join(', '), [...new Set(left.map(({ nodeType }) => String(nodeType)))])
}

/** The model that a server would choose of those that the options mean; of AbsPower unless they say otherwise. */
export function bestModel(pipeline: Pipeline, { config, options }: PlotContext): ModelEntry {
  const models = wantedModels(pipeline, options)
  const node = models.filter(({ folder }) => folder.outputType === 'AbsPower')
  const candidates = node.length > 0 ? node : models
  const [source] = pipeline.sources.filter((one) => candidates.some(({ folder }) => folder.source === one))
  const comparable = candidates.filter(({ folder }) => folder.source === source)
  const order = createModelOrder<ModelEntry>(config.ERROR_KEY)
  const best = order.best(comparable) ?? comparable[0]
  if (best !== undefined) return best
  throw new ModelError('NO_MODEL', `pipeline ${quote(pipeline.name)} has no such model`)
}

const mostNamed = 12

function noSuch(pipeline: string, option: string, wanted: string, there: readonly string[]): ModelError {
  const nearest = nearestName(wanted, there)
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
  const more = there.length > mostNamed ? `, and ${there.length - mostNamed} more` : ''
  return new ModelError(
    'INVALID_REQUEST',
    `pipeline ${quote(pipeline)} has no model with --${option} ${quote(wanted)}${hint}; there are ${there
      .slice(0, mostNamed)
      .map((name) => quote(name))
      .join(', ')}${more}`,
    { field: option },
  )
}
