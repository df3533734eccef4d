/** Keeps what was asked for last, up to a number of bytes. */
export interface ByteCache<K> {
  get(key: K): Buffer | undefined
  /** A value larger than the whole cache is not kept. */
  set(key: K, value: Buffer): void
  clear(): void
  readonly bytes: number
}

export function createByteCache<K>(mostBytes: number): ByteCache<K> {
  const values = new Map<K, Buffer>()
  let bytes = 0
  return {
    get(key) {
      const value = values.get(key)
      if (value === undefined) return undefined
      // A Map remembers the order of insertion: what is used moves to the end, what falls out stands first.
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key, value) {
      if (value.length > mostBytes) return
      bytes += value.length - (values.get(key)?.length ?? 0)
      values.delete(key)
      values.set(key, value)
      for (const [oldest, old] of values) {
        if (bytes <= mostBytes) break
        values.delete(oldest)
        bytes -= old.length
      }
    },
    clear() {
      values.clear()
      bytes = 0
    },
    get bytes() {
      return bytes
    },
  }
}
