import type { Command } from 'commander'
import { messageOf } from '../../core/errors.js'
import { type MachineSpec, specAttributes } from '../../core/machine-spec.js'
import { findPipelines } from '../../registry/find-pipelines.js'
import { type NodeTypeMatch, nodeTypeMatcher } from '../../selection/match-node-type.js'
import { type KnownMachine, thisMachine } from '../../service/machine.js'
import { knownFolder } from '../../service/writable-folder.js'
import { describedCommand } from '../help/described-command.js'
import { withNamedPipeline } from '../inputs/named-pipeline.js'
import { type CliIo, writeJson, writeLines, writeNotes } from '../terminal/io.js'
import { addTableOption, type TableOptions, writeTable } from '../terminal/table.js'

interface SpecOptions extends TableOptions {
  readonly machineSpec?: string
  readonly json?: boolean
}

/** The node type that a spec gets in one pipeline. */
interface TypeInPipeline {
  readonly pipeline: string
  readonly match: NodeTypeMatch | undefined
  readonly spec: MachineSpec | undefined
}

/** `kepler-model spec`: the spec of this machine, and its node type in a pipeline. */
export function specCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'spec',
    group: 'use',
    summary: "show this machine's spec and the node type it gets",
    description:
      "Shows this machine's spec, from MACHINE_SPEC_PATH if that file exists, else discovered, and the node type that it gets in a pipeline: by default in each one in MODEL_PATH. Exact: all attributes are equal; partial: those that are known are; similar: none has them, this one comes closest.",
    examples: [
      ['kepler-model spec', 'this machine, in the pipelines of MODEL_PATH'],
      ['kepler-model spec ./specpower-0.7.11.zip', 'in one pipeline'],
      ['kepler-model spec --json > spec.json', 'to edit, and to use with --machine-spec'],
      ['kepler-model spec --machine-spec spec.json', 'another machine'],
    ],
  })
    .argument('[pipeline]', 'folder, zip, URL or name')
    .option('--machine-spec <file>', 'spec to use instead of that of this machine')
    .option('--json', 'print JSON')
  return addTableOption(command).action(async (named: string | undefined, options: SpecOptions) => {
    const config = io.loadConfig({ MACHINE_SPEC_PATH: options.machineSpec })
    const machine = thisMachine(config)
    const folder = knownFolder(config, 'MODEL_PATH')
    const names = named === undefined ? findPipelines(folder).map(({ path }) => path) : [named]
    const types: TypeInPipeline[] = []
    for (const name of names) {
      const find = () =>
        withNamedPipeline(name, config, io.signal, (pipeline) => {
          const match = nodeTypeMatcher(pipeline.nodeTypes)(machine.spec)
          types.push({ pipeline: pipeline.name, match, spec: match && pipeline.specOf(match.nodeType) })
        })
      // When all pipelines are listed, one that is damaged is a warning.
      if (named !== undefined) await find()
      else await find().catch((error) => writeLines(io.stderr, [`warning: ${messageOf(error)}`]))
    }
    if (options.json) writeJson(io.stdout, { ...machine.spec, node_types: types.map(asJson) })
    else print(io, machine, types, folder, options)
  })
}

function print(
  io: CliIo,
  { spec, origin }: KnownMachine,
  types: readonly TypeInPipeline[],
  modelPath: string,
  options: TableOptions,
): void {
  writeNotes(io, [`This machine (${origin === 'discovered' ? origin : `from ${origin}`}):`])
  writeTable(
    io.stdout,
    [{ title: 'ATTRIBUTE' }, { title: 'VALUE' }],
    specAttributes.map((attribute) => [
      attribute,
      spec[attribute] === undefined ? 'not known' : `${spec[attribute]}${units[attribute]}`,
    ]),
  )
  if (types.length === 0) {
    writeNotes(io, ['', `There is no pipeline in ${modelPath}; name one to see the node type.`])
    return
  }
  writeLines(io.stdout, [''])
  writeNotes(io, ['Node type:'])
  writeTable(
    io.stdout,
    [
      { title: 'PIPELINE' },
      { title: 'TYPE', align: 'right' },
      { title: 'MATCH' },
      { title: 'SIMILARITY', align: 'right', importance: 6 },
      { title: 'UNCERTAINTY', align: 'right', importance: 5 },
      ...specAttributes.map((attribute, i) => ({ title: attribute.toUpperCase(), importance: i === 0 ? 9 : 5 - i })),
    ],
    types.map(({ pipeline, match, spec: typeSpec }) =>
      match
        ? [
            pipeline,
            match.nodeType,
            match.how,
            (1 - match.looseness).toFixed(2),
            match.uncertainty.toFixed(2),
            ...specAttributes.map((attribute) => typeSpec?.[attribute] ?? ''),
          ]
        : [pipeline, '', 'none'],
    ),
    options,
  )
}

const units = { processor: '', cores: '', chips: '', memory: ' GB', frequency: ' MHz' } as const

function asJson({ pipeline, match, spec }: TypeInPipeline): object {
  if (!match) return { pipeline, node_type: null }
  const { nodeType, how, looseness, uncertainty } = match
  return { pipeline, node_type: nodeType, match: how, similarity: 1 - looseness, uncertainty, machine_spec: spec ?? {} }
}
