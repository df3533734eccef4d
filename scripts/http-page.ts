import { operating } from '../src/http/openapi/document.js'
import { type Program, programs } from './http-programs.js'
import { cell, fieldTable, remarks, type Told, typeOf } from './openapi-fields.js'
import { type Content, type Parameter, readDocument, type Response, type Route, routesOf } from './openapi-schema.js'

/** `docs/http.md`: the routes of each program, from the OpenAPI documents that they answer. */
export function httpPage(generated: string): string {
  const { Error: error } = readDocument(programs[0]!.document).components.schemas
  return [
    '# HTTP',
    '',
    generated,
    '',
    'What each program answers. It tells the same at `/openapi.json`, for machines, and at `/docs`, to try it.',
    'What a request means, with examples: [the model server](../README.md#model-server), [the estimator](estimator.md),',
    '[the page](page.md), [the power meter](meter.md). Settings: [configuration.md](configuration.md).',
    '',
    '## Errors',
    '',
    'Where a response below says "error", its body is:',
    '',
    ...fieldTable(error, 'error', new Map()),
    ...programs.flatMap(programSection),
  ].join('\n')
}

function programSection({ name, document, port, secured = '', without = {} }: Program): readonly string[] {
  const read = readDocument(document)
  const routes = routesOf(read)
  const told: Told = new Map()
  const lacking = Object.entries(without).map(([part, less]) => {
    return [part, new Set(routesOf(readDocument(less)).map(nameOf))] as const
  })
  const condition = (route: Route) => lacking.find(([, names]) => !names.has(nameOf(route)))?.[0]
  const own = routes.filter(({ operation }) => !operation.tags.includes(operating))
  const common = routes.filter(({ operation }) => operation.tags.includes(operating))
  return [
    `## ${name}`,
    '',
    `${read.info.description} Port: ${port}.`,
    '',
    ...own.flatMap((route) => routeSection(route, condition(route), secured, told)),
    `### Operating the ${name.toLowerCase()}`,
    '',
    '| route | question | answer |',
    '| --- | --- | --- |',
    ...common.map(commonRow),
    '',
  ]
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}

function routeSection(route: Route, condition: string | undefined, secured: string, told: Told): readonly string[] {
  const { summary, description, security, parameters, requestBody } = route.operation
  const texts = [
    `${summary}${/[.?]$/.test(summary) ? '' : '.'}`,
    description,
    condition && `Only where ${condition}.`,
    security && secured,
  ]
  return [
    `### \`${nameOf(route)}\``,
    '',
    texts.filter(Boolean).join(' '),
    '',
    ...parameterTable(parameters ?? []),
    ...(requestBody ? bodyText('request body', route, requestBody.content, told) : []),
    ...answers(route, told),
  ]
}

function parameterTable(parameters: readonly Parameter[]): readonly string[] {
  if (parameters.length === 0) return []
  const rows = parameters.map(({ name, in: place, required = false, description, schema }) => {
    const told = remarks({ ...schema, ...(description && { description }) }, required)
    return `| \`${name}\` | ${place} | ${typeOf(schema)} | ${cell(told)} |`
  })
  return ['| parameter | in | type | meaning |', '| --- | --- | --- | --- |', ...rows, '']
}

/** The fields of a body and its examples; nothing where the document says nothing of them. */
function bodyText(what: string, route: Route, content: Content, told: Told): readonly string[] {
  const title = what.replace(/^./, (letter) => letter.toUpperCase())
  return Object.entries(content).flatMap(([type, { schema, examples = {} }]) => {
    const fields = fieldTable(schema, `${what} of \`${nameOf(route)}\``, told)
    const shown = Object.values(examples).flatMap(({ summary, value }) => [
      `${summary}:`,
      '',
      '```json',
      JSON.stringify(value, undefined, 2),
      '```',
      '',
    ])
    return fields.length + shown.length === 0 ? [] : [`${title} (\`${type}\`):`, '', ...fields, ...shown]
  })
}

function answers(route: Route, told: Told): readonly string[] {
  const { responses } = route.operation
  const rows = Object.entries(responses).map(
    ([status, response]) => `| ${status} | ${cell(response.description)} | ${bodyKind(response)} |`,
  )
  const headers = Object.values(responses).flatMap((response) => Object.entries(response.headers ?? {}))
  const headerRows = new Set(headers.map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`))
  return [
    '| status | meaning | body |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...(headerRows.size === 0 ? [] : ['| header | meaning |', '| --- | --- |', ...headerRows, '']),
    ...bodies(route, told),
  ]
}

/** Bodies with fields, those that are the same once. */
function bodies(route: Route, told: Told): readonly string[] {
  const { responses } = route.operation
  const byText = new Map<string, string[]>()
  for (const [status, { content = {} }] of Object.entries(responses)) {
    if (isError(content)) continue
    const text = JSON.stringify(content)
    byText.set(text, [...(byText.get(text) ?? []), status])
  }
  return [...byText.values()].flatMap((statuses) =>
    bodyText(`body of ${statuses.join(' and ')}`, route, responses[statuses[0]!]!.content ?? {}, told),
  )
}

function bodyKind({ content = {} }: Response): string {
  if (isError(content)) return '[error](#errors)'
  return Object.keys(content)
    .map((type) => `\`${type}\``)
    .join(', ')
}

function isError(content: Content): boolean {
  return content['application/json']?.schema.$ref !== undefined
}

/** A route that all programs have, in one row: its statuses, and the fields of its answers. */
function commonRow({ method, path, operation }: Route): string {
  const { summary, description, responses } = operation
  const told = Object.entries(responses)
    .filter(([, { content = {} }]) => !isError(content))
    .map(([status, { description: what, content = {} }]) => {
      const fields = Object.keys(content['application/json']?.schema.properties ?? {}).map((name) => `\`${name}\``)
      const types = fields.length > 0 ? fields : Object.keys(content).map((type) => `\`${type}\``)
      return `${status}: ${what} ${types.join(', ')}`.trim()
    })
  return `| \`${method} ${path}\` | ${cell([summary, description].filter(Boolean).join(': '))} | ${cell(told.join('; '))} |`
}
