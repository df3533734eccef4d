import { Argument, type Command, Option } from 'commander'
import { ModelError } from '../../core/errors.js'
import { outputTypes } from '../../core/output-type.js'
import { extractorNames } from '../../extract/extractor.js'
import { themeNames } from '../../plot/themes.js'
import { describedCommand } from '../help/described-command.js'
import { vocabularyOption } from '../options/extract-options.js'
import { addIsolateOptions } from '../options/isolate-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { drawOptions, drawPlot, picture, pictureFile } from '../plots/draw-plot.js'
import { makePlot, plotNamed, plotNames, plotSummary } from '../plots/plot-kinds.js'
import { type PlotOptions, plotSettings } from '../plots/plot-options.js'
import { type CliIo, writeJson, writeNotes } from '../terminal/io.js'

/** `kepler-model plot`: pictures of data, models and errors. */
export function plotCommand(io: CliIo): Command {
  const what = new Argument('[what]', `one of ${plotNames.join(', ')}`).choices(plotNames).argParser(plotNamed)
  const command = describedCommand({
    name: 'plot',
    group: 'use',
    summary: 'draw data, models and errors as SVG or PNG',
    description: [
      'Draws, as SVG or PNG and without a browser:',
      ...plotNames.map((name) => `  ${name.padEnd(12)} ${plotSummary(name)}`),
      'The model is the one that a server would choose of those that the options mean. --json prints the numbers instead. docs/plots.md shows every plot.',
    ].join('\n'),
    examples: [
      ['kepler-model plot estimate -i prom_response -p std_v0.7.11', 'estimate.svg in the data folder'],
      ['kepler-model plot error -p std_v0.7.11 -ot AbsPower -o errors.png --theme dark', 'a PNG'],
      ['kepler-model plot power_curve -p ec2-0.7.11 -e rapl-sysfs -o -', 'SVG on standard output'],
      ['kepler-model plot isolation -i prom_response --isolator profile --profile idle', 'what an isolator does'],
      ['kepler-model plot residuals -i prom_response --json', 'the numbers'],
    ],
  })
    .addArgument(what)
    .option('--target-data <what>', "what to draw, as the original's command says it")
    .option('-i, --input <name>', 'saved response or dataset, in the data folder')
    .option(
      '-o, --output <file>',
      '.svg or .png, - for SVG on standard output (default: <what>.svg in the data folder)',
    )
    .option(
      '-p, --pipeline-name <name>',
      'folder, zip, URL, or name of a pipeline in the data folder or MODEL_PATH',
      'std_v0.7.11',
    )
    .option('-e, --energy-source <source>', 'only this source')
    .addOption(new Option('--output-type <type>', 'only this output type (also -ot)').choices(outputTypes))
    .option('--feature-group <group>', 'only this feature group (also -fg)')
    .option('--model-name <name>', 'this model, e.g. SGDRegressorTrainer_0, or the best of a trainer')
    .option('--node-type <numbers>', 'only these node types, comma-separated')
    .option('--error <key>', 'for metadata: mae, mape, package_mae, ...', 'mae')
    .addOption(new Option('--extractor <name>', 'how rows are made').choices(extractorNames).default('default'))
    .option('--vm-train', 'use the processes of a virtual machine (job VM_JOB_NAME) instead of containers')
    .option('--instance <name>', 'which machine to take where the response has several')
    .addOption(vocabularyOption())
    .addOption(new Option('--theme <name>', 'colours').choices(themeNames).default('light'))
    .option('--width <pixels>', 'width of the picture', '860')
    .option('--scale <number>', 'pixels of a PNG for each pixel of the width', '2')
    .option('--json', 'print the numbers instead of drawing them')
  addSettingOptions(addIsolateOptions(command), plotSettings)
  return command.action(async (given: ReturnType<typeof plotNamed> | undefined, options: PlotOptions) => {
    const name = given ?? (options.targetData === undefined ? undefined : plotNamed(options.targetData))
    if (name === undefined) {
      throw new ModelError('INVALID_REQUEST', `what shall be drawn? One of ${plotNames.join(', ')}`, { field: 'what' })
    }
    const config = io.loadConfig(settingOverrides(command, plotSettings))
    const drawing = drawOptions(options)
    const path = options.output === '-' ? undefined : pictureFile(config.DATAPATH, options.output ?? name)
    const { data, chart } = await makePlot(name, { io, config, options })
    if (options.json) return writeJson(io.stdout, { plot: name, ...data })
    if (path === undefined) return void io.stdout.write(String(await picture(chart, drawing, false)))
    await drawPlot(path, chart, drawing)
    writeNotes(io, [...(chart.subtitle === undefined ? [] : [chart.subtitle]), ...chart.notes, `written to ${path}`])
  })
}
