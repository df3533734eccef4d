import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** Pages of the site, as they stand in the repository. */
function pages(): readonly string[] {
  const below = (folder: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`)
  return [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'deploy/kubernetes/README.md'],
    ...below('docs'),
    ...below('docs/decisions'),
  ]
}

/**
 * Copies the pages into a folder from which the site is built. Links to sources lead to copies of them that are part of
 * the site, shown as code, since a reader may have no repository at hand.
 *
 * @throws Error that names a link to a file that is not there
 */
export function stagePages(folder: string): void {
  const all = pages()
  const sources = new Set<string>()
  for (const path of all) {
    const text = withoutHtml(readFileSync(path, 'utf8')).replaceAll(
      /\]\((?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?\)/g,
      (whole, link, anchor = '') => {
        const target = normalize(join(dirname(path), link)).replace(/\/$/, '')
        if (target === 'README.md') return `](/index.md${anchor})`
        if (all.includes(target) || target.startsWith('docs/img/')) return whole
        if (!existsSync(target)) throw new Error(`${path} links to ${link}, which is not there`)
        if (target === 'docs/decisions') return `](/docs/decisions/index.md${anchor})`
        sources.add(target)
        return `](/source/${pageOf(target)}.md)`
      },
    )
    write(folder, path === 'README.md' ? 'index.md' : path, text)
  }
  for (const source of sources) write(folder, `source/${pageOf(source)}.md`, sourcePage(source))
  write(folder, 'docs/decisions/index.md', decisionsPage(all))
  cpSync('docs/img', join(folder, 'docs/img'), { recursive: true })
}

/** The site reads no HTML: of a picture for light and dark pages it shows the light one, lines in cells run on, comments go. */
function withoutHtml(markdown: string): string {
  const told = markdown.replaceAll('<br>', ' ').replaceAll(/^<!--.*-->$/gm, '')
  return told.replaceAll(/<picture>[\s\S]*?<\/picture>/g, (picture) => {
    const attribute = (name: string) => new RegExp(`<img[^>]*\\s${name}="([^"]*)"`).exec(picture)?.[1] ?? ''
    return `![${attribute('alt')}](${attribute('src')})`
  })
}

/** `index` would be taken for the page of a folder, and dots for an ending. */
function pageOf(path: string): string {
  return path.replaceAll('.', '-')
}

function sourcePage(path: string): string {
  if (statSync(path).isDirectory()) {
    return `# ${path}\n\n${readdirSync(path)
      .sort()
      .map((name) => `- \`${name}\``)
      .join('\n')}\n`
  }
  const language = /\.(ts|json|ya?ml|sh)$/.exec(path)?.[1] ?? 'text'
  return `# ${path}\n\n\`\`\`\`${language}\n${readFileSync(path, 'utf8').trimEnd()}\n\`\`\`\`\n`
}

function decisionsPage(all: readonly string[]): string {
  const records = all.filter((path) => path.startsWith('docs/decisions/'))
  const lines = records.map((path) => {
    const [, title = path] = /^# (.*)$/m.exec(readFileSync(path, 'utf8')) ?? []
    return `- [${title.replace(/^(\d+)\./, '$1 ·')}](${path.replace('docs/decisions/', '')})`
  })
  return `# Decisions\n\nWhy things are as they are.\n\n${lines.join('\n')}\n`
}

function write(folder: string, path: string, text: string): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
