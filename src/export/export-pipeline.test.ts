import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  type Files,
  type FixtureModel,
  pipelineFiles,
  unpackedFiles,
  writeFiles,
} from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { pipelineAt } from '../registry/find-pipelines.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { type ExportOptions, exportPipeline } from './export-pipeline.js'

const group = 'rapl-sysfs/AbsPower/BPFOnly'
const model = (name: string, metadata: object = {}, more: Partial<FixtureModel> = {}): FixtureModel => ({
  name,
  metadata: { mae: 2, mape: 3, ...metadata },
  ...more,
})

/** A pipeline of these models on disk, opened; exports go to a folder of their own. */
async function fixture(files: Files, name = 'made-0.1') {
  const root = temporaryFolder()
  const folder = join(root, name)
  mkdirSync(folder)
  writeFiles(folder, files)
  const parent = join(root, 'models')
  const run = async (options: Partial<ExportOptions> = {}) => {
    const pipeline = await loadPipeline(pipelineAt(folder, name))
    return exportPipeline(pipeline, {
      parent,
      includeRaw: false,
      onlyForOriginal: false,
      url: 'https://host/models/v0.7/',
      clock: () => Date.UTC(2026, 0, 2, 3, 4, 5),
      ...options,
    })
  }
  return { run, folder, out: join(parent, 'v0.7') }
}

function tree(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]))
}

describe('export', () => {
  it('writes archives, weights, tables, node types, reports and pages', async () => {
    const { run, out } = await fixture({
      ...pipelineFiles([
        model('SGDRegressorTrainer_1', {}, { weights: true }),
        model('KNeighborsRegressorTrainer_1', { mae: 1 }),
        model('LinearRegressionTrainer_0', {}, { folder: 'acpi/DynPower/Basic' }),
      ]),
      'metadata.json': JSON.stringify({
        isolator: 'min',
        abs_trainers: ['A', 'A'],
        dyn_trainers: ['A'],
        last_update_time: '2026-01-01 00:00:00',
        own: 1,
      }),
      'train_arguments.json': '{"input": "/home/me"}',
      'preprocessed_data/abs.csv': 'id,timestamp\na,1700000003\na,1700000006\n',
    })
    const { models, leftOut } = await run({ publisher: 'me' })
    assert.deepEqual([models.length, leftOut], [3, []])
    const files = tree(out)
    assert.deepEqual(Object.keys(files), [
      '.doc/made-0.1.md',
      'README.md',
      'made-0.1.zip',
      'made-0.1/README.md',
      'made-0.1/acpi/DynPower/Basic/LinearRegressionTrainer_0.zip',
      'made-0.1/acpi_DynPower_model_metadata.csv',
      'made-0.1/error_report/node_type_0.md',
      'made-0.1/error_report/node_type_1.md',
      'made-0.1/error_report/node_type_10.md',
      'made-0.1/metadata.json',
      'made-0.1/node_type_index.json',
      `made-0.1/${group}/KNeighborsRegressorTrainer_1.zip`,
      `made-0.1/${group}/SGDRegressorTrainer_1.json`,
      `made-0.1/${group}/SGDRegressorTrainer_1.zip`,
      'made-0.1/rapl-sysfs_AbsPower_model_metadata.csv',
    ])
    assert.deepEqual(JSON.parse(files['made-0.1/metadata.json']!), {
      ...{
        isolator: 'min',
        abs_trainers: ['A', 'A'],
        dyn_trainers: ['A'],
        last_update_time: '2026-01-01 00:00:00',
        own: 1,
      },
      ...{ name: 'made-0.1', publisher: 'me', collect_time: '2023-11-14 22:13:23', export_time: '2026-01-02 03:04:05' },
    })
    const report = files['made-0.1/error_report/node_type_1.md']!
    const [local = '', sidecar = ''] = report.split('## With sidecar estimator')
    const url = `https://host/models/v0.7/made-0.1/${group}`
    assert.ok(local.includes(`| BPFOnly | SGDRegressorTrainer_1 | 2.00 | 3.0 | ${url}/SGDRegressorTrainer_1.json |`))
    assert.ok(
      sidecar.includes(
        `| BPFOnly | KNeighborsRegressorTrainer_1 | 1.00 | 3.0 | ${url}/KNeighborsRegressorTrainer_1.zip |`,
      ),
    )
    assert.ok(!report.includes('LinearRegressionTrainer_0'), 'a model of another node type')
    assert.match(
      files['made-0.1/README.md']!,
      /\| 10 \| large \| 96 \| 2 \| 384 \| 3500 \| 2 \| \[link\]\(\.\/error_report\/node_type_10\.md\) \|/,
    )
    assert.match(
      files['README.md']!,
      /^\[made-0\.1\]\(\.\/\.doc\/made-0\.1\.md\)\|2023-11-14 22:13:23\|2026-01-01 00:00:00\|\[me\]\(https:\/\/github\.com\/me\)\|\[link\]\(\.\/made-0\.1\)$/m,
    )
    assert.match(
      files['made-0.1/rapl-sysfs_AbsPower_model_metadata.csv']!,
      /^KNeighborsRegressorTrainer_1,.*,1,BPFOnly/m,
    )
  })

  it('shows its pictures in its README', async () => {
    const { run, out } = await fixture(pipelineFiles([model('ATrainer_1')]))
    await run({
      draw: async (models) =>
        ['errors', 'curves'].map((what) => ({
          file: `${what}.png`,
          heading: 'acpi (AbsPower)',
          content: `${models.length}`,
        })),
    })
    const { 'made-0.1/README.md': readme = '', ...files } = tree(out)
    assert.match(readme, /\n\n## acpi \(AbsPower\)\n\n!\[errors\]\(errors\.png\)\n\n!\[curves\]\(curves\.png\)\n$/)
    assert.equal(files['made-0.1/curves.png'], '1')
  })

  it('twice changes nothing but the time, and people keep what they wrote', async () => {
    const { run, out } = await fixture(pipelineFiles([model('SGDRegressorTrainer_1', {}, { weights: true })]))
    await run()
    const first = tree(out)
    await run()
    assert.deepEqual(tree(out), first)
    await run({ clock: () => Date.UTC(2027, 0, 1) })
    const changed = Object.entries(tree(out)).filter(([path, text]) => text !== first[path])
    assert.deepEqual(
      changed.map(([path]) => path),
      ['made-0.1.zip', 'made-0.1/metadata.json'],
    )

    const page = join(out, '.doc', 'made-0.1.md')
    writeFileSync(page, readFileSync(page, 'utf8').replace('To be described.', 'On my machine.'))
    writeFileSync(
      join(out, 'README.md'),
      `${readFileSync(join(out, 'README.md'), 'utf8')}[other](./.doc/other.md)|||||\n`,
    )
    await run({ collectTime: 'a | rainy day' })
    assert.match(readFileSync(page, 'utf8'), /On my machine\./)
    const lines = readFileSync(join(out, 'README.md'), 'utf8').trim().split('\n').slice(4)
    assert.deepEqual(lines, [
      '[made-0.1](./.doc/made-0.1.md)|a &#124; rainy day|||[link](./made-0.1)',
      '[other](./.doc/other.md)|||||',
    ])
  })

  it('replaces what was exported before: a model that is gone goes', async () => {
    const { run, folder, out } = await fixture(
      pipelineFiles([model('SGDRegressorTrainer_1'), model('SVRRegressorTrainer_1')]),
    )
    await run()
    writeFiles(folder, pipelineFiles([model('SVRRegressorTrainer_1', { mae: 50, mape: 50 })]))
    const { leftOut } = await run({ onlyForOriginal: true })
    assert.deepEqual(
      leftOut.map(({ model }) => model),
      [`${group}/SVRRegressorTrainer_1`],
    )
    assert.ok(!existsSync(join(out, 'made-0.1', group, 'SVRRegressorTrainer_1.zip')))
    assert.ok(existsSync(join(out, 'made-0.1', group, 'SGDRegressorTrainer_1.zip')))
  })

  it('takes models with an error of 10 W or 20 %, not above 100 of either, and none whose error is not known', async () => {
    const { run } = await fixture(
      pipelineFiles([
        model('ATrainer_1', { mae: 10, mape: 99 }),
        model('BTrainer_1', { mae: 99, mape: 20 }),
        model('CTrainer_1', { mae: 10.1, mape: 20.1 }),
        model('DTrainer_1', { mae: 1, mape: 100.1 }),
        model('ETrainer_1', { mae: 101, mape: 1 }),
        model('FTrainer_1', { mae: 50, mape: -1 }),
        model('GTrainer_1', { mae: 5, mape: -1 }),
        model('HTrainer_1', { mae: -1, mape: -1 }),
      ]),
    )
    const { models, leftOut } = await run()
    assert.deepEqual(
      models.map(({ name }) => name[0]),
      ['A', 'B', 'G'],
    )
    assert.deepEqual(
      leftOut.map(({ why }) => why),
      [
        'its MAE of 10.1 W is above 10, and its MAPE of 20.1 % above 20',
        'its MAPE of 100.1 % is above 100',
        'its MAE of 101 W is above 100',
        'its MAE of 50 W is above 10, and its MAPE is not known',
        'its error is not known',
      ],
    )
  })

  it('packs unpacked models, leaves damaged ones out, and with --original-only those that the original cannot load', async () => {
    const { run, out } = await fixture({
      ...pipelineFiles([model('ATrainer_1', { model_class: 'native' }), model('BTrainer_1')]),
      ...unpackedFiles(model('CTrainer_1', {}, { weights: true })),
      [`${group}/BTrainer_1.json`]: '{"package": 7}',
    })
    const { models, leftOut } = await run({ onlyForOriginal: true })
    assert.deepEqual(
      models.map(({ name }) => name),
      ['CTrainer_1'],
    )
    assert.match(leftOut[0]!.why, /the original's Python has no class for it/)
    assert.match(leftOut[1]!.why, /cannot be read: .*BTrainer_1\.json/)
    assert.ok(existsSync(join(out, 'made-0.1', group, 'CTrainer_1.json')))
    assert.deepEqual(
      (await run()).models.map(({ name }) => name),
      ['ATrainer_1', 'CTrainer_1'],
    )
  })

  it('says what is wrong before it writes, and leaves what is not its own', async () => {
    const { run, out } = await fixture(pipelineFiles([model('ATrainer_1')]))
    await assert.rejects(run({ name: '../up' }), { code: 'INVALID_REQUEST', field: 'pipeline-name' })
    await assert.rejects(run({ publisher: 'a](http://x' }), { code: 'INVALID_REQUEST', field: 'publisher' })
    mkdirSync(join(out, 'made-0.1'), { recursive: true })
    writeFileSync(join(out, 'made-0.1', 'thesis.tex'), 'years of work')
    await assert.rejects(run(), { code: 'INVALID_REQUEST', field: 'output', message: /is no pipeline, so/ })
    assert.deepEqual(Object.keys(tree(out)), ['made-0.1/thesis.tex'])
    const none = await fixture(pipelineFiles([model('ATrainer_1', { mae: 500 })]))
    await assert.rejects(none.run(), {
      code: 'INVALID_DATA',
      message: /has no model for the model database; .*MAE of 500 W/,
    })
    assert.ok(!existsSync(none.out))
  })

  it('that is stopped leaves what was there, and nothing half-written', async () => {
    const { run, folder, out } = await fixture(pipelineFiles([model('ATrainer_1'), model('BTrainer_1')]))
    await run()
    const before = tree(out)
    writeFiles(folder, pipelineFiles([model('CTrainer_1')]))
    for (const at of [1, 2, 3]) {
      const stop = new AbortController()
      const told: number[] = []
      const onProgress = (done: number) => {
        told.push(done)
        if (done === at) stop.abort()
      }
      await assert.rejects(run({ signal: stop.signal, onProgress }), { code: 'CANCELLED' })
      assert.equal(told.at(-1), at)
      assert.deepEqual(tree(out), before)
    }
    assert.deepEqual(readdirSync(out).sort(), ['.doc', 'README.md', 'made-0.1', 'made-0.1.zip'])
  })

  it('shows names of others as text', async () => {
    const index = { '0': { attrs: { processor: '<script>|\u202e[x](y)\nz', cores: 8 }, members: [] } }
    const { run, out } = await fixture(pipelineFiles([model('ATrainer_0')], index))
    await run({ collectTime: '<img src=x>' })
    for (const [path, text] of Object.entries(tree(out)).filter(([name]) => name.endsWith('.md'))) {
      assert.ok(!/<script|<img|\]\(y\)/.test(text), `${path}: ${text}`)
    }
  })
})
