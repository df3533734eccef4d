import { acceleratorFeatures, systemFeatures } from '../core/feature-group.js'

const accelerator: ReadonlySet<string> = new Set(acceleratorFeatures)
const system: ReadonlySet<string> = new Set(systemFeatures)

export type FeatureKind = 'usage' | 'accelerator' | 'system'

export function kindOf(feature: string): FeatureKind {
  return accelerator.has(feature) ? 'accelerator' : system.has(feature) ? 'system' : 'usage'
}
