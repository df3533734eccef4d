import { readdirSync, readFileSync } from 'node:fs'
import { type Block, type ShownCode, shownCode } from './blocks.js'

export interface Page extends ShownCode {
  /** Path below the repository. */
  readonly path: string
  readonly markdown: string
  /** Written by `npm run docs`. */
  readonly generated: boolean
}

const notOurs = /^(node_modules|dist|data|coverage|\.[^/]*)(\/|$)/

/** Every page in Markdown of the repository. */
export function allPages(): readonly Page[] {
  return readdirSync('.', { withFileTypes: true })
    .filter(({ name }) => !notOurs.test(name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(entry.name) : [entry.name]))
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map((path) => {
      const markdown = readFileSync(path, 'utf8')
      return { path, markdown, generated: markdown.includes('Made by `npm run docs`'), ...shownCode(path, markdown) }
    })
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
}

/** The blocks of a page that somebody runs, in their order. */
export function runnable({ blocks }: Page): readonly Block[] {
  return blocks.filter(
    ({ language, marks }) =>
      marks.has('file') ||
      language === 'sh' ||
      language === 'console' ||
      (language === 'ts' && !marks.has('signature')),
  )
}
