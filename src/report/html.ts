import { harmless, plainText } from '../plot/plain-text.js'
import { escapeXml } from '../plot/draw/escape-xml.js'

/** Text that is HTML already. Only {@link html} and {@link trusted} make it, so that nothing else gets into a page as is. */
export interface Html {
  readonly markup: string
}

type Part = Html | string | number | undefined | readonly Part[]

/**
 * HTML from a template. What is put in is escaped and loses control characters, but for what is HTML already; lists are
 * joined, `undefined` is nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.reduce((all, text, i) => all + markupOf(parts[i - 1]) + text) }
}

/** Markup of this package's own making, such as a picture. Never of a text from outside. */
export function trusted(markup: string): Html {
  return { markup }
}

/** A name from an archive or of a machine: shortened, and unable to turn the direction of the text around it. */
export function name(text: string, limit = 60): Html {
  return html`<bdi>${plainText(text, limit)}</bdi>`
}

function markupOf(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return escapeXml(harmless(part.slice(0, mostCharacters)))
  return 'markup' in part ? part.markup : part.map(markupOf).join('')
}

const mostCharacters = 2000
