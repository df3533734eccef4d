import { LRUCache } from 'lru-cache'

/** Longer bodies are rare. Both bounds keep clients from filling the memory: an entry may hold an archive in place. */
const longestKey = 4096
const mostEntries = 128

/**
 * Remembers what the latest distinct bodies were parsed to. A Kepler sends the same few requests for as long as it runs,
 * and validating one takes longer than choosing the model. Failures are not remembered.
 *
 * `parse` must depend on the bytes alone, and its results must not be changed.
 */
export function memoizedParse<T extends object | number | string>(parse: (body: Buffer) => T): (body: Buffer) => T {
  const known = new LRUCache<string, T>({ max: mostEntries })
  return (body) => {
    if (body.length > longestKey) return parse(body)
    const key = body.toString('latin1')
    const found = known.get(key)
    if (found !== undefined) return found
    const parsed = parse(body)
    known.set(key, parsed)
    return parsed
  }
}
