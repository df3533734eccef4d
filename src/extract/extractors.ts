import { defaultExtractor } from './default.js'
import type { Extractor, ExtractorName } from './extractor.js'
import { smoothExtractor } from './smooth.js'

export function extractorNamed(name: ExtractorName): Extractor {
  return name === 'smooth' ? smoothExtractor() : defaultExtractor()
}
