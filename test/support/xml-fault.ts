const token = /<(?:\/([\w:-]+)\s*|([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?))>|([^<]+)/gy
const reference = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i

/**
 * Why a document of elements, attributes and text is no well-formed XML; `undefined` when it is. Knows what pictures
 * have: one element with others in it.
 */
export function xmlFault(text: string): string | undefined {
  const open: string[] = []
  let elements = 0
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (match === null) return `neither element nor text at ${at}: ${text.slice(at, at + 80)}`
    const [, closed, opened, attributes = '', empty, between] = match
    if (reference.test(attributes + (between ?? ''))) return `a bare & at ${at}: ${match[0].slice(0, 80)}`
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\x00-\x08\x0b\x0c\x0e-\x1f]/.test(match[0])) return `a control character at ${at}`
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map(([, name]) => name)
    if (new Set(names).size < names.length) return `an attribute twice at ${at}: ${match[0].slice(0, 80)}`
    if (between !== undefined && open.length === 0 && between.trim() !== '') return `text outside at ${at}`
    if (opened !== undefined) {
      if (open.length === 0 && elements > 0) return `a second document at ${at}`
      elements++
      if (empty === '') open.push(opened)
    }
    if (closed !== undefined && open.pop() !== closed) return `</${closed}> at ${at} closes nothing`
  }
  return open.length > 0 ? `<${open.at(-1)}> is not closed` : undefined
}
