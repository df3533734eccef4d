/** Control characters, which XML has not; marks that turn the direction of the text around them; halves of characters. */
const unsafe = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/gu

/** A text without control characters and marks of direction, otherwise as it is. */
export function harmless(text: string): string {
  return text.replace(unsafe, ' ')
}

/**
 * A text from outside as one line of at most `limit` characters: it may have control characters, turn the direction of
 * what follows, or be as long as its sender likes. A long one loses its middle, since names differ at their ends.
 */
export function plainText(text: string, limit = 60): string {
  // What is far too long is not looked at character by character.
  const given = text.length > 50 * limit ? `${text.slice(0, 25 * limit)}…${text.slice(-25 * limit)}` : text
  const line = harmless(given).replace(/\s+/g, ' ').trim()
  const characters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)].map(
    ({ segment }) => segment,
  )
  if (characters.length <= limit) return characters.map(bounded).join('')
  const end = Math.floor((limit - 1) / 3)
  const begin = limit - 1 - end
  return [...characters.slice(0, begin), '…', ...characters.slice(characters.length - end)].map(bounded).join('')
}

/** Marks that are piled on one character would run over the lines above. */
function bounded(character: string): string {
  return character.length <= 16 ? character : ([...character][0] ?? '')
}
