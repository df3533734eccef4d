import { isObject, type Json, type JsonObject, type Manifest } from './manifest.js'

/** By which key the items of a list are told apart; other lists are replaced as a whole. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  env: 'name',
}

/** A strategic merge patch, as the API server and kustomize apply it. What the patch names comes first in a list. */
export function strategicMerge(target: Manifest, patch: Manifest): Manifest {
  return { ...target, ...mergeObjects(target, patch, target.kind) }
}

function mergeObjects(target: JsonObject, patch: JsonObject, kind: string): JsonObject {
  const merged: JsonObject = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) throw new Error(`the directive ${key} is not understood here`)
    const old = merged[key]
    if (value === null) delete merged[key]
    else if (isObject(value) && isObject(old)) merged[key] = mergeObjects(old, value, kind)
    else if (Array.isArray(value) && Array.isArray(old))
      merged[key] = mergeLists(old, value, keyOf(key, value, kind), kind)
    else merged[key] = value
  }
  return merged
}

function keyOf(list: string, items: readonly Json[], kind: string): string | undefined {
  if (list !== 'ports') return mergeKeys[list]
  if (items.every((item) => isObject(item) && 'containerPort' in item)) return 'containerPort'
  return kind === 'Service' ? 'port' : undefined
}

function mergeLists(target: readonly Json[], patch: readonly Json[], key: string | undefined, kind: string): Json[] {
  if (key === undefined) return [...patch]
  const same = (a: Json, b: Json) => isObject(a) && isObject(b) && a[key] === b[key]
  const first = patch.map((item) => {
    const old = target.find((other) => same(other, item))
    return isObject(old) && isObject(item) ? mergeObjects(old, item, kind) : item
  })
  return [...first, ...target.filter((item) => !patch.some((other) => same(item, other)))]
}
