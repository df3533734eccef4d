import type { NodeTypeIndex } from '../machine/node-type-index.js'
import { wholeNumbers } from '../machine/spec.js'
import { markdownTable, markdownText } from './markdown.js'
import { thresholds } from './publishable.js'

/** What the pages say of an exported pipeline. */
export interface PipelineDescription {
  readonly name: string
  readonly publisher: string | undefined
  readonly collectTime: string | undefined
  readonly lastUpdateTime: string | undefined
  readonly isolator: string | undefined
  readonly extractor: string | undefined
  readonly absTrainers: readonly string[]
  readonly dynTrainers: readonly string[]
}

/** A picture in the pipeline's folder, under its heading; those of a heading stand together. */
export interface PipelinePicture {
  readonly file: string
  readonly heading: string
}

/** `README.md` of a pipeline: the gate, its node types with links to their error reports, its pictures. */
export function pipelineReadme(
  { name }: PipelineDescription,
  version: string,
  nodeTypes: NodeTypeIndex,
  pictures: readonly PipelinePicture[],
): string {
  const rows = nodeTypes.map(({ id, spec, members }) => {
    const { processor, cores, chips, memory, frequency } = wholeNumbers(spec)
    const report = `[link](./error_report/node_type_${id}.md)`
    return [id, markdownText(processor), cores, chips, memory, frequency, members, report]
  })
  const columns = ['node type', 'processor', 'cores', 'chips', 'memory', 'frequency', 'member size', 'error report']
  return `${[
    `# ${name} on ${version} Build`,
    `MAE Threshold = ${thresholds.mae}, MAPE Threshold = ${thresholds.mape}%`,
    `Available Node Type: ${nodeTypes.length}`,
    markdownTable(columns, rows),
    ...pictures.flatMap(({ file, heading }, i) => [
      ...(pictures[i - 1]?.heading === heading ? [] : [`## ${heading}`]),
      `![${file.replace(/\.\w+$/, '')}](${file})`,
    ]),
  ].join('\n\n')}\n`
}

const componentsHeading = '## Components'
const workloadHeading = '## Workload information'

/**
 * `.doc/<pipeline>.md`: people describe there what was measured. Of a page that is there already only the section of
 * components is written anew.
 */
export function pipelinePage(description: PipelineDescription, before: string | undefined): string {
  const components = componentsSection(description)
  const from = before?.indexOf(componentsHeading) ?? -1
  const to = before?.indexOf(workloadHeading, from) ?? -1
  if (before !== undefined && from >= 0 && to >= 0) return before.slice(0, from) + components + before.slice(to)
  if (before !== undefined) return before
  const start = ['', `# Pipeline ${description.name}`, '', '## Description', '', 'To be described.', '', ''].join('\n')
  return `${start}${components}${workloadHeading}\n\nTo be described.\n`
}

function componentsSection({ isolator, extractor, absTrainers, dynTrainers }: PipelineDescription): string {
  const list = (names: readonly string[]) => [...new Set(names)].map((name) => `  - ${markdownText(name)}`)
  const isSame = [...new Set(absTrainers)].join() === [...new Set(dynTrainers)].join()
  return [
    componentsHeading,
    '',
    `- **Extractor:** ${markdownText(extractor ?? 'unknown')}`,
    `- **Isolator:** ${markdownText(isolator ?? 'unknown')}`,
    '- **AbsPower Trainers:**',
    '',
    ...list(absTrainers),
    '',
    '- **DynPower Trainers:**',
    '',
    ...(isSame ? ['  (same as AbsPower Trainers)'] : list(dynTrainers)),
    '',
    '',
  ].join('\n')
}

/** `README.md` of a version: a line a pipeline. Its line is replaced or added, and all else stays. */
export function versionReadme(description: PipelineDescription, version: string, before: string | undefined): string {
  const { name, collectTime, lastUpdateTime, publisher } = description
  const cells = [
    `[${name}](./.doc/${name}.md)`,
    markdownText(collectTime),
    markdownText(lastUpdateTime),
    publisher === undefined ? '' : `[${publisher}](https://github.com/${publisher})`,
    `[link](./${name})`,
  ]
  const line = cells.join('|')
  const text =
    before ?? `# ${version} Build\n\npipeline|collect time|last update time|publisher|models\n---|---|---|---|---|\n`
  const lines = text.replace(/\n+$/, '').split('\n')
  const own = lines.findIndex((one) => one.startsWith(`[${name}](`))
  if (own >= 0) lines[own] = line
  else lines.push(line)
  return `${lines.join('\n')}\n`
}
