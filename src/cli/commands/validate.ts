import type { Command } from 'commander'
import { isEnergySource } from '../../core/energy-source.js'
import { ModelError } from '../../core/errors.js'
import { type MetricReport, metricRemarks } from '../../extract/inspect.js'
import { selecting } from '../../extract/measurements.js'
import {
  type ExtractionReport,
  type MachineReport,
  validateResponse,
  type ValidationReport,
} from '../../extract/validate.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { measurementSettings } from '../../service/measurement-settings.js'
import { csvChunks } from '../../table/csv-write.js'
import { table } from '../../table/table.js'
import { vocabularyNamed } from '../../vocabulary/vocabularies.js'
import { describedCommand } from '../help/described-command.js'
import { inputFile, outputFile } from '../inputs/data-files.js'
import { readInput } from '../inputs/response-input.js'
import { thirdPartyOf, vocabularyOption } from '../options/extract-options.js'
import { measurementFlags } from '../options/measurement-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { short, timeText } from '../reports/dataset-report.js'
import { type CliIo, writeJson, writeLines, writeNotes } from '../terminal/io.js'
import { addTableOption, type TableOptions, writeTable } from '../terminal/table.js'

const settings = { DATAPATH: '--data-path <folder>', ...measurementFlags } as const

interface Options extends TableOptions {
  readonly input: string
  readonly output?: string
  readonly thirdpartyMetrics?: string
  readonly vmTrain?: boolean
  readonly vocabulary?: string
  readonly toCsv?: boolean
  readonly json?: boolean
}

/** `kepler-model validate`: which metrics a saved response has, and what is wrong with them. */
export function validateCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'validate',
    group: 'train',
    summary: 'check the metrics of a saved Prometheus response',
    description:
      'Checks every metric of a saved Prometheus response: series, samples, steps, gaps, counter resets, NaN, duplicate times, times that step back; and lists the feature groups and energy sources that a dataset can be made of. Fails when there are none.',
    examples: [
      ['kepler-model validate -i prom_response', 'before training'],
      ['kepler-model validate -i prom_response --json', 'the same for a program'],
    ],
  })
    .option('-i, --input <file>', 'saved response, in the data folder', 'prom_response')
    .option('-o, --output <name>', 'name of the CSV file for --to-csv (default: validate_<input>)')
    .option('--thirdparty-metrics <names>', 'metrics that are features by their own name, comma-separated (also -tm)')
    .option('--vm-train', 'look for the processes of a virtual machine instead of containers')
    .addOption(vocabularyOption())
    .option('--to-csv', 'write the table of metrics as CSV to the data folder')
    .option('--json', 'print JSON')
  addTableOption(addSettingOptions(command, settings))
  return command.action(async (options: Options) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const { DATAPATH } = config
    const measurements = await measurementSettings(config)
    const path = inputFile(DATAPATH, options.input)
    const response = await readInput(io, path, { tolerant: true, ...selecting(measurements) })
    const thirdParty = thirdPartyOf(options.thirdpartyMetrics)
    const report = validateResponse(response, {
      vm: options.vmTrain ?? false,
      thirdParty,
      machineLabels: measurements.machineLabels,
      ...(options.vocabulary !== undefined && { vocabulary: vocabularyNamed(options.vocabulary) }),
    })
    if (options.toCsv) {
      const csv = outputFile(
        DATAPATH,
        options.output ?? `validate_${options.input.replace(/\.json(\.gz)?$/, '')}`,
        '.csv',
      )
      await writeFileAtomic(csv, csvChunks(reportTable(report.metrics)))
      writeLines(io.stderr, [`written to ${csv}`])
    }
    if (options.json) writeJson(io.stdout, report)
    else writeReport(io, report, options)
    if (!report.usable)
      throw new ModelError('INVALID_DATA', `${path}: no feature group is complete together with an energy source`)
  })
}

function writeReport(io: CliIo, report: ValidationReport, options: TableOptions): void {
  const { metrics, groups, sources, machines } = report
  const right = { align: 'right' } as const
  writeTable(
    io.stdout,
    [
      { title: 'METRIC' },
      { title: 'SERIES', ...right },
      { title: 'SAMPLES', ...right },
      { title: 'STEP', ...right, importance: 3 },
      { title: 'FROM', importance: 2 },
      { title: 'TO', importance: 1 },
      { title: 'REMARKS', wrap: true },
    ],
    metrics.map((m) => [m.metric, m.series, m.samples, short(m.step), edge(m.from), edge(m.to), metricRemarks(m)]),
    options,
  )
  writeLines(io.stdout, [''])
  writeTable(
    io.stdout,
    [{ title: 'FOR TRAINING' }, { title: 'USABLE' }, { title: 'HAS', wrap: true }, { title: 'MISSING', wrap: true }],
    [
      ...groups.map(({ group, missing }) => [group, missing.length === 0 ? 'yes' : 'no', '', missing.join(', ')]),
      ...sources.map(({ source, components, known, missing }) => [
        source || '(no source)',
        isEnergySource(source) ? 'yes' : 'no',
        components.join(', '),
        known ? missing.join(', ') : source === '' ? 'a label source' : '(a source of its own)',
      ]),
    ],
    options,
  )
  const { title } = vocabularyNamed(report.vocabulary)
  const others = report.otherVocabularies.map((name) => vocabularyNamed(name).title)
  writeNotes(io, [
    '',
    `Metrics of ${title}${others.length > 0 ? `; also of ${others.join(', ')}: choose with --vocabulary` : ''}`,
  ])
  writeExtractions(io, report.extractions)
  writeNotes(io, [`Machines with energy: ${machines.map(describeMachine).join('; ') || 'none'}`])
  if (machines.length > 1) {
    writeNotes(io, ['One machine at a time is extracted, the first unless you choose with --instance or --select.'])
  }
}

/** What becomes of the samples: rows, how often they were scraped, and what was left out. */
function writeExtractions(io: CliIo, extractions: readonly ExtractionReport[]): void {
  for (const { source, group, rows, scrapes, findings, error } of extractions) {
    const name = `${source} with ${group}`
    if (error !== undefined) {
      writeNotes(io, [`${name}: ${error}`])
      continue
    }
    const pace = scrapes.map(({ target, interval, step }) => {
      const asked = step > 0 ? `, asked every ${short(step)} s` : ''
      return `${target} scraped every ${short(interval)} s${asked}`
    })
    writeNotes(io, [`${name}: ${rows} rows; ${pace.join('; ')}`])
    for (const { kind, metric, count, effect, example } of findings) {
      writeNotes(io, [`  ${metric}: ${count} × ${kind} (${effect}), first ${example}`])
    }
  }
}

function describeMachine({ name, labels, replicas }: MachineReport): string {
  const shown = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
  const twice = replicas.length > 0 ? `, measured again by ${replicas.map((replica) => `{${replica}}`).join(', ')}` : ''
  return `${name || '(no instance)'} {${shown.join(', ')}}${twice}`
}

function edge(seconds: number): string {
  return Number.isFinite(seconds) ? timeText(seconds) : '-'
}

function reportTable(metrics: readonly MetricReport[]) {
  const numbers = [
    'series',
    'samples',
    'from',
    'to',
    'step',
    'empty',
    'single',
    'gaps',
    'resets',
    'notFinite',
    'notNumbers',
    'duplicates',
    'backSteps',
  ] as const
  return table([
    { name: 'metric', values: metrics.map(({ metric }) => metric) },
    ...numbers.map((name) => ({ name, values: metrics.map((m) => (Number.isFinite(m[name]) ? String(m[name]) : '')) })),
    { name: 'example', values: metrics.map(({ example }) => example) },
  ])
}
