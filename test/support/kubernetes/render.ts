import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { type Manifest, nameOf, readManifests } from './manifest.js'
import { strategicMerge } from './merge.js'

/** What our kustomizations use of kustomize. Anything else is an error, not ignored. */
const kustomization = z.strictObject({
  apiVersion: z.string(),
  kind: z.enum(['Kustomization', 'Component']),
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  configMapGenerator: z
    .array(z.strictObject({ name: z.string(), behavior: z.literal('merge').optional(), literals: z.array(z.string()) }))
    .default([]),
  patches: z.array(z.strictObject({ path: z.string() })).default([]),
})

export interface Rendered {
  readonly manifests: readonly Manifest[]
  /** Every file that was read. */
  readonly files: ReadonlySet<string>
}

/**
 * What `kustomize build` gives for a folder, but for the hashes in the names of generated maps. So the manifests can be
 * checked with nothing but Node; `test/integration/kustomize.test.ts` holds it against the real one.
 *
 * @throws Error when a file is missing, two resources have a name in common, or a patch changes nothing that is there
 */
export function render(folder: string): Rendered {
  const files = new Set<string>()
  return { manifests: build(folder, [], files), files }
}

function build(folder: string, before: readonly Manifest[], files: Set<string>): readonly Manifest[] {
  const path = join(folder, 'kustomization.yaml')
  files.add(resolve(path))
  const { namespace, resources, components, configMapGenerator, patches } = kustomization.parse(
    parse(readFileSync(path, 'utf8'), { version: '1.1' }),
  )
  let all = [...before]
  for (const name of resources) {
    const resource = join(folder, name)
    for (const manifest of statSync(resource).isDirectory() ? build(resource, [], files) : read(resource, files)) {
      if (find(all, manifest)) throw new Error(`${path}: ${nameOf(manifest)} is there twice`)
      all.push(manifest)
    }
  }
  for (const name of components) all = [...build(join(folder, name), all, files)]
  for (const { name, behavior, literals } of configMapGenerator) {
    const map: Manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: dataOf(literals) }
    if (behavior === undefined && find(all, map)) throw new Error(`${path}: ${nameOf(map)} is there twice`)
    all = behavior === undefined ? [...all, map] : patched(all, map, path)
  }
  for (const { path: name } of patches) {
    const patch = join(folder, name)
    for (const manifest of read(patch, files)) all = patched(all, manifest, patch)
  }
  return namespace === undefined ? all : all.map((manifest) => inNamespace(manifest, namespace))
}

function read(path: string, files: Set<string>): Manifest[] {
  files.add(resolve(path))
  return readManifests(path)
}

function find(manifests: readonly Manifest[], wanted: Manifest): Manifest | undefined {
  return manifests.find((manifest) => nameOf(manifest) === nameOf(wanted))
}

function patched(manifests: readonly Manifest[], patch: Manifest, path: string): Manifest[] {
  const target = find(manifests, patch)
  if (!target) throw new Error(`${path}: there is no ${nameOf(patch)} to change`)
  return manifests.map((manifest) => (manifest === target ? strategicMerge(target, patch) : manifest))
}

function dataOf(literals: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    literals.map((literal) => {
      const at = literal.indexOf('=')
      if (at < 1) throw new Error(`${literal} is not KEY=value`)
      return [literal.slice(0, at), literal.slice(at + 1)]
    }),
  )
}

const clusterWide = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding'])

function inNamespace(manifest: Manifest, namespace: string): Manifest {
  if (clusterWide.has(manifest.kind)) return manifest
  return { ...manifest, metadata: { ...manifest.metadata, namespace } }
}
