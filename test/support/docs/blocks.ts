import MarkdownIt from 'markdown-it'

/** A fenced block of a page: its language, and what its info string says besides (`sh needs=docker`). */
export interface Block {
  /** Path of the page below the repository. */
  readonly page: string
  /** Line of the page in which its text begins, from 1. */
  readonly line: number
  readonly language: string
  /** `name` or `name=value`; a name alone has the empty value. */
  readonly marks: ReadonlyMap<string, string>
  readonly text: string
}

/** What a page shows as code. */
export interface ShownCode {
  readonly blocks: readonly Block[]
  /** Indented blocks, which have no language and so cannot be checked: the lines in which they begin. */
  readonly indented: readonly number[]
  /** Code within sentences. */
  readonly inline: readonly { readonly line: number; readonly text: string }[]
}

/** Reads the code of a page in Markdown. */
export function shownCode(page: string, markdown: string): ShownCode {
  const blocks: Block[] = []
  const indented: number[] = []
  const inline: { line: number; text: string }[] = []
  for (const token of new MarkdownIt({ html: true }).parse(markdown, {})) {
    const line = (token.map?.[0] ?? 0) + 1
    if (token.type === 'fence') blocks.push({ page, line: line + 1, ...infoOf(token.info), text: token.content })
    if (token.type === 'code_block') indented.push(line)
    for (const child of token.children ?? []) {
      if (child.type === 'code_inline') inline.push({ line, text: child.content })
    }
  }
  return { blocks, indented, inline }
}

function infoOf(info: string): Pick<Block, 'language' | 'marks'> {
  const [language = '', ...words] = info.trim().split(/\s+/)
  const marks = words.map((word): [string, string] => {
    const [, name = word, value = ''] = /^([^=]+)=(.*)$/.exec(word) ?? []
    return [name, value]
  })
  return { language, marks: new Map(marks) }
}

/** Where a block is, as editors read it. */
export function placeOf({ page, line }: Block): string {
  return `${page}:${line}`
}
