import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { fieldCosts, restsOn } from '../../universal/explain.js'
import { loadUniversalModel } from '../../universal/load-model.js'
import { answerPower, powerAnswerJson } from '../../universal/power-answer.js'
import { describedCommand } from '../help/described-command.js'
import { askedMachine } from '../inputs/asked-machine.js'
import { addMachineOptions, type MachineOptions } from '../options/machine-options.js'
import { writeCurveReport } from '../reports/curve-report.js'
import { curveSvg } from '../reports/curve-svg.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { curveFitCommand } from './curve-fit.js'
import { writeCurveTable } from './curve-table.js'

interface Options extends MachineOptions {
  readonly instance?: string
  readonly machines?: string
  readonly output?: string
  readonly point?: readonly string[]
  readonly svg?: string
  readonly model?: string
  readonly json?: boolean
}

/** `kepler-model curve`: the power curve of any machine, with an interval. */
export function curveCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'curve',
    group: 'use',
    summary: 'show the watts of a machine from idle to full load',
    description:
      'Shows the power at the wall from idle to full load, with an interval that covers nine machines of ten, from what is known of a machine; everything may be missing. Without options it is this machine; options describe another one, --instance a cloud instance, --machines a table of them. It also says what was taken for each missing field and what that costs, and which measured machines the answer rests on. docs/universal.md explains the model and its limits.',
    examples: [
      ['kepler-model curve', 'this machine'],
      ['kepler-model curve --processor "AMD EPYC 9654" --chips 2 --memory 384', 'a described machine'],
      ['kepler-model curve --instance m5.4xlarge --svg curve.svg', 'a cloud instance, with a picture'],
      ['kepler-model curve --point 50%=212W --point idle=95W', 'this machine, which draws 212 W at half load'],
      ['kepler-model curve --machines machines.csv -o curves.csv', 'a table of machines'],
      ['kepler-model curve fit --machines own.csv -o model.json', 'a model with machines of your own'],
    ],
  })
  addMachineOptions(command)
    .option('--instance <name>', 'cloud instance of Amazon, Google or Azure')
    .option(
      '--machines <file>',
      'CSV of machines with the columns of docs/universal.md; writes their curves to --output',
    )
    .option('-o, --output <file>', 'CSV to write the curves of --machines to, - for standard output')
    .option(
      '--point <load=watts>',
      'what was measured: 50%=212W at the wall, idle=60W:package of the processors; repeatable',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option('--svg <file>', 'also draw the curve')
    .option('--model <file>', 'model to use instead of that of the package, from `curve fit`')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      options.machines === undefined
        ? one(io, options)
        : writeCurveTable(io, { ...options, machines: options.machines }),
    )
  return command.enablePositionalOptions().addCommand(curveFitCommand(io))
}

function one(io: CliIo, options: Options): void {
  const asked = askedMachine(io.loadConfig(), options)
  const { file, model } = loadUniversalModel(options.model)
  const answer = answerPower(model(), asked.question)
  const { curve, host } = answer
  const machine = host?.machine ?? asked.question.machine
  const costs = fieldCosts(model(), machine, curve)
  const rests = restsOn(model(), machine)
  if (options.svg !== undefined) writeFileSync(options.svg, curveSvg(asked.title, answer.wall, answer.points))
  const source = `Model ${file.name}: ${file.sources.map(({ name, url }) => (url ? `${name} (${url})` : name)).join('; ')}.`
  if (options.json) {
    writeJson(io.stdout, {
      title: asked.title,
      ...powerAnswerJson(answer),
      narrower_with: Object.fromEntries(costs.map(({ field, narrower }) => [field, Math.round(narrower * 10) / 10])),
      rests_on: rests.map(({ machine: { model: name, vendor, processor, published } }) => ({
        model: name,
        vendor,
        processor,
        published,
      })),
      ...(asked.calibration ? { calibration: asked.calibration } : {}),
      model: file.name,
      sources: file.sources,
    })
    return
  }
  writeCurveReport(io, { title: asked.title, answer, costs, restsOn: rests, calibration: asked.calibration, source })
  if (options.svg !== undefined) writeLines(io.stdout, [`written to ${options.svg}`])
}
