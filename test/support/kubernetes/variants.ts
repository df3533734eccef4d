import { join } from 'node:path'
import { packageVersion } from '../../../src/cli/package-version.js'

export const deployFolder = 'deploy/kubernetes'

/** Images carry the package's version. */
export const imageVersion = packageVersion()

export interface Variant {
  readonly folder: string
  readonly openshift: boolean
}

/** Kepler's own manifests of a version, rebuilt by `scripts/make-kepler-manifests.ts`, below a folder for each. */
export const keplerFolder = 'test/fixtures/kubernetes/kepler'
export const keplerVersions = ['0.7.12', '0.8.0', '0.9.0'] as const

const overKepler = keplerVersions.flatMap((version) =>
  ['plain', 'sidecar'].map((kepler) => ({
    folder: join(keplerFolder, version, `ours-over-${kepler}`),
    openshift: false,
  })),
)

/** Everything that can be applied: the overlays, and what operators make of the bases and components. */
export const kustomizations: readonly [Variant, ...Variant[]] = [
  { folder: join(deployFolder, 'overlays/kubernetes'), openshift: false },
  { folder: join(deployFolder, 'overlays/kubernetes-monitored'), openshift: false },
  { folder: join(deployFolder, 'overlays/openshift'), openshift: true },
  { folder: 'test/fixtures/kubernetes/with-options', openshift: false },
  ...overKepler,
  { folder: 'test/fixtures/kubernetes/kepler-with-meter', openshift: false },
]
