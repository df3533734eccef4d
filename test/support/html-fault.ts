const token =
  /<!--|<!doctype html>|<\/([a-z][\w-]*)\s*>|<([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/gy
const empty: ReadonlySet<string> = new Set(['meta', 'br', 'hr', 'img', 'link', 'input'])

/**
 * Why a page is not what its writer meant: tags that do not close in order, ids or attributes twice, links to nowhere.
 * `undefined` when nothing is wrong.
 */
export function htmlFault(text: string): string | undefined {
  const open: string[] = []
  const ids = new Set<string>()
  const targets: string[] = []
  // A style holds no tags, and characters that would be some.
  const page = text.replace(/(<style>)[\s\S]*?(<\/style>)/, '$1$2')
  token.lastIndex = 0
  while (token.lastIndex < page.length) {
    const at = token.lastIndex
    const match = token.exec(page)
    if (match === null) return `neither element nor text: ${page.slice(at, at + 100)}`
    const [, closed, opened, attributes = '', closes = ''] = match
    const names = [...attributes.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)]
    for (const [, attribute, value = ''] of attributes.matchAll(/([\w:-]+)="([^"]*)"/g)) {
      if (attribute === 'id' && ids.has(value)) return `the id ${value} twice`
      if (attribute === 'id') ids.add(value)
      if (attribute === 'href' && value.startsWith('#')) targets.push(value.slice(1))
      if (attribute === 'aria-labelledby') targets.push(...value.split(' '))
    }
    if (names.length > 0 && /\bon\w+=/.test(attributes.replace(/"[^"]*"/g, '""')))
      return `a script in ${match[0].slice(0, 100)}`
    if (opened !== undefined && closes === '' && !empty.has(opened)) open.push(opened)
    if (closed !== undefined && open.pop() !== closed)
      return `</${closed}> closes nothing at ${page.slice(at - 100, at)}`
  }
  if (open.length > 0) return `<${open.at(-1)}> is not closed`
  const nowhere = targets.find((target) => !ids.has(target))
  return nowhere === undefined ? undefined : `nothing has the id ${nowhere}`
}
