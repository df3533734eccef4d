import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { parseModelRequest } from '../../selection/model-request.js'
import { openModelSelector } from '../../selection/open-model-selector.js'
import { keplerModelProgram } from '../program.js'

describe('training on the command line', () => {
  const folder = temporaryFolder()
  const run = (...args: string[]) => runCli(keplerModelProgram, [...args, '--data-path', folder])
  const quick = ['--threads', '0', '--fast', '--trainers', 'Linear,SGDRegressorTrainer']
  before(async () => {
    const simulated = await run(
      'simulate',
      '-o',
      'run',
      '--scenario',
      'bursty',
      '--duration',
      '300',
      '--node-type',
      '3',
    )
    assert.equal(simulated.code, 0, simulated.stderr)
  })

  it('train shows the best model of each source, output type and group', async () => {
    const { code, stdout, stderr } = await run('train', '-i', 'run', '-p', 'mine', '-fg', 'Basic', ...quick)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /rapl-sysfs\tAbsPower\tBasic\t\w+Trainer_3\t\d/)
    assert.match(stdout, /acpi\tDynPower\tBasic\t\w+Trainer_3\t\d/)
    assert.match(stderr, /8 models written/)
    assert.match(stderr, /8 of 8 models trained/)
    assert.ok(existsSync(join(folder, 'mine.zip')))
  })

  it('train makes models for guests from the power that their hosts measured, workloads left out', async () => {
    assert.equal((await run('simulate', '-o', 'fleet', '--vms', '4', '--vcpus', '4', '--duration', '200')).code, 0)
    const args = ['-fg', 'NodeOS', '--vm-train', '--all-machines', '-e', 'rapl-sysfs', '--threads', '0', '--json']
    const trained = await run('train', '-i', 'fleet', '-p', 'guests', ...args, '--trainers', 'LinearRegressionTrainer')
    assert.equal(trained.code, 0, trained.stderr)
    const [model] = JSON.parse(trained.stdout).models
    assert.equal(model.path, 'rapl-sysfs/AbsPower/NodeOS/LinearRegressionTrainer_0')
    // Of four guests each does other work, so that four workloads are left out in turn.
    assert.equal(model.left_out_workloads.folds, 4)
    assert.deepEqual(Object.keys(model.left_out_workloads.components), ['package', 'core', 'uncore', 'dram'])
    assert.doesNotMatch(trained.stderr, /other machine|other exporter/)
    const server = await openModelSelector({
      modelPath: temporaryFolder(),
      urls: [pathToFileURL(join(folder, 'guests.zip')).href],
      pollInterval: 0,
      preference: { defaults: {}, local: 'guests', preferLocal: true },
    })
    const found = server.findModel(
      parseModelRequest({ metrics: model.features, output_type: 'AbsPower', source: 'rapl-sysfs' }),
    )
    assert.match(JSON.stringify(found), /NodeOS/)
    server.close()
  })

  it('train prints JSON, ranked by what was asked for', async () => {
    const { stdout } = await run(
      ...['train', '-i', 'run', '-p', 'json', '-e', 'acpi', '-ot', 'AbsPower', '-fg', 'BPFOnly', '--json'],
      ...['--threads', '0', '--rank-by', 'cv', '--trainers', 'Linear,KNeighbors'],
    )
    const { best, models } = JSON.parse(stdout)
    assert.equal(models.length, 2)
    assert.equal(best[0].cv_mae, Math.min(...models.map((model: { cv_mae: number }) => model.cv_mae)))
    assert.ok(models[0].cross_validation.components.platform.interval_90 > 0)
    assert.deepEqual(Object.keys(models[0].feature_range), ['bpf_cpu_time_ms', 'bpf_page_cache_hit'])
  })

  it('train prints what a server then chooses, and why; so does models --why', async () => {
    const args = ['train', '-i', 'run', '-p', 'chosen', '-e', 'acpi', '--threads', '0', '--json']
    const { stdout } = await run(...args, '--trainers', 'Linear,KNeighbors,SGD,Logistic,Polynomial')
    const { best, rank_by } = JSON.parse(stdout)
    assert.equal(rank_by, 'held-out')
    const server = await openModelSelector({
      modelPath: temporaryFolder(),
      urls: [pathToFileURL(join(folder, 'chosen.zip')).href],
      pollInterval: 0,
      preference: { defaults: {}, local: 'chosen', preferLocal: true },
    })
    const listed = await runCli(keplerModelProgram, ['models', join(folder, 'chosen.zip'), '--why', '--json'])
    assert.equal(listed.code, 0, listed.stderr)
    const explained = JSON.parse(listed.stdout).models
    for (const { path, features, output_type, node_type, why, held_out_mae, held_out_se } of best) {
      const request = { metrics: features, output_type, source: 'acpi', node_type, pipeline_name: 'chosen' }
      // A request that measures more may be answered by another group; the filter keeps it in this one.
      const { selection } = server.findModel(
        parseModelRequest({ ...request, filter: `features:${features.join(',')}` }),
      )
      assert.ok(why.startsWith('chosen'), why)
      assert.ok(held_out_mae > 0 && held_out_se > 0)
      const { source, outputType, featureGroup, modelName } = selection
      if (path.split('/')[2] === featureGroup)
        assert.equal(`${source}/${outputType}/${featureGroup}/${modelName}`, path)
      const own = explained.find(
        (one: { feature_group: string; output_type: string; model_name: string }) =>
          `acpi/${one.output_type}/${one.feature_group}/${one.model_name}` === path,
      )
      assert.equal(own.rank, 1)
      assert.equal(own.why, why)
    }
    await server.close()
  })

  it('train says why a figure is missing, and which curve fits are the same models', async () => {
    const { stderr } = await run(
      ...['train', '-i', 'run', '-p', 'notes', '-e', 'acpi', '-ot', 'AbsPower', '--threads', '0', '--fast'],
      ...['--trainers', 'Logistic'],
    )
    assert.match(stderr, /- {2}HELD OUT, CV MAE: nothing was held out by time, because of --fast/)
    assert.match(stderr, /The curve fits of [\w, ]+ are the same models: a curve sees one column, bpf_cpu_time_ms/)
  })

  it('train warns of a model that overfits', async () => {
    assert.equal((await run('simulate', '-o', 'short', '--scenario', 'mixed', '--duration', '70')).code, 0)
    const { code, stderr } = await run(
      ...['train', '-i', 'short', '-p', 'overfitted', '-e', 'rapl-sysfs', '-ot', 'AbsPower', '-fg', 'BPFIRQ'],
      ...['--threads', '0', '--trainers', 'Polynomial'],
    )
    assert.equal(code, 0)
    assert.match(
      stderr,
      /warning: .*BPFIRQ\/PolynomialRegressionTrainer_0 overfits: MAE [\d.]+ W on its test rows, but \d{3,}/,
    )
    assert.match(stderr, /with other trainers/)
  })

  it("reads a raw answer of Prometheus's API like a saved response", async () => {
    type Saved = Record<string, { metric: object; values: unknown[] }[]>
    const saved: Saved = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
    const result = Object.entries(saved).flatMap(([name, series]) =>
      series.map(({ metric, values }) => ({ metric: { ...metric, __name__: name }, values })),
    )
    const raw = { status: 'success', data: { resultType: 'matrix', result } }
    writeFileSync(join(folder, 'raw.json'), JSON.stringify(raw))
    const train = ['-e', 'acpi', '-ot', 'AbsPower', '-fg', 'BPFOnly', '-p', 'raw', ...quick]
    const commands = [
      ['validate'],
      ['extract', '-fg', 'BPFOnly'],
      ['profile'],
      ['isolate', '-fg', 'BPFOnly', '--isolator', 'min'],
      ['train', ...train],
      ['estimate', '-p', 'raw'],
    ]
    for (const [command = '', ...args] of commands) {
      const ofSaved = await run(command, '-i', 'run', ...args, '--json')
      const ofRaw = await run(command, '-i', 'raw', ...args, '--json')
      assert.equal(ofRaw.code, 0, ofRaw.stderr)
      const answers = [ofSaved, ofRaw].map(({ stdout }) => stdout.replaceAll(/raw|run/g, 'x'))
      assert.equal(answers[1], answers[0], command)
    }
  })

  it('train takes the rows of several responses', async () => {
    const args = ['-p', 'both', '-e', 'acpi', '-ot', 'AbsPower', '-fg', 'BPFOnly', '--json', ...quick]
    const one = JSON.parse((await run('train', '-i', 'run', ...args)).stdout)
    assert.equal(
      (await run('simulate', '-o', 'idle', '--scenario', 'idle', '--duration', '120', '--node-type', '3')).code,
      0,
    )
    const both = JSON.parse((await run('train', '-i', 'run,idle', ...args)).stdout)
    assert.equal(both.models[0].rows, one.models[0].rows + 40)
    const missing = await run('train', '-i', 'run,nowhere', ...args)
    assert.equal(missing.code, 2)
    assert.match(missing.stderr, /there is no file "nowhere"/)
  })

  it('train refuses a folder that cannot be written before it trains', async () => {
    const args = ['train', '-i', join(folder, 'run'), '-e', 'acpi', '-ot', 'AbsPower', '-fg', 'BPFOnly', ...quick]
    const { code, stderr } = await runCli(keplerModelProgram, [...args, '--data-path', '/proc/foo'])
    assert.equal(code, 2)
    assert.match(stderr, /pipeline std_v0\.7\.11 cannot be written to \/proc\/foo: ENOENT/)
    assert.doesNotMatch(stderr, /models trained/)
  })

  it('train says when the machine of --id has no spec, and how to make it', async () => {
    const args = ['-p', 'unknown', '-e', 'acpi', '-ot', 'AbsPower', '-fg', 'BPFOnly', '--id', 'nobody']
    const { code, stderr } = await run('train', '-i', 'run', ...args, ...quick)
    assert.equal(code, 0)
    assert.match(stderr, /warning: there is no \S+nobody\.json[\s\S]*kepler-model spec --json > \S+nobody\.json/)
  })

  it('isolate takes the pipeline of the background by its path, as models and estimate do', async () => {
    const zip = join(folder, 'mine.zip')
    for (const named of [zip, 'mine']) {
      const isolate = await run(
        'isolate',
        '-i',
        'run',
        '-fg',
        'Basic',
        '--isolator',
        'trainer',
        '--abs-pipeline-name',
        named,
      )
      assert.equal(isolate.code, 0, isolate.stderr)
      assert.equal((await run('estimate', '-i', 'run', '-p', named)).code, 0)
    }
    const unknown = await run('isolate', '-i', 'run', '--isolator', 'trainer', '--abs-pipeline-name', 'gone')
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /there is no pipeline "gone"; looked for\n {2}\S+gone\n/)
  })

  it('train takes node type and spec from a machine id, and knows the machine again', async () => {
    mkdirSync(join(folder, 'machine_spec'))
    const spec = { processor: 'xeon', cores: 8, chips: 1, memory: 16, frequency: 3000 }
    for (const [id, expected] of [
      ['a', 0],
      ['b', 1],
      ['c', 0],
    ] as const) {
      writeFileSync(join(folder, 'machine_spec', `${id}.json`), JSON.stringify({ ...spec, cores: id === 'b' ? 16 : 8 }))
      const args = ['train', '-i', 'run', '-p', 'ids', '-e', 'acpi', '-ot', 'AbsPower', '-fg', 'BPFOnly', '--id', id]
      assert.match((await run(...args, ...quick)).stdout, new RegExp(`Trainer_${expected}\t`), id)
    }
    const index = JSON.parse(readFileSync(join(folder, 'ids', 'node_type_index.json'), 'utf8'))
    assert.deepEqual(Object.keys(index), ['0', '1'])
    assert.equal(index[1].attrs.cores, 16)
  })

  it('train_from_data trains from a dataset, by either spelling', async () => {
    assert.equal((await run('extract', '-i', 'run', '-e', 'acpi')).code, 0)
    for (const command of ['train_from_data', 'train-from-data']) {
      const { code, stdout, stderr } = await run(command, '-i', 'extracted_run', '-e', 'acpi', '-p', 'csv', ...quick)
      assert.equal(code, 0, stderr)
      assert.match(stdout, /acpi\tAbsPower\tBPFOnly\t\w+Trainer_3/)
    }
    const wrong = await run('train_from_data', '-i', 'extracted_run', '-e', 'acpi', '-fg', 'Basic', ...quick)
    assert.match(wrong.stderr, /lacks cache_miss, cpu_cycles, cpu_instructions; it has bpf_cpu_time_ms/)
  })

  it('estimate finds the pipeline that train wrote', async () => {
    await run('train', '-i', 'run', '-p', 'known', '-fg', 'Basic', ...quick)
    const { code, stdout, stderr } = await run('estimate', '-i', 'run', '-p', 'known', '-e', 'acpi', '--json')
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).models.length, 4)
  })

  it('names what is wrong', async () => {
    const refused = async (...args: string[]) => (await run(...args)).stderr
    assert.match(await refused('train', '-i', 'run', '-p', '../up'), /--pipeline-name: "\.\.\/up" is no name/)
    assert.match(
      await refused('train', '-i', 'run', '--trainers', 'Magic'),
      /unknown trainer "Magic"; there are Polynomial/,
    )
    assert.match(await refused('train', '-i', 'run', '-fg', 'AcceleratorOnly'), /no feature group is complete/)
    assert.match(await refused('train', '-i', 'run', '-e', 'redfish', ...quick), /no series of source redfish/)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('.')),
      [],
    )
  })
})
