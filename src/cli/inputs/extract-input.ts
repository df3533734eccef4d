import type { Config } from '../../config/config.js'
import type { ExtractRequest } from '../../extract/extractor.js'
import { findings } from '../../extract/findings.js'
import { vocabularyFor } from '../../extract/vocabulary-for.js'
import { wantedMetrics } from '../../extract/wanted-metrics.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import { selecting } from '../../extract/measurements.js'
import { measurementSettings } from '../../service/measurement-settings.js'
import { vocabularies } from '../../vocabulary/vocabularies.js'
import { type ExtractOptions, extractRequestOf } from '../options/extract-options.js'
import type { CliIo } from '../terminal/io.js'
import { readInput } from './response-input.js'

/**
 * Reads what a dataset needs of a saved response. Where no feature group is named, it is the one that the response's
 * version of Kepler offers, which is known when it has been read.
 *
 * @throws ModelError `INVALID_REQUEST` that names an option, and what reading throws
 */
export async function readForExtraction(
  io: CliIo,
  path: string,
  options: ExtractOptions,
  config: Config,
): Promise<{ readonly response: PrometheusResponse; readonly request: ExtractRequest }> {
  const measurements = await measurementSettings(config)
  const request = (group: string) => extractRequestOf(options, config.VM_JOB_NAME, group, measurements)
  // Metrics that somebody names are meant to be used.
  const named = options.featureGroup ?? (options.thirdpartyMetrics === undefined ? undefined : 'ThirdParty')
  const groups = named === undefined ? vocabularies.map((v) => v.defaultGroup) : [named]
  const [first, ...others] = groups.map(request)
  const features = [first, ...others].flatMap((one) => one?.features ?? [])
  const metrics = wantedMetrics(features, first?.vm ? 'vm' : 'container', first?.thirdParty ?? [], first?.meters)
  const response = await readInput(io, path, { wants: (metric) => metrics.has(metric), ...selecting(measurements) })
  const group = named ?? vocabularyFor(response, first ?? {}, findings()).defaultGroup
  return { response, request: request(group) }
}
