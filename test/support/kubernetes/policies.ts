import { ourContainersIn } from './cluster.js'
import { mountProblems, type PolicyOptions, runningProblems, securityProblems } from './container-policy.js'
import type { Manifest } from './manifest.js'
import { referenceProblems } from './reference-policy.js'
import { schemaProblems } from './schemas.js'
import { settingsProblems } from './settings-policy.js'

/** Everything that is wrong with rendered manifests, by the published schemas and by our own rules. */
export function problemsOf(manifests: readonly Manifest[], options: PolicyOptions): string[] {
  const invalid = manifests.flatMap(schemaProblems)
  // The rules trust the types that the schemas promise.
  if (invalid.length > 0) return invalid
  return [
    ...ourContainersIn(manifests).flatMap((container) => [
      ...securityProblems(container, options),
      ...runningProblems(container, options),
      ...mountProblems(container),
      ...settingsProblems(container, manifests),
    ]),
    ...referenceProblems(manifests),
  ]
}
