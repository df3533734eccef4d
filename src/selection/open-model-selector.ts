import type { Pipeline } from '../registry/pipeline.js'
import { pipelineNameOf } from '../registry/pipeline-name.js'
import { openRegistry, type Registry, type RegistryOptions } from '../registry/registry.js'
import { createModelSelector, type ModelSelectorOptions } from './create-model-selector.js'
import { expectErrorKey } from './error-key.js'
import { defaultErrorKey } from './model-order.js'
import type { ModelSelector } from './model-selector.js'

export interface OpenModelSelectorOptions
  extends Omit<RegistryOptions, 'onChange'>,
    Omit<ModelSelectorOptions, 'errors' | 'logger'> {}

/** A selector that answers from the newest pipelines of a registry, until it is closed. */
export interface OpenModelSelector extends ModelSelector, Omit<Registry, 'errors'> {}

/**
 * Opens a registry and selects among its pipelines.
 *
 * @throws ModelError `INVALID_CONFIG` when a URL does not name a pipeline, or no model has the error that ranks
 */
export async function openModelSelector(options: OpenModelSelectorOptions): Promise<OpenModelSelector> {
  const { urls = [], lastResort = [], preference } = options
  let registry: Registry | undefined
  const {
    use: _,
    useInTurns,
    ...selector
  } = createModelSelector({
    ...options,
    preference: {
      ...preference,
      initial: new Set(urls.map(pipelineNameOf)),
      lastResort: new Set(lastResort.map(({ name }) => name)),
    },
    errors: () => registry?.errors() ?? [],
  })
  let pipelines: readonly Pipeline[] = []
  registry = await openRegistry({
    ...options,
    async onChange(next) {
      pipelines = next
      await useInTurns(next)
    },
  })
  try {
    expectErrorKey(pipelines, options.errorKey ?? defaultErrorKey, options.universal?.errorKeys)
  } catch (error) {
    await registry.close()
    throw error
  }
  const { downloads, downloaded, refresh, close } = registry
  return { ...selector, downloads, downloaded, refresh, close }
}
