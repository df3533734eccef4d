import type { Extractor, ExtractRequest } from '../extract/extractor.js'
import type { Finding } from '../extract/findings.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import type { Isolator, Measured } from './isolator.js'

/** Extracts what an isolator works on: the node, or its containers one by one. @throws ModelError as the extractor */
export function measuredFor(
  { needsContainers }: Isolator,
  extractor: Extractor,
  response: PrometheusResponse,
  request: Omit<ExtractRequest, 'outputType'>,
): { readonly measured: Measured; readonly findings: readonly Finding[] } {
  if (needsContainers) {
    const { rows, findings } = extractor.containers(response, request)
    return { measured: rows, findings }
  }
  const { dataset, findings } = extractor.extract(response, { ...request, outputType: 'AbsPower' })
  return { measured: dataset, findings }
}
