import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { failureOf, runCli } from '../../../test/support/cli.js'
import { writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

const usage = 'bpf_cpu_time_ms'

describe('what is trained', () => {
  const folder = temporaryFolder()
  const run = (...args: string[]) => runCli(keplerModelProgram, [...args, '--data-path', folder])
  const quick = ['--threads', '0', '--fast', '--trainers', 'LinearRegressionTrainer', '--isolator', 'min']
  const train = async (name: string, ...args: string[]) => {
    const { code, stdout, stderr } = await run('train', '-p', name, ...quick, ...args, '--json')
    assert.equal(code, 0, stderr)
    const { models } = JSON.parse(stdout) as { models: readonly { path: string }[] }
    return { paths: models.map(({ path }) => path.replace(/\/[^/]+$/, '')), stderr, models }
  }
  const json = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'))

  before(async () => {
    for (const [name, ...args] of [['a'], ['b', '--seed', '1', '--instance', 'node-2']]) {
      const { code, stderr } = await run('simulate', '-o', name ?? '', '--duration', '90', ...args)
      assert.equal(code, 0, stderr)
    }
    // Two machines in one response.
    const [a, b] = [json('a.json'), json('b.json')]
    const both = Object.fromEntries(Object.keys(a).map((metric) => [metric, [...a[metric], ...b[metric]]]))
    writeFileSync(join(folder, 'both.json'), JSON.stringify(both))
    writeFileSync(join(folder, 'poor.json'), '{"kepler_node_info": [{"metric": {}, "values": [[1, "1"]]}]}')
  })

  it('is every source and output unless options say otherwise, each once', async () => {
    const all = await train('all', '-i', 'a', '--feature-group', 'BPFOnly')
    assert.deepEqual(all.paths.toSorted(), [
      ...[
        'acpi/AbsPower/BPFOnly',
        'acpi/DynPower/BPFOnly',
        'rapl-sysfs/AbsPower/BPFOnly',
        'rapl-sysfs/DynPower/BPFOnly',
      ],
    ])
    const named = await train(
      'named',
      '-i',
      'a',
      '-e',
      'acpi,acpi',
      '--output-type',
      'AbsPower',
      '--feature-group',
      'Basic, BPFOnly',
    )
    assert.deepEqual(named.paths.toSorted(), ['acpi/AbsPower/BPFOnly', 'acpi/AbsPower/Basic'])
  })

  it('has trainers of its own for each output', async () => {
    const args = ['-i', 'a', '-e', 'acpi', '--feature-group', 'BPFOnly', '--dyn-trainers', 'SGDRegressorTrainer']
    const { models } = await train('own', ...args)
    assert.deepEqual(models.map(({ path }) => path).toSorted(), [
      ...['acpi/AbsPower/BPFOnly/LinearRegressionTrainer_0', 'acpi/DynPower/BPFOnly/SGDRegressorTrainer_0'],
    ])
    const abs = await train(
      'abs',
      ...args.slice(0, 6),
      '--abs-trainers',
      'SGDRegressorTrainer',
      '--output-type',
      'AbsPower',
    )
    assert.equal(abs.models[0]?.path, 'acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0')
  })

  it('is one machine, a named one, or all; those are workloads of their own', async () => {
    const rows = async (name: string, ...args: string[]) => {
      const { models, stderr } = await train(
        name,
        '-i',
        'both',
        '-e',
        'acpi',
        '--output-type',
        'AbsPower',
        '--feature-group',
        'BPFOnly',
        ...args,
      )
      return { rows: (models[0] as { rows?: number } | undefined)?.rows, stderr }
    }
    const one = await rows('one')
    assert.equal(one.rows, 30)
    assert.match(one.stderr, /^warning: .*other exporter/m)
    assert.equal((await rows('second', '--instance', 'node-2')).rows, 30)
    const all = await rows('machines', '--all-machines')
    assert.equal(all.rows, 60)
    assert.doesNotMatch(all.stderr, /other exporter/)
    const conflict = await run('train', '-i', 'both', '--all-machines', '--instance', 'node-2')
    assert.equal(conflict.code, 2)
    assert.match(conflict.stderr, /'--all-machines' cannot be used with option '--instance <name>'/)
  })

  it('is measured by a meter that is named, and says so', async () => {
    const text = readFileSync(join(folder, 'a.json'), 'utf8').replaceAll(
      'kepler_node_platform_joules_total',
      'pdu_joules',
    )
    writeFileSync(join(folder, 'pdu.json'), text)
    const meter = ['--power-metric', 'pdu_joules', '--power-unit', 'joules']
    const { paths, stderr } = await train(
      'pdu',
      '-i',
      'pdu',
      ...meter,
      '--feature-group',
      'BPFOnly',
      '--output-type',
      'AbsPower',
    )
    assert.deepEqual(paths, ['acpi/AbsPower/BPFOnly'])
    assert.match(stderr, /^acpi: measured by pdu_joules in joules$/m)
  })

  it('leaves out of several responses one that cannot be used, and names it', async () => {
    const args = ['-e', 'acpi', '--feature-group', 'BPFOnly', '--output-type', 'AbsPower']
    const { stderr, models } = await train('several', '-i', 'poor, a', ...args)
    assert.match(stderr, /^warning: \S+poor\.json: /m)
    assert.equal(models.length, 1)
    assert.match(json('several', 'train_arguments.json').input, /poor, a/)
    const { stdout } = await run('train', '-p', 'failed', '-i', 'poor,a', ...quick, ...args, '--json')
    assert.match(JSON.parse(stdout).failures[0].what, /poor\.json$/)
    const none = await run('train', '-p', 'none', '-i', 'poor,poor', ...quick, ...args)
    assert.equal(none.code, 1)
    assert.match(none.stderr, /^error: \S+poor\.json: /m)
    assert.ok(!existsSync(join(folder, 'none')))
    const alone = await run('train', '-p', 'none', '-i', 'poor', ...quick, ...args)
    assert.equal(alone.code, 1)
    assert.match(alone.stderr, /^error: no feature group is complete/m)
    // A wrong request is of all of them.
    const wrong = ['--all-machines', '--power-metric', 'pdu', '--power-unit', 'watts']
    assert.equal((await run('train', '-p', 'none', '-i', 'a,b', ...quick, ...wrong)).code, 2)
  })

  it('has the node type that is named, with the spec of the machine', async () => {
    const spec = { processor: 'p', cores: 8, chips: 1, memory: 16, frequency: 3000 }
    writeFiles(folder, { 'machine_spec/m.json': JSON.stringify(spec) })
    const args = ['-i', 'a', '-e', 'acpi', '--feature-group', 'BPFOnly', '--output-type', 'AbsPower']
    const { models } = await train('typed', ...args, '--node-type', '5', '--id', 'm')
    assert.match(models[0]?.path ?? '', /_5$/)
    assert.deepEqual(json('typed', 'node_type_index.json'), { '5': { attrs: spec, members: ['m'] } })
    const untyped = await train('untyped', ...args, '--node-type', '6')
    assert.match(untyped.models[0]?.path ?? '', /_6$/)
  })

  it('is refused where an option is wrong, and nothing is written', async () => {
    const before = readdirSync(folder)
    for (const [args, field, message] of [
      [['--feature-group', 'Beauty'], 'feature-group', /unknown feature group "Beauty"/],
      [['-e', '../x'], 'energy-source', /"..\/x" is no name/],
      [['--isolator', 'best'], undefined, /unknown isolator "best"/],
      [['--abs-trainers', 'Magic'], 'abs-trainers', /unknown trainer "Magic"/],
      [['--node-type', 'x'], 'node-type', /node type "x"/],
      [['--thirdparty-metrics', 'a,a'], 'thirdparty-metrics', /a is given twice/],
      [['--seed', 'x'], 'seed', /"x" is no whole number/],
      [['--vocabulary', 'kepler-0.10'], undefined, /Kepler 0\.10 and later has/],
    ] as const) {
      const failure = await failureOf(keplerModelProgram, [
        'train',
        '-i',
        'a,b',
        '--data-path',
        folder,
        '-p',
        'wrong',
        ...args,
      ])
      const { field: named, message: said } = failure as { field?: string; message?: string }
      assert.match(said ?? '', message)
      if (field !== undefined) assert.equal(named, field)
    }
    assert.deepEqual(readdirSync(folder), before)
  })

  it('is of sources that have an isolator; one that has none is named', async () => {
    assert.equal((await run('profile', '-i', 'a', '-o', 'idle')).code, 0)
    const { power, ...profile } = json('idle.json')
    const { acpi } = power
    writeFileSync(join(folder, 'acpi.json'), JSON.stringify({ ...profile, power: { acpi } }))
    const args = [
      '-i',
      'a',
      '--feature-group',
      'BPFOnly',
      '--isolator',
      'trainer',
      '--abs-pipeline-name',
      join(folder, 'all'),
    ]
    const { paths } = await train('isolated', ...args)
    assert.ok(paths.includes('acpi/DynPower/BPFOnly'))
    const gone = await run(
      'train',
      '-p',
      'x',
      ...quick,
      '-i',
      'a',
      '--isolator',
      'trainer',
      '--abs-pipeline-name',
      join(folder, 'named'),
    )
    // It has models of acpi only.
    assert.equal(gone.code, 0, gone.stderr)
    assert.match(gone.stderr, /^warning: .*rapl-sysfs/m)
  })

  describe('from a dataset', () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${3 * i},${100 * (i % 7)},${i % 3},${20 + (i % 7)},0`)
    before(() =>
      writeFiles(folder, {
        'rows.csv': `timestamp,${usage},bpf_page_cache_hit,platform_power,node_type\n${rows.join('\n')}\n`,
      }),
    )
    const fromData = (...args: string[]) =>
      run(
        'train_from_data',
        '-i',
        'rows',
        '-e',
        'acpi',
        '--threads',
        '0',
        '--fast',
        '--trainers',
        'LinearRegressionTrainer',
        ...args,
      )

    it('learns what the options say it is, and keeps the data', async () => {
      const { code, stdout, stderr } = await fromData('-p', 'data', '--json')
      assert.equal(code, 0, stderr)
      const [{ path, mae, features, rows: count }] = JSON.parse(stdout).models
      assert.deepEqual(
        [path, features, count],
        ['acpi/AbsPower/BPFOnly/LinearRegressionTrainer_0', [usage, 'bpf_page_cache_hit'], 30],
      )
      assert.ok(mae < 1e-6, 'the watts are a line')
      assert.deepEqual(readdirSync(join(folder, 'data', 'preprocessed_data')), ['preprocess_abs_data_acpi_BPFOnly.csv'])
      const dynamic = await fromData('-p', 'dyn', '--output-type', 'DynPower', '--node-type', '4', '--json')
      assert.equal(JSON.parse(dynamic.stdout).models[0].path, 'acpi/DynPower/BPFOnly/LinearRegressionTrainer_4')
      assert.ok(existsSync(join(folder, 'dyn', 'preprocessed_data', 'preprocess_dyn_data_acpi_BPFOnly.csv')))
    })

    it('learns from further features by their own names, and of a known machine', async () => {
      const third = ['--feature-group', 'ThirdParty', '--thirdparty-metrics', usage]
      const { stdout } = await fromData('-p', 'third', ...third, '--id', 'm', '--json')
      const [{ path, features }] = JSON.parse(stdout).models
      assert.deepEqual([path, features], ['acpi/AbsPower/ThirdParty/LinearRegressionTrainer_0', [usage]])
      assert.deepEqual(json('third', 'node_type_index.json')['0'].members, ['m'])
    })

    it('names the columns that are missing', async () => {
      const args = ['train_from_data', '-i', 'rows', '-e', 'acpi', '--data-path', folder, '--feature-group']
      const failure = async (...more: string[]) => {
        const { code, field, message } = (await failureOf(keplerModelProgram, [...args, ...more])) as {
          code?: string
          field?: string
          message?: string
        }
        return [code, field, message]
      }
      const there = `it has ${usage}, bpf_page_cache_hit`
      assert.deepEqual(await failure('BPFIRQ'), [
        ...['INVALID_DATA', 'feature-group'],
        `the dataset lacks bpf_block_irq, bpf_net_rx_irq, bpf_net_tx_irq; ${there}`,
      ])
      assert.deepEqual(await failure('ThirdParty'), [
        'INVALID_DATA',
        'feature-group',
        `the dataset lacks features; ${there}`,
      ])
      assert.match((await fromData('--feature-group', 'X')).stderr, /Allowed choices are/)
    })
  })
})
