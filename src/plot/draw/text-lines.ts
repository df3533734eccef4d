/** Mean width of a letter as a share of the size: a generous one, since the font that will show it is not known. */
const letterWidth = 0.57

/** Width of a text in a font of `size` pixels, for layout. */
export function textWidth(text: string, size: number): number {
  return letterWidth * size * [...text].length
}

/** Breaks a text into lines of at most `width` pixels, at spaces; a word that is longer is broken. */
export function textLines(text: string, width: number, size: number): readonly string[] {
  const most = Math.max(8, Math.floor(width / (letterWidth * size)))
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((whole) => pieces(whole, most))) {
    if (line !== '' && [...line].length + 1 + [...word].length > most) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}

function pieces(word: string, most: number): readonly string[] {
  const characters = [...word]
  if (characters.length <= most) return [word]
  return Array.from({ length: Math.ceil(characters.length / most) }, (_, i) =>
    characters.slice(i * most, (i + 1) * most).join(''),
  )
}
