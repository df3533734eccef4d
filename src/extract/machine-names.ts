import type { EnergySource } from '../core/energy-source.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import type { MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import { energyIn } from './energy.js'
import { findings } from './findings.js'
import { machinesOf } from './identity/machines.js'
import { identityOptions } from './machine-series.js'
import { vocabularyFor } from './vocabulary-for.js'

/** Whose energy of any of the sources a response has: names that `instance` of a request takes, in order. */
export function machineNames(
  response: PrometheusResponse,
  request: {
    readonly sources: readonly EnergySource[]
    readonly vm?: boolean
    readonly machineLabels?: readonly string[]
    readonly vocabulary?: MetricVocabulary
  },
): readonly string[] {
  const mode: UsageMode = request.vm ? 'vm' : 'container'
  const energy = energyIn(response, vocabularyFor(response, request, findings()), mode).filter(
    ({ source }) => source === undefined || request.sources.some((one) => one === source),
  )
  const machines = machinesOf(
    energy.map(({ series }) => series),
    identityOptions(request),
  )
  return machines.map(({ name }) => name).sort()
}
