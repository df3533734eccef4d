import assert from 'node:assert/strict'
import { isObject, type Json, type JsonObject, type Manifest } from './manifest.js'

/** The parent of a value in the first manifest of a kind, and the last part of its path. */
export function place(manifests: readonly Manifest[], kind: string, path: string): [JsonObject | Json[], string] {
  const manifest = manifests.find((candidate) => candidate.kind === kind)
  assert.ok(manifest, kind)
  const parts = path.split('.')
  const last = parts.pop() ?? ''
  let parent: Json | undefined = manifest
  for (const part of parts) {
    parent = isObject(parent) ? parent[part] : Array.isArray(parent) ? parent[Number(part)] : undefined
  }
  assert.ok(isObject(parent) || Array.isArray(parent), `${kind} has no ${path}`)
  return [parent, last]
}

/** A value in the first manifest of a kind, by a path such as `spec.template.spec.containers.0`. */
export function at(manifests: readonly Manifest[], kind: string, path: string): Json | undefined {
  const [parent, key] = place(manifests, kind, path)
  return Array.isArray(parent) ? parent[Number(key)] : parent[key]
}
