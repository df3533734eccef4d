import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Json, type Manifest, parseManifests } from './manifest.js'

/** The commands that build a kustomization, the program itself first. */
const commands: readonly (readonly [string, ...string[]])[] = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
]

const command = knowingComponents()

/** Why nothing can be built here, `false` where it can. */
export const noKustomize: string | false = command ? false : 'needs kustomize, or kubectl 1.21 or newer'

/** A command that knows components, which came with kustomize 3.7: that of Debian's kubectl is older. */
function knowingComponents(): (typeof commands)[number] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'kepler-kustomize-'))
  try {
    mkdirSync(join(folder, 'part'))
    writeFileSync(join(folder, 'kustomization.yaml'), 'components: [part]\n')
    writeFileSync(
      join(folder, 'part', 'kustomization.yaml'),
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator: [{ name: a, literals: [b=c] }]\n',
    )
    return commands.find(([program, ...args]) => spawnSync(program, [...args, folder]).status === 0)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Builds a folder with the real kustomize. @throws Error with what it says */
export function kustomizeBuild(folder: string): Manifest[] {
  if (!command) throw new Error('there is no kustomize')
  const [program, ...args] = command
  const built = spawnSync(program, [...args, folder], { encoding: 'utf8', timeout: 60_000 })
  if (built.status !== 0) throw new Error(`${program} ${args.join(' ')} ${folder}: ${built.stderr}`)
  return parseManifests(built.stdout, folder)
}

/** The same manifests without the hashes that kustomize adds to the names of generated maps, and to what names them. */
export function withoutHashes(manifests: readonly Manifest[]): Manifest[] {
  const plain = new Map(
    manifests
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && hash.test(metadata.name))
      .map(({ metadata: { name } }) => [name, name.replace(hash, '')]),
  )
  const renamed = (value: Json): Json => {
    if (typeof value === 'string') return plain.get(value) ?? value
    if (Array.isArray(value)) return value.map(renamed)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, renamed(field)]))
  }
  return manifests.map((manifest) => ({
    ...manifest,
    ...Object.fromEntries(Object.entries(manifest).map(([key, field]) => [key, renamed(field)])),
  }))
}

const hash = /-[a-z0-9]{10}$/
