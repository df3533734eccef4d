import type { Command } from 'commander'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { fitUniversalModel, writeUniversalModel } from '../../universal/file/model-file.js'
import { loadUniversalModel } from '../../universal/load-model.js'
import { measuredMachines, readMachineTable } from '../../universal/table/machine-table.js'
import { describedCommand } from '../help/described-command.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { readText } from './curve-table.js'

interface Options {
  readonly machines: string
  readonly output: string
  readonly only?: boolean
  readonly json?: boolean
}

/** `kepler-model curve fit`: the universal model again, with machines of one's own. */
export function curveFitCommand(io: CliIo): Command {
  return describedCommand({
    name: 'fit',
    group: 'use',
    summary: 'fit the model of all machines with your own added',
    description:
      'Fits the model of `kepler-model curve` again with the measured machines of a CSV added to those of the package, finds its intervals anew and writes it to a file for --model. This takes a minute or two. Even one machine of a family that the table does not have makes its others better.',
    examples: [
      ['kepler-model curve fit --machines own.csv -o model.json', 'add machines'],
      ['kepler-model curve --model model.json', 'use the result'],
    ],
  })
    .requiredOption('--machines <file>', 'CSV of measured machines with the columns of docs/universal.md')
    .requiredOption('-o, --output <file>', 'file to write the model to')
    .option('--only', 'without the machines of the package')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const own = measuredMachines(readMachineTable(readText(options.machines)))
      const { file } = loadUniversalModel()
      const machines = options.only ? own : [...file.machines, ...own]
      writeLines(io.stderr, [`fitting ${machines.length} machines, ${own.length} of them yours ...`])
      const sources = [
        ...(options.only ? [] : file.sources),
        { name: options.machines, note: `${own.length} machines` },
      ]
      const fitted = fitUniversalModel(`${file.name}+own`, machines, sources, file.parameters)
      const text = writeUniversalModel(fitted)
      await writeFileAtomic(options.output, [text])
      const size = Buffer.byteLength(text)
      if (options.json)
        return writeJson(io.stdout, { output: options.output, machines: machines.length, own: own.length, bytes: size })
      writeLines(io.stdout, [`${machines.length} machines, ${size} bytes written to ${options.output}`])
    })
}
