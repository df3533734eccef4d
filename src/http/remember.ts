/** Longer bodies are rare; keeping them as keys would let clients fill the memory. */
const longestKey = 4096
const mostEntries = 512

/**
 * Remembers what the latest distinct bodies were parsed to. A Kepler sends the same few requests for as long as it runs,
 * and validating one takes longer than choosing the model. Failures are not remembered.
 *
 * `parse` must depend on the bytes alone, and its results must not be changed.
 */
export function remembering<T>(parse: (body: Buffer) => T): (body: Buffer) => T {
  const known = new Map<string, T>()
  return (body) => {
    if (body.length > longestKey) return parse(body)
    const key = body.toString('latin1')
    const found = known.get(key)
    if (found !== undefined) return found
    const parsed = parse(body)
    if (known.size >= mostEntries) {
      for (const oldest of known.keys()) {
        known.delete(oldest)
        break
      }
    }
    known.set(key, parsed)
    return parsed
  }
}
