import type { Command } from 'commander'
import { assignNodeTypes } from '../../machine/assign-node-types.js'
import { isKnown } from '../../machine/spec.js'
import { describedCommand } from '../help/described-command.js'
import { fleetFolder } from '../inputs/fleet-folder.js'
import { knownNodeTypes } from '../inputs/known-node-types.js'
import { addExportAfterOptions, type ExportAfterOptions, exportAfter } from '../options/export-options.js'
import { settingOverrides } from '../options/setting-options.js'
import { trainSettings } from '../options/train-options.js'
import { type CliIo, writeLines } from '../terminal/io.js'
import { addResponseOptions, type ResponseOptions, responseSettings } from '../options/response-options.js'
import { trainResponses } from '../training/train-responses.js'

type Options = ResponseOptions & ExportAfterOptions

/** `kepler-model fleet`: the responses of many machines -> a pipeline with a node type for each kind of machine. */
export function fleetCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'fleet',
    group: 'train',
    summary: 'train a pipeline from the saved responses of many machines',
    description:
      'Trains models of every kind of machine in a folder: <machine>.json or <machine>.json.gz is what was measured of a machine (as query saves it), machine_spec/<machine>.json what it is (as spec --json prints it). Machines of equal specs are one node type and are learnt from together; a machine without a spec is a type of its own. A response that cannot be used is named and affects no other.',
    examples: [
      ['kepler-model fleet measured -p lab', 'every machine in the folder measured'],
      [
        'kepler-model fleet measured -p lab --feature-group BPFOnly --export models --publisher me',
        'and the pipeline for the model database',
      ],
    ],
  }).argument('<folder>', 'folder of responses and machine_spec')
  addResponseOptions(command)
  addExportAfterOptions(command)
  return command.action(async (folder: string, options: Options) => {
    const config = io.loadConfig(settingOverrides(command, responseSettings))
    const { name } = trainSettings(options)
    const { machines, ignored } = fleetFolder(folder)
    const { types, typeOf } = assignNodeTypes(knownNodeTypes(config.DATAPATH, name), machines)
    writeLines(io.stderr, [
      ...ignored.map((file) => `warning: ${file} is no response and is passed over`),
      ...machines
        .filter(({ spec }) => !isKnown(spec))
        .map(
          ({ id }) =>
            `warning: ${id} has no machine_spec/${id}.json: node type ${typeOf(id)} is its own, and no server finds it by a spec`,
        ),
    ])
    const inputs = machines.map(({ id, path }) => ({ path, nodeType: typeOf(id) ?? 0 }))
    const described = types.map(({ id, ...type }) => ({ ...type, nodeType: id }))
    const pipeline = await trainResponses(io, config, command, options, inputs, described)
    await exportAfter(io, config, pipeline.folder, options)
  })
}
