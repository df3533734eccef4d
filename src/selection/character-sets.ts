/** Characters of a text, each once, as bits; those that no known text has are only counted. */
export interface CharacterSet {
  readonly words: Uint32Array
  readonly size: number
}

/** Makes sets of the characters that some texts have: their characters are numbered, so that sets are compared as bits. */
export function characterSets(texts: readonly string[]): (text: string) => CharacterSet {
  const numbers = new Map([...new Set(texts.join(''))].map((character, number) => [character, number]))
  return (text) => {
    const words = new Uint32Array(Math.ceil(numbers.size / 32))
    const characters = new Set(text)
    for (const character of characters) {
      const number = numbers.get(character)
      if (number !== undefined) words[number >> 5]! |= 1 << (number & 31)
    }
    return { words, size: characters.size }
  }
}

/** Jaccard similarity of two sets of the same maker, shared / all: 0 to 1. */
export function jaccard(a: CharacterSet, b: CharacterSet): number {
  let shared = 0
  for (let i = 0; i < a.words.length; i++) shared += bitCount(a.words[i]! & b.words[i]!)
  return shared / (a.size + b.size - shared)
}

/** Bits of 32 that are set. Hamming weight, by adding neighbours in parallel. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
