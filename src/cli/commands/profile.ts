import type { Command } from 'commander'
import { counted } from '../../core/counted.js'
import { selecting } from '../../extract/measurements.js'
import type { Meter } from '../../extract/meter.js'
import type { IdleProfile } from '../../isolate/idle-profile.js'
import { profileIdle } from '../../isolate/profiler.js'
import type { ReadOptions } from '../../prometheus/response.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { measurementSettings } from '../../service/measurement-settings.js'
import { isTrainingMetric, vocabularyNamed } from '../../vocabulary/vocabularies.js'
import { describedCommand } from '../help/described-command.js'
import { inputFile, outputFile } from '../inputs/data-files.js'
import { readInput } from '../inputs/response-input.js'
import { nodeTypeOf, vocabularyOption } from '../options/extract-options.js'
import { meterFlags } from '../options/measurement-options.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { warnOfFindings } from '../reports/dataset-report.js'
import { type CliIo, writeJson, writeLines, writeNotes } from '../terminal/io.js'
import { writeTable } from '../terminal/table.js'

const settings = { DATAPATH: '--data-path <folder>', VM_JOB_NAME: '--vm-job <name>', ...meterFlags } as const

/** A profile needs energy, node types, and the names of containers. */
export function profileReadOptions(meters: readonly Meter[]): ReadOptions {
  const metered = new Set(meters.map(({ selector }) => selector.metric))
  return { wants: (metric) => metered.has(metric) || isTrainingMetric(metric, 'container') }
}

interface Options {
  readonly input: string
  readonly output?: string
  readonly instance?: string
  readonly nodeType?: string
  readonly vocabulary?: string
  readonly json?: boolean
}

/** `kepler-model profile`: an idle profile, from a response that was recorded while the node was idle. */
export function profileCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'profile',
    group: 'train',
    summary: 'make an idle profile: the power and the containers of an idle node',
    description:
      'Makes an idle profile from a Prometheus response that was saved while a node was idle: the lowest and highest watts per source, component, node type and package, and the names of its containers. `isolate --isolator profile` takes it.',
    examples: [
      ['kepler-model profile -i idle', 'print what the node draws when idle'],
      ['kepler-model profile -i idle -o idle_profile', 'keep it as idle_profile.json in the data folder'],
    ],
  })
    .requiredOption('-i, --input <file>', 'saved response of an idle node, in the data folder')
    .option('-o, --output <name>', 'write the profile to this file of the data folder')
    .option('--instance <name>', 'which machine to take where the response has several: its instance, node or cluster')
    .option('--node-type <number>', 'the node type, instead of what kepler_node_node_info says')
    .addOption(vocabularyOption())
    .option('--json', 'print the profile as JSON')
  addSettingOptions(command, settings)
  return command.action(async (options: Options) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const { DATAPATH } = config
    const measurements = await measurementSettings(config)
    const response = await readInput(io, inputFile(DATAPATH, options.input), {
      ...profileReadOptions(measurements.meters),
      ...selecting(measurements),
    })
    const { profile, findings } = profileIdle(response, {
      ...measurements,
      vmJob: config.VM_JOB_NAME,
      ...(options.instance !== undefined && { instance: options.instance }),
      ...(options.nodeType !== undefined && { nodeType: nodeTypeOf(options.nodeType) }),
      ...(options.vocabulary !== undefined && { vocabulary: vocabularyNamed(options.vocabulary) }),
    })
    warnOfFindings(io, findings)
    if (options.output !== undefined) {
      const path = outputFile(DATAPATH, options.output, '.json')
      await writeFileAtomic(path, [`${JSON.stringify(profile, null, 2)}\n`])
      writeLines(io.stderr, [`written to ${path}`])
    }
    if (options.json) writeJson(io.stdout, profile)
    else writeProfile(io, profile)
  })
}

function writeProfile(io: CliIo, { power, containers }: IdleProfile): void {
  const right = { align: 'right' } as const
  const rows = Object.entries(power).flatMap(([source, byComponent]) =>
    Object.entries(byComponent ?? {}).flatMap(([component, byType]) =>
      Object.entries(byType ?? {}).map(([type, { lowest, highest, units }]) => [
        source,
        component,
        type,
        lowest.toFixed(3),
        highest.toFixed(3),
        units,
        (((lowest + highest) / 2) * units).toFixed(3),
      ]),
    ),
  )
  writeTable(
    io.stdout,
    [
      { title: 'SOURCE' },
      { title: 'COMPONENT' },
      { title: 'NODE TYPE', ...right },
      { title: 'LOWEST W', ...right },
      { title: 'HIGHEST W', ...right },
      { title: 'UNITS', ...right, importance: 1 },
      { title: 'BACKGROUND W', ...right },
    ],
    rows,
  )
  writeNotes(io, ['', `${counted(containers.length, 'container')} ran: ${containers.join(', ')}`])
}
