import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Links within a built site whose page or anchor is not there, in words. */
export function deadAnchors(site: string): readonly string[] {
  const files = readdirSync(site, { recursive: true }).map(String)
  const pages = new Map(
    files.filter((file) => file.endsWith('.html')).map((file) => [file, readFileSync(join(site, file), 'utf8')]),
  )
  const ids = new Map(
    [...pages].map(([file, html]) => [file, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))]),
  )
  return [...pages].flatMap(([file, html]) => {
    const content = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? ''
    return [...content.matchAll(/\shref="([^"]+)"/g)].flatMap(([, link = '']) => {
      const { origin, pathname, hash } = new URL(link.replaceAll('&amp;', '&'), `http://site/${file}`)
      if (origin !== 'http://site') return []
      const target = decodeURIComponent(pathname.slice(1)) || 'index.html'
      if (!pages.has(target)) return existsSync(join(site, target)) ? [] : [`${file}: there is no page ${link}`]
      const anchor = decodeURIComponent(hash.slice(1))
      return anchor === '' || ids.get(target)?.has(anchor) ? [] : [`${file}: there is no anchor ${link}`]
    })
  })
}
