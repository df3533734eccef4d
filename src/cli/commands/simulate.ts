import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { type Command, Option } from 'commander'
import { ModelError, quote } from '../../core/errors.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { untilAborted } from '../../service/running.js'
import { energyComponents } from '../../simulate/container.js'
import { startExporter } from '../../simulate/exporter.js'
import { defaultMachine, type SimulatedMachine } from '../../simulate/machine.js'
import { fleetZoneNames } from '../../simulate/fleet/host.js'
import { startFleetExporter } from '../../simulate/fleet/fleet-exporter.js'
import { type FleetResponseOptions, fleetResponseChunks, fleetTruth } from '../../simulate/fleet/fleet-response.js'
import { fleetScenarioNamed, fleetScenarioNames } from '../../simulate/fleet/fleet-scenario.js'
import { scenarioNamed, scenarioNames } from '../../simulate/scenario.js'
import { type ResponseOptions, responseChunks, sampleChunks, truthChunks } from '../../simulate/write-response.js'
import type { MetricVocabulary } from '../../vocabulary/metric-vocabulary.js'
import { vocabularies, vocabularyNamed } from '../../vocabulary/vocabularies.js'
import { describedCommand } from '../help/described-command.js'
import { outputFile } from '../inputs/data-files.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { type CliIo, writeLines } from '../terminal/io.js'

const settings = { DATAPATH: '--data-path <folder>' } as const

interface SimulateOptions {
  readonly output?: string
  readonly truth?: string
  readonly serve?: string
  readonly host: string
  readonly scenario?: string
  readonly seed: string
  readonly duration: string
  readonly step: string
  readonly startTime: string
  readonly nodeType: string
  readonly chips: string
  readonly cores: string
  readonly instance: string
  readonly vmTrain?: boolean
  readonly packageRatio?: boolean
  readonly accelerator?: boolean
  readonly vocabulary: string
  readonly hosts: string
  readonly vms?: string
  readonly vcpus?: string
}

/** Samples of a series at most: 20 years by the minute. */
const mostSamples = 10_000_000
const mostMachines = 10_000

/** `kepler-model simulate`: a Prometheus response, or a Kepler exporter, of a simulated node. */
export function simulateCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'simulate',
    group: 'train',
    summary: 'write the Prometheus response of a simulated node, or run its Kepler exporter',
    description:
      'Simulates a node whose true watts are known. Writes a Prometheus response as `query` saves it (compressed where the name ends in .gz), or with --serve answers scrapes on a port until it is stopped. The same seed gives the same response. With --vms, hosts with virtual machines instead: the Kepler 0.10 of each host, and a node_exporter on each machine.',
    examples: [
      ['kepler-model simulate -o mixed.json --scenario mixed --duration 900', 'fifteen minutes of mixed work'],
      ['kepler-model simulate -o idle.json.gz --scenario idle --truth idle-truth.json', 'with the true watts'],
      ['kepler-model simulate -o new.json --vocabulary kepler-0.10', 'the metrics of Kepler 0.10 and later'],
      ['kepler-model simulate --serve 9102 --scenario bursty', 'a Kepler for a Prometheus to scrape'],
      ['kepler-model simulate -o fleet.json --hosts 2 --vms 4 --duration 1800', 'virtual machines, and their hosts'],
    ],
  })
    .option('-o, --output <file>', 'file to write the response to')
    .option('--truth <file>', 'file to write the true watts to, per sample and container')
    .option(
      '--serve <port>',
      'run an exporter on this port: /metrics, /truth, and /curve to change the power curve; of virtual machines /targets (for http_sd_configs) and /truth',
    )
    .option('--host <address>', 'address to serve on', '127.0.0.1')
    .option(
      '--scenario <name>',
      `what runs: ${scenarioNames.join(', ')} (default: mixed); in virtual machines ${fleetScenarioNames.join(', ')} (default: services)`,
    )
    .option('--hosts <number>', 'hosts of virtual machines', '1')
    .option('--vms <number>', 'virtual machines on each host')
    .option('--vcpus <number>', 'processors of each of them (default: together half as many again as the host has)')
    .option('--seed <number>', 'seed of all random numbers', '0')
    .option('--duration <seconds>', 'how long the response is', '600')
    .option('--step <seconds>', 'time between samples', '3')
    .option('--start-time <seconds>', 'Unix time of the first sample', '1700000000')
    .option('--node-type <number>', 'node type that the node says it is of', '0')
    .option('--chips <number>', 'sockets', String(defaultMachine.spec.chips))
    .option('--cores <number>', 'cores of all sockets', String(defaultMachine.spec.cores))
    .option('--instance <name>', 'name of the node', defaultMachine.instance)
    .option('--vm-train', 'metrics of the processes of a virtual machine instead of containers')
    .option('--package-ratio', 'also how the usage of containers is spread over the packages')
    .option('--accelerator', 'also the gauge of an accelerator card')
    .addOption(
      new Option('--vocabulary <name>', 'what metrics are called: the version of Kepler')
        .choices(vocabularies.map(({ name }) => name))
        .default(vocabularies[0]?.name),
    )
  addSettingOptions(command, settings)
  return command.action(async (options: SimulateOptions) => {
    const simulated = options.vms === undefined ? nodeOf(options, command) : fleetOf(options, options.vms, command)
    if (options.serve !== undefined) return serve(options, simulated, io)
    if (options.output === undefined) {
      throw new ModelError('INVALID_CONFIG', 'say where to: --output FILE, or --serve PORT', { field: '--output' })
    }
    const { DATAPATH } = io.loadConfig(settingOverrides(command, settings))
    const output = outputFile(DATAPATH, options.output, '.json')
    await writeResponse(output, simulated.response(), io.signal)
    writeLines(io.stdout, [`wrote ${output}`])
    if (options.truth === undefined) return
    const truth = outputFile(DATAPATH, options.truth, '.json')
    await writeResponse(truth, simulated.truth(), io.signal)
    writeLines(io.stdout, [`wrote ${truth}`])
  })
}

/** What is simulated, as files and as a server. */
interface Simulated {
  readonly name: string
  /** What to open first when it is served. */
  readonly route: string
  response(): Iterable<string>
  truth(): Iterable<string>
  start(port: number): Promise<{ readonly port: number; close(): Promise<void> }>
}

function nodeOf(options: SimulateOptions, command: Command): Simulated {
  const unused = ['hosts', 'vcpus'].find((name) => command.getOptionValueSource(name) === 'cli')
  if (unused !== undefined) throw unusedOption(unused, 'without --vms')
  const simulation: ResponseOptions = {
    ...timesOf(options),
    scenario: scenarioNamed(options.scenario ?? 'mixed'),
    machine: machineOf(options),
    vm: options.vmTrain ?? false,
    packageRatio: options.packageRatio ?? false,
    accelerator: options.accelerator ?? false,
    vocabulary: shownVocabulary(options),
  }
  return {
    name: simulation.scenario.name,
    route: 'metrics',
    response: () => responseChunks(simulation),
    truth: () => truthChunks(simulation, energyComponents),
    start: (port) => startExporter({ ...simulation, port, host: options.host, clock: Date.now }),
  }
}

/** Options of a single node that hosts of virtual machines have no use for. */
const nodeOptions = ['vmTrain', 'packageRatio', 'accelerator', 'vocabulary', 'nodeType', 'instance']

function fleetOf(options: SimulateOptions, vms: string, command: Command): Simulated {
  const unused = nodeOptions.find((name) => command.getOptionValueSource(name) === 'cli')
  if (unused !== undefined) throw unusedOption(unused, 'with --vms')
  const { cores } = machineOf(options).spec
  const fleet: FleetResponseOptions = {
    ...timesOf(options),
    scenario: fleetScenarioNamed(options.scenario ?? 'services'),
    machine: machineOf(options),
    hosts: wholeOption('--hosts', options.hosts, 1, mostMachines),
    vms: wholeOption('--vms', vms, 1, mostMachines),
    ...(options.vcpus !== undefined && { vcpus: wholeOption('--vcpus', options.vcpus, 1, cores) }),
  }
  if (fleet.hosts * fleet.vms > mostMachines) {
    throw new ModelError('INVALID_CONFIG', `--hosts times --vms is more than ${mostMachines}`, { field: '--vms' })
  }
  return {
    name: fleet.scenario.name,
    route: 'targets',
    response: () => fleetResponseChunks(fleet),
    truth: () => sampleChunks(fleetZoneNames, fleetTruth(fleet)),
    start: (port) => startFleetExporter({ ...fleet, port, host: options.host, clock: Date.now }),
  }
}

function unusedOption(name: string, why: string): ModelError {
  const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return new ModelError('INVALID_CONFIG', `${option} has no meaning ${why}`, { field: option })
}

function timesOf(options: SimulateOptions) {
  const duration = numberOption('--duration', options.duration, 1, 1e9)
  const step = numberOption('--step', options.step, 0.01, 86_400)
  if (duration / step > mostSamples) {
    throw new ModelError('INVALID_CONFIG', `--duration by --step makes more than ${mostSamples} samples a series`)
  }
  const seed = wholeOption('--seed', options.seed, 0, 1e9)
  return { seed, duration, step, start: numberOption('--start-time', options.startTime, 0, 1e11) }
}

function machineOf(options: SimulateOptions): SimulatedMachine {
  return {
    ...defaultMachine,
    instance: options.instance,
    nodeType: wholeOption('--node-type', options.nodeType, 0, 1e9),
    spec: {
      ...defaultMachine.spec,
      chips: wholeOption('--chips', options.chips, 1, 64),
      cores: wholeOption('--cores', options.cores, 1, 65_536),
    },
  }
}

function shownVocabulary({ vocabulary: name, packageRatio, accelerator }: SimulateOptions): MetricVocabulary {
  const vocabulary = vocabularyNamed(name)
  const lacks =
    packageRatio && vocabulary.packageRatio === undefined
      ? '--package-ratio'
      : accelerator && vocabulary.nodeGauge('accelerator_intel_qat') === undefined
        ? '--accelerator'
        : undefined
  if (lacks === undefined) return vocabulary
  throw new ModelError('INVALID_CONFIG', `${lacks}: ${vocabulary.title} has no such metric`, { field: lacks })
}

async function serve(options: SimulateOptions, simulated: Simulated, { stderr, signal }: CliIo): Promise<void> {
  const port = wholeOption('--serve', options.serve ?? '', 0, 65_535)
  const exporter = await simulated.start(port)
  writeLines(stderr, [`scenario ${simulated.name}: http://${options.host}:${exporter.port}/${simulated.route}`])
  try {
    // It serves until a signal stops it, which is its normal end.
    await untilAborted(signal)
  } finally {
    await exporter.close()
  }
}

/** Compressed where the name ends in `.gz`. */
async function writeResponse(path: string, chunks: Iterable<string>, signal: AbortSignal): Promise<void> {
  await writeFileAtomic(path, path.endsWith('.gz') ? compressed(chunks) : chunks, { signal })
}

function compressed(chunks: Iterable<string>): AsyncIterable<Uint8Array> {
  // The error reaches the reader of the stream; the callback only keeps it from being thrown a second time.
  return pipeline(Readable.from(chunks), createGzip(), () => {})
}

function numberOption(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most) return value
  throw new ModelError('INVALID_CONFIG', `${name} is a number from ${least} to ${most}, got ${quote(text)}`, {
    field: name,
  })
}

function wholeOption(name: string, text: string, least: number, most: number): number {
  const value = numberOption(name, text, least, most)
  if (Number.isInteger(value)) return value
  throw new ModelError('INVALID_CONFIG', `${name} is a whole number, got ${quote(text)}`, { field: name })
}
