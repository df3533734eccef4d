import { join } from 'node:path'
import { packageVersion } from '../../../src/cli/package-version.js'

export const deployFolder = 'deploy/kubernetes'

/** Images carry the package's version. */
export const imageVersion = packageVersion()

export interface Variant {
  readonly folder: string
  readonly openshift: boolean
}

/** Everything that can be applied: the overlays, and what operators make of the bases and components. */
export const kustomizations = [
  { folder: join(deployFolder, 'overlays/kubernetes'), openshift: false },
  { folder: join(deployFolder, 'overlays/kubernetes-monitored'), openshift: false },
  { folder: join(deployFolder, 'overlays/openshift'), openshift: true },
  { folder: 'test/fixtures/kubernetes/with-options', openshift: false },
  { folder: 'test/fixtures/kubernetes/existing-kepler', openshift: false },
  { folder: 'test/fixtures/kubernetes/kepler-with-meter', openshift: false },
] as const satisfies readonly Variant[]
