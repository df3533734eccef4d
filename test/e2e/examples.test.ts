import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { clientFor, wattsOf } from '../../examples/ask-estimator.js'
import { datasetsOf, meanWatts } from '../../examples/datasets.js'
import { exampleWatts } from '../../examples/predict.js'
import { simulateTo } from '../../examples/simulate.js'
import { onnxOf } from '../../examples/to-onnx.js'
import { judge, trainTo } from '../../examples/train.js'
import { trainRemotely } from '../../examples/train-remotely.js'
import { bufferSource } from '../../src/archive/zip/byte-source.js'
import { openZip } from '../../src/archive/zip/zip.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { responseChunks } from '../../src/simulate/write-response.js'
import { startNode, startProgram } from '../support/program.js'
import { messages, protobufFields } from '../support/protobuf.js'
import { temporaryFolder } from '../support/temporary-folder.js'

it('the example of the library gives watts', () => {
  const folder = new URL('../fixtures/archives/', import.meta.url)
  const powers = exampleWatts(readFileSync(new URL('GradientBoostingRegressorTrainer_0.zip', folder)))
  for (const watts of Object.values(powers)) {
    assert.equal(watts.length, 2)
    assert.ok(watts.every((value) => Number.isFinite(value) && value >= 0))
  }
  assert.ok(powers.package![1]! > powers.package![0]!, 'a busy node takes more than an idle one')
})

it('the example of ONNX writes a graph with an output a component', () => {
  const zip = readFileSync(new URL('../fixtures/archives/GradientBoostingRegressorTrainer_0.zip', import.meta.url))
  const bytes = Buffer.from(onnxOf(zip))
  const outputs = messages(bytes, 7, 12).map((output) => String(protobufFields(output)[0]?.value))
  assert.deepEqual(outputs, ['package', 'package_lower', 'package_upper'])
})

it('the example of a client of the offline trainer brings a pipeline, and says what went wrong', async () => {
  const folder = temporaryFolder()
  const response = join(folder, 'prom_response.json')
  writeFileSync(response, [...responseChunks({ scenario: scenarioNamed('mixed'), duration: 120 })].join(''))
  const args = ['--host', '127.0.0.1', '--port', '0', '--jobs-path', join(folder, 'jobs'), '--model-path', folder]
  const program = startProgram('offline-trainer', args, { OFFLINE_TRAINER_TOKEN: 'open' })
  try {
    const [, url = ''] = await program.waitFor(/"offline-trainer","url":"(http[^"]+)"/)
    const output = join(folder, 'mine.zip')
    const stages: string[] = []
    const training = { url, response, name: 'mine', output, token: 'open' }
    await trainRemotely({ ...training, onProgress: (stage) => stages.push(stage) })
    const { entries } = openZip(bufferSource(readFileSync(output)))
    assert.ok(entries.has('rapl-sysfs/AbsPower/Basic/SGDRegressorTrainer_0.zip'))
    assert.ok(stages.some((stage) => stage.startsWith('trained ')))

    await assert.rejects(trainRemotely({ ...training, token: 'closed' }), /401/)
    writeFileSync(response, '{"kepler_node_package_joules_total": {}}')
    await assert.rejects(trainRemotely(training), /prom_response: /)
  } finally {
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  }
})

it('the examples from a simulation to a pipeline agree with the truth', async () => {
  const folder = temporaryFolder()
  const [loaded, idle] = [join(folder, 'loaded.json'), join(folder, 'idle.json')]
  const truth = await simulateTo(loaded, { scenario: 'bursty', duration: 900 })
  const rest = await simulateTo(idle, { scenario: 'idle', duration: 300 })

  const { absolute, dynamic, notes } = await datasetsOf(loaded, idle)
  const package_ = meanWatts(absolute, 'package')
  assert.ok(Math.abs(package_ - truth.package!) < 0.02 * truth.package!, `${package_} W for ${truth.package} W`)
  const caused = meanWatts(dynamic, 'package')
  const workload = truth.package! - rest.package!
  assert.ok(Math.abs(caused - workload) < 0.1 * workload, `${caused} W for ${workload} W`)
  assert.ok(notes.length > 0)

  const judged = await judge(loaded)
  assert.equal(judged.length, 3)
  assert.ok(judged.every(({ mae }, i) => mae > 0 && mae >= (judged[i - 1]?.mae ?? 0)))
  assert.ok(judged[0]!.mae < 0.1 * truth.package!, `${judged[0]!.trainer} errs by ${judged[0]!.mae} W`)

  const archive = await trainTo(join(folder, 'mine'), loaded)
  const { powers, intervals } = archive.estimate(['bpf_cpu_time_ms', 'bpf_page_cache_hit'], [[2000, 300]])
  const [watts = 0] = powers.package ?? []
  assert.ok(watts > 0 && watts < truth.package!, 'a second of little work takes less than the mean')
  const { lower = [], upper = [] } = intervals.package ?? {}
  assert.ok(lower[0]! <= watts && watts <= upper[0]! && lower[0]! < upper[0]!, `${lower[0]} to ${upper[0]} W`)
})

it('the example of a client of the estimator gets watts over a socket and over HTTP alike', async () => {
  const socket = join(temporaryFolder(), 'estimator.sock')
  const args = ['serve', '--offline', '--port', '0', '--socket', socket, '--http', '0']
  const program = startProgram('kepler-model', args, { MODEL_PATH: temporaryFolder() })
  try {
    const [, url = ''] = await program.waitFor(/"program":"estimator","url":"(http[^"]+)"/)
    const busy = [[1500, 20] as const, [30, 800] as const]
    const answers = [await wattsOf(clientFor(socket), busy), await wattsOf(clientFor(url), busy)]
    for (const watts of answers) assert.ok(watts.length === 2 && watts.every((value) => value >= 0))
    answers[0]!.forEach((value, i) => void assert.ok(Math.abs(value - answers[1]![i]!) < 0.001))
  } finally {
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  }
})

it('an example that fails ends with a message, not with a stack', async () => {
  for (const [name, ...args] of [
    ['predict', '/nonexistent.zip'],
    ['datasets', '/nonexistent.json', '/nonexistent.json'],
    ['train', '/nonexistent.json', '/nonexistent/mine'],
    ['simulate', '/nonexistent/response.json'],
    ['ask-estimator', '/nonexistent.sock'],
    ['train-remotely', 'http://127.0.0.1:1', '/nonexistent.json', 'mine'],
  ] as const) {
    const program = startNode(name, ['--import', 'tsx', `examples/${name}.ts`, ...args])
    assert.equal(await program.ended, 1, name)
    assert.match(program.stderr(), /^[^\n]+\n$/, `${name}: ${program.stderr()}`)
  }
  for (const name of ['predict', 'datasets', 'train', 'train-remotely']) {
    const program = startNode(name, ['--import', 'tsx', `examples/${name}.ts`])
    assert.equal(await program.ended, 0, name)
    assert.match(program.stdout(), /^say /)
  }
})
