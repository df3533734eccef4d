import { type ApiEntry, type ApiMember, apiModel } from './api-model.js'

/** `docs/api.md`: every public name with its comment, its type and, of an interface, its members. */
export function apiPage(generated: string): string {
  const entries = apiModel()
  const names = new Set(entries.map(({ name }) => name))
  const of = (...kinds: readonly string[]) =>
    entries.filter(({ kind }) => kinds.includes(kind)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const sections = [
    ['Functions and values', of('Function', 'Variable', 'Class')],
    ['Types', of('Interface', 'TypeAlias')],
  ] as const
  return [
    '# API reference',
    '',
    generated,
    '',
    "What `import ... from 'kepler-model-server'` gives. Programs that use it, each tested: [examples/](../examples/).",
    '',
    ...sections.flatMap(([title, list]) => [
      `## ${title}`,
      '',
      ...list.flatMap((entry, i) => entryText(entry, names, entry.name === list[i - 1]?.name)),
    ]),
  ].join('\n')
}

/** Overloads of a function share a heading. */
function entryText(entry: ApiEntry, names: ReadonlySet<string>, overload: boolean): string[] {
  const { kind, name, members } = entry
  const comment = commentOf(entry, names)
  return [
    ...(overload ? [] : [`### ${name}`, '', ...(comment.text === '' ? [] : [comment.text, ''])]),
    '```ts signature',
    signatureOf(entry),
    '```',
    '',
    ...(overload ? [] : comment.parameters.map(([parameter, what]) => `- \`${parameter}\`: ${what}`)),
    ...(comment.parameters.length > 0 && !overload ? [''] : []),
    ...(comment.throws === '' || overload ? [] : [`Throws ${comment.throws}`, '']),
    ...(kind === 'Interface' || kind === 'Class' ? memberTable(members, names) : []),
  ]
}

function memberTable(members: readonly ApiMember[], names: ReadonlySet<string>): string[] {
  const shown = members.filter(({ kind }) => kind !== 'Constructor')
  if (shown.length === 0) return []
  const rows = shown.map((member) => {
    const { text, byDefault, throws } = commentOf(member, names)
    const told = [text, throws && `Throws ${throws}`, byDefault && `Default: ${byDefault}`].filter(Boolean)
    return `| \`${member.name}${member.isOptional ? '?' : ''}\` | ${cell(code(typeOf(member)))} | ${cell(told.join('<br>'))} |`
  })
  return ['| member | type | |', '| --- | --- | --- |', ...rows, '']
}

interface Comment {
  readonly text: string
  readonly parameters: readonly (readonly [name: string, what: string])[]
  readonly throws: string
  readonly byDefault: string
}

function commentOf({ docComment }: ApiMember, names: ReadonlySet<string>): Comment {
  const plain = docComment.replace(/^\/\*\*|\*\/\s*$/g, '').replace(/^ *\* ?/gm, '')
  // A block tag begins a line, or follows the text on its own line in a short comment.
  const [text = '', ...blocks] = plain.split(/(?:^|\s)(?=@(?:param|throws|default|returns)\b)/)
  const block = (tag: string) =>
    blocks.flatMap((one) => (one.startsWith(`@${tag}`) ? [prose(one.slice(tag.length + 1), names)] : []))
  return {
    text: paragraphs(text, names),
    parameters: block('param').map((one): [string, string] => {
      const [, name = '', what = ''] = /^(\w+)\s*-?\s*(.*)$/s.exec(one) ?? []
      return [name, what]
    }),
    throws: block('throws').join('; '),
    byDefault: block('default').join(' '),
  }
}

/** Paragraphs, and code that is indented by four spaces. */
function paragraphs(text: string, names: ReadonlySet<string>): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) =>
      /^ {4}/.test(paragraph) ? `\`\`\`ts\n${paragraph.replace(/^ {4}/gm, '')}\n\`\`\`` : prose(paragraph, names),
    )
    .join('\n\n')
}

function prose(text: string, names: ReadonlySet<string>): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\{@link ([\w.]+)\}/g, (_, name: string) =>
      names.has(name) ? `[${name}](#${name.toLowerCase()})` : `\`${name}\``,
    )
}

function signatureOf(entry: ApiEntry): string {
  return textOf(entry)
    .replace(/^export (declare )?/, '')
    .replace(/;\s*$/, '')
    .trim()
}

function typeOf(member: ApiMember): string {
  return textOf(member)
    .replace(/^readonly /, '')
    .replace(new RegExp(`^${member.name}\\??: ?`), '')
    .replace(/;\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function textOf({ excerptTokens }: ApiMember): string {
  return excerptTokens.map(({ text }) => text).join('')
}

function code(text: string): string {
  return `\`${text}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
