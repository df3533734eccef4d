import { bySource, type EnergySource, estimatedSource, isEnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import type { MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import { vocabularyIn } from '../vocabulary/vocabularies.js'
import { energyIn, sourcesIn } from './energy.js'

/** The sources that are tried where a response says nothing of sources, as in a virtual machine. */
const usual: readonly EnergySource[] = ['rapl-sysfs', 'acpi']

/**
 * The energy sources that a response was measured with. What a model estimated is not measured.
 *
 * @throws ModelError `INVALID_DATA` when all energy is estimated
 */
export function measuredSources(
  response: PrometheusResponse,
  { mode, vocabulary }: { readonly mode: UsageMode; readonly vocabulary: MetricVocabulary | undefined },
): readonly EnergySource[] {
  const energy = energyIn(response, vocabulary ?? vocabularyIn(response.series.keys()).vocabulary, mode)
  const sources = [...sourcesIn(energy).keys()].filter(isEnergySource)
  const measured = sources.filter((source) => source !== estimatedSource).sort(bySource)
  if (measured.length > 0) return measured
  if (sources.length === 0) return usual
  throw new ModelError(
    'INVALID_DATA',
    `the energy is estimated by a model, not measured (source ${estimatedSource}); name it with --energy-source to train from it nevertheless`,
    { field: 'energy-source' },
  )
}
