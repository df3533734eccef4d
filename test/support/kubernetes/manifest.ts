import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** An object of Kubernetes, or a patch of one. */
export interface Manifest extends JsonObject {
  apiVersion: string
  kind: string
  metadata: JsonObject & { name: string }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `apps/v1 Deployment kepler-model-server`. */
export function nameOf({ apiVersion, kind, metadata }: Manifest): string {
  return `${apiVersion} ${kind} ${metadata.name}`
}

/** Every document of a YAML text, by the rules of YAML 1.1, as Kubernetes reads it. @throws Error naming the place */
export function parseManifests(text: string, origin: string): Manifest[] {
  const parsed = parseAllDocuments(text, { version: '1.1', strict: true, uniqueKeys: true })
  return [...parsed].map((document) => {
    const problem = document.errors[0] ?? document.warnings[0]
    if (problem) throw new Error(`${origin}: ${problem.message}`)
    const value: unknown = document.toJS()
    if (!isManifest(value)) throw new Error(`${origin}: a document has no apiVersion, kind and metadata.name`)
    return value
  })
}

export function readManifests(path: string): Manifest[] {
  return parseManifests(readFileSync(path, 'utf8'), path)
}

function isManifest(value: unknown): value is Manifest {
  return (
    isObject(value) &&
    typeof value.apiVersion === 'string' &&
    typeof value.kind === 'string' &&
    isObject(value.metadata) &&
    typeof value.metadata.name === 'string'
  )
}
