import { basename, extname } from 'node:path'
import { type Command, Option } from 'commander'
import { ModelError, quote } from '../../core/errors.js'
import { extractorNames } from '../../extract/extractor.js'
import { validateResponse } from '../../extract/validate.js'
import { plotLibrary } from '../../plot/draw/plot-library.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { pipelineReport } from '../../report/pipeline-report.js'
import { responseReport } from '../../report/response-report.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { measurementSettings } from '../../service/measurement-settings.js'
import { vocabularyNamed } from '../../vocabulary/vocabularies.js'
import { describedCommand } from '../help/described-command.js'
import { inputFile, outputPath } from '../inputs/data-files.js'
import { withNamedPipeline } from '../inputs/named-pipeline.js'
import { vocabularyOption } from '../options/extract-options.js'
import { addIsolateOptions } from '../options/isolate-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { packageVersion } from '../package-version.js'
import { type PlotContext, type PlotOptions, plotSettings } from '../plots/plot-options.js'
import { keptData, reportMeasurements } from '../plots/report-data.js'
import { type CliIo, writeNotes } from '../terminal/io.js'

type Options = Omit<PlotOptions, 'pipelineName'> & { readonly pipelineName?: string; readonly cards: string }

/** Cards are a kilobyte or two each: a report of so many still opens on a phone. */
const mostCards = 1000

/** `kepler-model report`: one HTML file on a pipeline, or on measurements before training. */
export function reportCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'report',
    group: 'use',
    summary: 'write one HTML page on a pipeline, or on measurements before training',
    description:
      'Writes one HTML file that needs no network and no script, for a screen, a phone or paper. Of a pipeline: errors by source, group and trainer on held-out rows, which models are chosen and why, measured and estimated power, residuals, power curves, the data, the machines, and a card for each model. Of a saved response alone: what is there, what is wrong with it, what can be trained, and what an isolator makes of it. docs/report.md says more.',
    examples: [
      ['kepler-model report -p std_v0.7.11', 'std_v0.7.11.html in the data folder'],
      ['kepler-model report -p std_v0.7.11 -i prom_response -o /tmp/report.html', 'with what was wrong with the data'],
      ['kepler-model report -i prom_response', 'of measurements, before training'],
      ['kepler-model report -p specpower-0.7.11 --cards 100', 'a large one, with more model cards'],
    ],
  })
    .option('-p, --pipeline-name <name>', 'folder, zip, URL, or name of a pipeline in the data folder or MODEL_PATH')
    .option('-i, --input <file>', 'saved response, in the data folder')
    .option('-o, --output <file>', '.html file, - for standard output (default: the name of the pipeline or input)')
    .option('--cards <number>', 'model cards at most, those of chosen models first', '20')
    .option('-e, --energy-source <sources>', 'of the response: only these, comma-separated')
    .addOption(new Option('--extractor <name>', 'how rows are made').choices(extractorNames).default('default'))
    .option('--vm-train', 'use the processes of a virtual machine (job VM_JOB_NAME) instead of containers')
    .option('--instance <name>', 'which machine to take where the response has several')
    .addOption(vocabularyOption())
  addSettingOptions(addIsolateOptions(command), plotSettings)
  return command.action(async (options: Options) => {
    const config = io.loadConfig(settingOverrides(command, plotSettings))
    const { pipelineName = '', input } = options
    if (pipelineName === '' && input === undefined) {
      throw new ModelError('INVALID_REQUEST', 'of what? Give --pipeline-name, or --input with a saved response', {
        field: 'pipeline-name',
      })
    }
    const cards = cardsOf(options.cards)
    const to = options.output ?? (pipelineName === '' ? (input ?? '') : pipelineName)
    const path = options.output === '-' ? undefined : htmlFile(config.DATAPATH, to, options.output === undefined)
    const context: PlotContext = { io, config, options: { ...options, pipelineName } }
    const page =
      pipelineName === ''
        ? await responsePage(context, input ?? '')
        : await withNamedPipeline(pipelineName, config, io.signal, (pipeline) => pipelinePage(context, pipeline, cards))
    if (path === undefined) return void io.stdout.write(page)
    await writeFileAtomic(path, [page])
    writeNotes(io, [`written to ${path} (${Math.ceil(Buffer.byteLength(page) / 1024)} kB)`])
  })
}

async function pipelinePage(context: PlotContext, pipeline: Pipeline, cards: number): Promise<string> {
  const { config, options } = context
  const data =
    options.input === undefined
      ? await keptData(pipeline)
      : (
          await reportMeasurements(
            context,
            inputFile(config.DATAPATH, options.input),
            await measurementSettings(config),
          )
        ).data
  return pipelineReport(await plotLibrary(), pipeline, {
    errorKey: config.ERROR_KEY,
    cards,
    data,
    description: descriptionOf(pipeline),
    footer: footerText(),
  })
}

async function responsePage(context: PlotContext, input: string): Promise<string> {
  const { config, options } = context
  const measurements = await measurementSettings(config)
  const path = inputFile(config.DATAPATH, input)
  const { response, data, splits } = await reportMeasurements(context, path, measurements)
  const validation = validateResponse(response, {
    vm: options.vmTrain ?? false,
    machineLabels: measurements.machineLabels,
    ...(options.vocabulary !== undefined && { vocabulary: vocabularyNamed(options.vocabulary) }),
  })
  return responseReport(await plotLibrary(), {
    title: basename(path).replace(/\.json(\.gz)?$/, ''),
    validation,
    data,
    splits,
    footer: footerText(),
  })
}

/** The pipeline's own `metadata.json`; nothing where it has none that can be read. */
function descriptionOf({ store }: Pipeline): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(store.read('metadata.json')))
    return typeof value === 'object' ? { ...value } : {}
  } catch {
    return {}
  }
}

function footerText(): string {
  const time = new Date().toISOString().slice(0, 16).replace('T', ' ')
  return `Made ${time} UTC by kepler-model ${packageVersion()}.`
}

function cardsOf(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) <= mostCards) return Number(text)
  throw new ModelError('INVALID_REQUEST', `--cards ${quote(text)}: a whole number up to ${mostCards}`, {
    field: 'cards',
  })
}

/** Where the page goes; by default a name in the data folder, whatever the pipeline's path was. */
function htmlFile(dataPath: string, name: string, byDefault: boolean): string {
  if (byDefault) return outputPath(dataPath, `${basename(name).replace(/\.(?:zip|json|gz|json\.gz)$/i, '')}.html`)
  const ending = extname(name).toLowerCase()
  if (ending === '.html' || ending === '.htm') return outputPath(dataPath, name)
  if (!/^\.[a-z]{2,5}$/.test(ending)) return outputPath(dataPath, `${name}.html`)
  throw new ModelError('INVALID_REQUEST', `--output ${quote(name)}: a report is .html`, { field: 'output' })
}
