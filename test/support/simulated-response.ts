import { type PrometheusResponse, responseCollector } from '../../src/prometheus/response.js'
import { type ResponseOptions, responseChunks } from '../../src/simulate/write-response.js'

/** What a simulated node measured, as a response that was saved and read. */
export function simulatedResponse(options: ResponseOptions): PrometheusResponse {
  const collector = responseCollector()
  for (const chunk of responseChunks(options)) collector.scanner.write(Buffer.from(chunk))
  return collector.finish()
}
