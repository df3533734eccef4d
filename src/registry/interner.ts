/** Gives equal lists of strings one array, and equal strings one string: thousands of models repeat a handful. */
export interface Interner {
  text(value: string): string
  list(values: readonly string[]): readonly string[]
}

export function createInterner(): Interner {
  const texts = new Map<string, string>()
  const lists = new Map<string, readonly string[]>()

  function text(value: string): string {
    const interned = texts.get(value)
    if (interned !== undefined) return interned
    texts.set(value, value)
    return value
  }

  return {
    text,
    list(values) {
      const key = JSON.stringify(values)
      const interned = lists.get(key)
      if (interned) return interned
      const list = Object.freeze(values.map(text))
      lists.set(key, list)
      return list
    },
  }
}
