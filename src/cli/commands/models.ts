import type { Command } from 'commander'
import { counted } from '../../core/counted.js'
import { requestedSource } from '../../core/energy-source.js'
import { ModelError, quote } from '../../core/errors.js'
import { outputTypes } from '../../core/output-type.js'
import { wholeNumbers } from '../../machine/spec.js'
import { metadataNumber, metadataRecord } from '../../registry/metadata-numbers.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { type ExplainedEntry, explainPipeline } from '../../selection/explain-pipeline.js'
import { describedCommand } from '../help/described-command.js'
import { withNamedPipeline } from '../inputs/named-pipeline.js'
import { writeWhy } from '../reports/why-report.js'
import { type CliIo, writeJson, writeNotes } from '../terminal/io.js'
import { addTableOption, type TableOptions, writeTable } from '../terminal/table.js'

interface ModelsOptions extends TableOptions {
  readonly source?: string
  readonly outputType?: string
  readonly featureGroup?: string
  readonly nodeType?: string
  readonly sort: string
  readonly why?: boolean
  readonly json?: boolean
}

/** `kepler-model models`: the models of a pipeline. */
export function modelsCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'models',
    group: 'use',
    summary: 'list the models of a pipeline',
    description:
      'Lists the models of a pipeline: a folder, a zip, an http(s) or file URL, or the name of a pipeline in MODEL_PATH. Errors are those of the metadata: mae in watts, mape in percent.',
    examples: [
      ['kepler-model models ec2-0.7.11', 'a pipeline in MODEL_PATH'],
      ['kepler-model models ./ec2-0.7.11.zip --output-type AbsPower --sort mape', 'the best of a zip by MAPE'],
      ['kepler-model models std_v0.7.11 --why --feature-group BPFOnly', 'which model is chosen, and why'],
      ['kepler-model models https://host/std_v0.7.11.zip --json', 'one to download, for a program'],
    ],
  })
    .argument('<pipeline>', 'folder, zip, URL or name')
    .option('-e, --source <source>', 'only this energy source, e.g. acpi')
    .option('--output-type <type>', `only ${outputTypes.join(' or ')}`)
    .option('--feature-group <group>', 'only this feature group, e.g. BPFOnly')
    .option('--node-type <number>', 'only models of this node type')
    .option('--sort <key>', 'name, node-type, or an error such as mae, mape, package_mae', 'mae')
    .option('--why', 'say which model a server chooses and why, and what speaks against the others')
    .option('--json', 'print JSON')
  return addTableOption(command).action((named: string, options: ModelsOptions) => {
    const config = io.loadConfig()
    return withNamedPipeline(named, config, io.signal, (pipeline) => {
      const models = pipeline.entries.filter(filterOf(options, pipeline)).sort(order(options.sort, pipeline))
      if (options.why) reportWhy(io, pipeline, explainPipeline(pipeline, models, config.ERROR_KEY), options)
      else if (options.json)
        writeJson(io.stdout, { pipeline: pipeline.name, models: models.map((model) => asJson(pipeline, model)) })
      else print(io, pipeline, models, options)
    })
  })
}

function filterOf(
  { source, outputType, featureGroup, nodeType }: ModelsOptions,
  { sources }: Pipeline,
): (model: ModelEntry) => boolean {
  const wantedSource = source === undefined ? undefined : requestedSource(source)
  if (source !== undefined && !(wantedSource && sources.includes(wantedSource))) {
    throw invalid('--source', source, `it has models of ${sources.join(', ') || 'none'}`)
  }
  const wantedOutput = outputTypes.find((known) => known === outputType)
  if (outputType !== undefined && !wantedOutput) throw invalid('--output-type', outputType, outputTypes.join(' or '))
  const wantedType = nodeType === undefined ? undefined : Number(nodeType)
  if (wantedType !== undefined && !Number.isInteger(wantedType))
    throw invalid('--node-type', nodeType, 'a whole number')
  return ({ folder, nodeType: type }) =>
    (wantedSource ?? folder.source) === folder.source &&
    (wantedOutput ?? folder.outputType) === folder.outputType &&
    (featureGroup ?? folder.featureGroup) === folder.featureGroup &&
    (wantedType ?? type) === type
}

function order(key: string, pipeline: Pipeline): (a: ModelEntry, b: ModelEntry) => number {
  const byName = (a: ModelEntry, b: ModelEntry) => a.name.localeCompare(b.name, 'en', { numeric: true })
  if (key === 'name') return byName
  if (key === 'node-type') return (a, b) => a.nodeType - b.nodeType || byName(a, b)
  if (pipeline.entries.length > 0 && !pipeline.entries.some(({ numbers }) => numbers.keys.includes(key))) {
    throw invalid('--sort', key, 'no model has such an error')
  }
  const error = ({ numbers }: ModelEntry) => metadataNumber(numbers, key) ?? Number.MAX_VALUE
  return (a, b) => error(a) - error(b) || byName(a, b)
}

function print(
  io: CliIo,
  { name, nodeTypes, specOf, damaged }: Pipeline,
  models: readonly ModelEntry[],
  options: TableOptions,
): void {
  const right = { align: 'right' } as const
  writeTable(
    io.stdout,
    [
      { title: 'MODEL' },
      { title: 'SOURCE' },
      { title: 'OUTPUT' },
      { title: 'GROUP' },
      { title: 'PROCESSOR', importance: 3 },
      { title: 'CORES', ...right, importance: 2 },
      { title: 'MAE', ...right },
      { title: 'MAPE', ...right },
      { title: 'WEIGHTS', importance: 1 },
    ],
    models.map(({ name: model, folder, nodeType, numbers, weights }) => [
      model,
      folder.source,
      folder.outputType,
      folder.featureGroup,
      specOf(nodeType)?.processor ?? '',
      specOf(nodeType)?.cores ?? '',
      shown(metadataNumber(numbers, 'mae')),
      shown(metadataNumber(numbers, 'mape')),
      weights ? 'yes' : '',
    ]),
    options,
  )
  const unreadable = damaged > 0 ? `, ${damaged} more cannot be read` : ''
  writeNotes(io, [
    '',
    `${name}: ${counted(models.length, 'model')}, ${counted(nodeTypes.length, 'node type')}${unreadable}`,
  ])
}

function reportWhy(io: CliIo, pipeline: Pipeline, explained: readonly ExplainedEntry[], options: ModelsOptions): void {
  if (options.json) {
    const models = explained.map(({ model, rank, why }) => ({ ...asJson(pipeline, model), rank, why }))
    writeJson(io.stdout, { pipeline: pipeline.name, models })
  } else writeWhy(io.stdout, explained, options)
}

function asJson(
  pipeline: Pipeline,
  { name, trainer, nodeType, folder, features, numbers, weights }: ModelEntry,
): object {
  const spec = pipeline.specOf(nodeType)
  return {
    model_name: name,
    trainer,
    node_type: nodeType,
    ...(spec ? { machine_spec: wholeNumbers(spec) } : {}),
    source: folder.source,
    output_type: folder.outputType,
    feature_group: folder.featureGroup,
    features,
    weights: weights !== undefined,
    errors: metadataRecord(numbers),
  }
}

function shown(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2)
}

function invalid(option: string, value: unknown, expected: string): ModelError {
  return new ModelError('INVALID_CONFIG', `${option} ${quote(value)}: ${expected}`, { field: option })
}
