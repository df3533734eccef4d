import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { failureOf, runCli } from '../../../test/support/cli.js'
import { bpf, type FixtureModel, pipelineFiles, writeFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

const models: readonly FixtureModel[] = [
  { name: 'A_10', mae: 2, metadata: { mape: 1 } },
  { name: 'A_2', mae: 3, metadata: { mape: undefined } },
  { name: 'B_1', mae: 1, metadata: { mape: 7, package_mae: 0.5 }, weights: true },
  { name: 'C_0', folder: 'acpi/DynPower/CounterOnly', mae: 1, features: ['cpu_cycles'] },
]

describe('the models of a pipeline', () => {
  const folder = temporaryFolder()
  const damaged = { 'rapl-sysfs/AbsPower/BPFOnly/Damaged_1.zip': 'no zip' }
  writeFiles(folder, {
    'std.zip': zipOf(pipelineFiles(models)),
    'damaged.zip': zipOf({ ...pipelineFiles(models), ...damaged }),
    'empty.zip': zipOf(pipelineFiles([])),
  })
  const environment = { MODEL_PATH: folder }
  const run = (args: readonly string[], columns?: number) =>
    runCli(keplerModelProgram, ['models', ...args], { environment, ...(columns === undefined ? {} : { columns }) })
  const json = async (...args: string[]) => JSON.parse((await run([...args, '--json'])).stdout)
  const names = async (...args: string[]) =>
    (await json(...args)).models.map(({ model_name: name }: { model_name: string }) => name)

  it('are a table, the least MAE first, of equal ones by name', async () => {
    const { stdout, stderr } = await run(['std'])
    assert.deepEqual(stdout.split('\n'), [
      'MODEL\tSOURCE\tOUTPUT\tGROUP\tPROCESSOR\tCORES\tMAE\tMAPE\tWEIGHTS',
      'B_1\trapl-sysfs\tAbsPower\tBPFOnly\tmedium\t16\t1.00\t7.00\tyes',
      'C_0\tacpi\tDynPower\tCounterOnly\tsmall\t8\t1.00\t1.00\t',
      'A_10\trapl-sysfs\tAbsPower\tBPFOnly\tlarge\t96\t2.00\t1.00\t',
      'A_2\trapl-sysfs\tAbsPower\tBPFOnly\t\t\t3.00\t\t',
      '',
    ])
    assert.equal(stderr, 'std: 4 models, 3 node types\n')
    assert.match((await run(['damaged'])).stderr, /^damaged: 4 models, 3 node types, 1 more cannot be read$/m)
  })

  it('are sorted by name with numbers in them, by node type, or by any error, those without it last', async () => {
    assert.deepEqual(await names('std', '--sort', 'name'), ['A_2', 'A_10', 'B_1', 'C_0'])
    assert.deepEqual(await names('std', '--sort', 'node-type'), ['C_0', 'B_1', 'A_2', 'A_10'])
    assert.deepEqual(await names('std', '--sort', 'mape'), ['A_10', 'C_0', 'B_1', 'A_2'])
    assert.deepEqual(await names('std', '--sort', 'package_mae'), ['B_1', 'A_2', 'A_10', 'C_0'])
  })

  it('are those that are wanted', async () => {
    assert.deepEqual(await names('std', '--source', 'acpi'), ['C_0'])
    assert.deepEqual(await names('std', '--source', 'rapl', '--node-type', '2'), ['A_2'])
    assert.deepEqual(await names('std', '--output-type', 'AbsPower', '--node-type', '1'), ['B_1'])
    assert.deepEqual(await names('std', '--feature-group', 'CounterOnly'), ['C_0'])
    assert.deepEqual(await names('std', '--node-type', '-1'), [])
  })

  it('are JSON for programs, with all that is known', async () => {
    const { pipeline, models: found } = await json('std', '--sort', 'name')
    assert.equal(pipeline, 'std')
    assert.deepEqual(found[2], {
      ...{ model_name: 'B_1', trainer: 'B', node_type: 1, source: 'rapl-sysfs', output_type: 'AbsPower' },
      ...{ feature_group: 'BPFOnly', features: bpf, weights: true, errors: { mae: 1, mape: 7, package_mae: 0.5 } },
      machine_spec: { processor: 'medium', cores: 16, chips: 1, memory: 32, frequency: 2500 },
    })
    assert.deepEqual([found[0].weights, 'machine_spec' in found[0]], [false, false])
  })

  it('are explained', async () => {
    const { stdout } = await run(['std', '--why', '--source', 'rapl'])
    const [header, ...rows] = stdout.trim().split('\n')
    assert.equal(header, 'SOURCE\tOUTPUT\tGROUP\tRANK\tMODEL\tWHY')
    assert.deepEqual(
      rows.map((row) => row.split('\t').slice(0, 5)),
      ['B_1', 'A_10', 'A_2'].map((name) => ['rapl-sysfs', 'AbsPower', 'BPFOnly', '1', name]),
    )
    const { models: explained } = await json('std', '--why')
    assert.deepEqual([explained[0].rank, explained[0].model_name], [1, 'B_1'])
    assert.match(explained[0].why, /^chosen/)
    assert.equal(explained.length, 4)
    assert.doesNotMatch((await run(['std', '--why'], 75)).stdout, /…/)
    assert.match(
      (await run(['std', '--why'], 120)).stdout,
      /^SOURCE .* RANK {2}MODEL .*\n[─ ]+\nrapl-sysfs .* {5}1 {2}B_1/m,
    )
  })

  it('of an empty pipeline are none, however they would be sorted', async () => {
    const { code, stderr } = await run(['empty', '--sort', 'beauty'])
    assert.deepEqual([code, stderr], [0, 'empty: 0 models, 3 node types\n'])
    const refused = await run(['empty', '--source', 'acpi'])
    assert.match(refused.stderr, /--source "acpi": it has models of none/)
  })

  it('are not looked for by what is no such name', async () => {
    for (const [option = '', value = '', said = ''] of [
      ['--source', 'coal', 'it has models of acpi, rapl-sysfs|it has models of rapl-sysfs, acpi'],
      ['--source', '../x', 'it has models of'],
      ['--output-type', 'x', 'AbsPower or DynPower'],
      ['--node-type', '1.5', 'a whole number'],
      ['--node-type', 'x', 'a whole number'],
      ['--sort', 'beauty', 'no model has such an error'],
    ]) {
      const failure = await failureOf(keplerModelProgram, ['models', 'std', option, value], { environment })
      const { code, field, message } = failure as { code?: string; field?: string; message?: string }
      assert.deepEqual([code, field], ['INVALID_CONFIG', option])
      assert.match(message ?? '', new RegExp(`^${option} "${value}": (${said})`))
    }
  })

  it('fit a terminal: numbers to the right, weights and processors left out first', async () => {
    assert.match(
      (await run(['std'], 120)).stdout,
      /^A_10 {3}rapl-sysfs {2}AbsPower {2}BPFOnly {6}large {9}96 {2}2\.00 {2}1\.00$/m,
    )
    assert.match((await run(['std'], 75)).stdout, /^\(not shown: WEIGHTS; /m)
    assert.match((await run(['std'], 65)).stdout, /^\(not shown: CORES, WEIGHTS; /m)
    assert.match((await run(['std', '--wide'], 65)).stdout, /WEIGHTS$/m)
  })
})

describe('kepler-model config', () => {
  it('lists every setting with value and origin, as table and JSON', async () => {
    const environment = { MODEL_SERVER_PORT: '9000' }
    const { code, stdout } = await runCli(keplerModelProgram, ['config'], { environment })
    assert.equal(code, 0)
    assert.match(stdout, /^SETTING\tVALUE\tFROM\n/)
    assert.match(stdout, /^MODEL_SERVER_PORT\t"?9000"?\tenvironment variable MODEL_SERVER_PORT$/m)
    const settings = JSON.parse((await runCli(keplerModelProgram, ['config', '--json'], { environment })).stdout)
    const port = settings.find(({ key }: { key: string }) => key === 'MODEL_SERVER_PORT')
    assert.match(port.origin, /^environment variable/)
    assert.equal(settings.length, stdout.trim().split('\n').length - 1)
  })

  it('fits a terminal, and is whole with --wide', async () => {
    const long = { MODEL_PATH: `/${'folder/'.repeat(10)}` }
    const lines = async (...args: string[]) =>
      (await runCli(keplerModelProgram, ['config', ...args], { environment: long, columns: 100 })).stdout.split('\n')
    const narrow = await lines()
    assert.ok(!narrow.some((line) => line.includes('folder/'.repeat(10)) || line.includes('…')))
    assert.ok((await lines('--wide')).some((line) => line.includes('folder/'.repeat(10))))
  })
})
