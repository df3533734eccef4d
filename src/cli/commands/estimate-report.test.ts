import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { failureOf, recordedIo, runCli } from '../../../test/support/cli.js'
import { pipelineFiles, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { testArchive } from '../../../test/support/test-model.js'
import { chosenInput, measuredFile } from '../inputs/estimate-input.js'
import { keplerModelProgram } from '../program.js'

const usage = 'bpf_cpu_time_ms'
const platform = { components: ['platform'], features: [usage] } as const

describe('the report of kepler-model estimate', () => {
  const folder = temporaryFolder()
  const environment = { DATAPATH: folder }
  const run = (args: readonly string[], columns?: number) =>
    runCli(keplerModelProgram, ['estimate', '-p', 'mine', ...args], {
      environment,
      ...(columns === undefined ? {} : { columns }),
    })
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await run([...args, '--json'])
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }

  before(async () => {
    const model = (name: string, more: Parameters<typeof testArchive>[0] = {}) =>
      testArchive({ name, ...platform, ...more })
    writeFiles(join(folder, 'mine'), pipelineFiles([]))
    const acpi = join(folder, 'mine', 'acpi', 'AbsPower', 'BPFOnly')
    const rapl = join(folder, 'mine', 'rapl-sysfs', 'AbsPower', 'BPFOnly')
    for (const path of [acpi, rapl]) mkdirSync(path, { recursive: true })
    // 10 W and 2 W for each unit, and the same from 14 W; one that needs what was not measured; one of RAPL.
    writeFileSync(join(acpi, 'Late_0.zip'), await model('Late_0', { idle: 14 }))
    writeFileSync(join(acpi, 'Good_0.zip'), await model('Good_0'))
    writeFileSync(join(acpi, 'Good_1.zip'), await model('Good_1', { features: [usage, 'cache_miss'] }))
    writeFileSync(join(acpi, 'Other_1.zip'), await model('Other_1', { features: ['cache_miss', usage] }))
    writeFileSync(join(rapl, 'Good_0.zip'), await model('Good_0', { components: ['package', 'dram'] }))
    writeFileSync(join(folder, 'rows.csv'), `timestamp,${usage},platform_power,node_type\n1,5,20,0\n2,10,33,0\n`)
    const still = `timestamp,${usage},package_power,core_power,dram_power,node_type\n1,5,0,1,0,0\n2,10,0,1,0,0\n`
    writeFileSync(join(folder, 'extracted_still.csv'), still)
  })

  it('has the errors of each model, the least first, and says what was passed over', async () => {
    const { code, stdout, stderr } = await run(['-i', 'rows.csv', '-e', 'acpi'])
    assert.equal(code, 0, stderr)
    // |20 - 20| and |30 - 33|: MAE 1.5 W, MAPE 3 / 33 / 2; squares of 9 over 84.5.
    assert.deepEqual(stdout.split('\n'), [
      'MODEL\tSOURCE\tOUTPUT\tGROUP\tROWS\tMAE (W)\tMAPE (%)\tR²\tWORST',
      'Good_0\tacpi\tAbsPower\tBPFOnly\t2\t1.50\t4.55\t0.893\tplatform',
      'Late_0\tacpi\tAbsPower\tBPFOnly\t2\t2.50\t11.52\t0.799\tplatform',
      '',
    ])
    assert.deepEqual(stderr.trim().split('\n'), [
      'best: acpi/AbsPower/BPFOnly/Good_0: MAE 1.50 W',
      `not evaluated: 2 models: ${join(folder, 'rows.csv')} has no cache_miss`,
    ])
    const one = await run(['-i', 'rows.csv', '-e', 'acpi', '--model-name', 'Good'])
    assert.match(one.stderr, /^not evaluated: acpi\/AbsPower\/BPFOnly\/Good_1: .* has no cache_miss$/m)
  })

  it('is JSON for programs, with each component', async () => {
    const { models, skipped, files, ...of } = await json('-i', 'rows.csv', '-e', 'acpi')
    assert.deepEqual(of, { pipeline: 'mine', input: join(folder, 'rows.csv') })
    assert.deepEqual(files, [])
    assert.deepEqual(Object.values(skipped), [['acpi/AbsPower/BPFOnly/Good_1', 'acpi/AbsPower/BPFOnly/Other_1']])
    const { components, mape, ...good } = models[0]
    assert.deepEqual(good, {
      ...{ model_name: 'Good_0', source: 'acpi', output_type: 'AbsPower', feature_group: 'BPFOnly', node_type: 0 },
      ...{ rows: 2, mae: 1.5 },
    })
    assert.deepEqual(Object.keys(components.platform), ['mae', 'mape', 'rmse', 'r2'])
    assert.equal(components.platform.mape, mape)
    assert.ok(Math.abs(components.platform.rmse - Math.sqrt(4.5)) < 1e-9)
  })

  it('is of the worst component, and has no percentage of nothing', async () => {
    const { stdout } = await run(['-i', 'still'])
    // Package and DRAM are 20 and 30 W off.
    assert.match(stdout, /\nGood_0\trapl-sysfs\tAbsPower\tBPFOnly\t2\t25\.00\t-\t\S+\tpackage\n$/)
    const [{ mape, components }] = (await json('-i', 'still')).models
    assert.deepEqual([mape, Object.keys(components)], [-1, ['package', 'dram']])
  })

  it('has the predictions of the best in files, beside what was measured', async () => {
    const path = join(folder, 'best_acpi_AbsPower.csv')
    assert.deepEqual((await json('-i', 'rows.csv', '-e', 'acpi', '-o', 'best')).files, [path])
    assert.equal(readFileSync(path, 'utf8'), 'timestamp,platform_power,predicted_platform_power\n1,20,20\n2,33,30\n')
    const { stderr } = await run(['-i', 'rows.csv', '-e', 'acpi', '-o', join(folder, 'new', 'x.csv')])
    assert.ok(stderr.includes(`\nwritten to ${join(folder, 'new', 'x_acpi_AbsPower.csv')}\n`))
  })

  it('is of what the options choose', async () => {
    const names = async (...args: string[]) =>
      (await json('-i', 'rows.csv', '-e', 'acpi', ...args)).models.map((one: { model_name: string }) => one.model_name)
    assert.deepEqual(await names('--model-name', 'Late_0'), ['Late_0'])
    assert.deepEqual(await names('--node-type', '0', '--feature-group', 'BPFOnly', '-ot', 'AbsPower'), [
      'Good_0',
      'Late_0',
    ])
  })

  it('fails where nothing is left, and says why', async () => {
    const none = await run(['-i', 'rows.csv', '-e', 'acpi', '--node-type', '1'])
    assert.equal(none.code, 1)
    assert.match(
      none.stderr,
      /no model could be evaluated: acpi\/AbsPower\/BPFOnly\/Good_1: \S+rows\.csv has no cache_miss/,
    )
    for (const args of [
      ['--node-type', '7'],
      ['--feature-group', 'Basic'],
      ['--model-name', 'Goo'],
      ['-ot', 'DynPower'],
    ]) {
      const missing = await run(['-i', 'rows.csv', '-e', 'acpi', ...args])
      assert.deepEqual([missing.code, missing.stdout], [1, ''], args.join(' '))
      assert.match(missing.stderr, /pipeline "mine" has no such model/)
    }
    const failure = await failureOf(
      keplerModelProgram,
      ['estimate', '-p', 'mine', '-i', 'rows.csv', '--node-type', 'x'],
      { environment },
    )
    assert.equal((failure as { field?: string }).field, 'node-type')
    const stopped = { environment, signal: AbortSignal.abort('SIGINT') }
    assert.equal(
      (await runCli(keplerModelProgram, ['estimate', '-p', 'mine', '-i', 'rows.csv', '-e', 'acpi'], stopped)).code,
      130,
    )
  })

  it('fits a terminal: numbers to the right, the worst component left out first', async () => {
    const wide = await run(['-i', 'rows.csv', '-e', 'acpi'], 120)
    assert.match(wide.stdout, /^Good_0 {2}acpi {4}AbsPower {2}BPFOnly {5}2 {5}1\.50 {6}4\.55 {2}0\.893 {2}platform$/m)
    const narrow = ['-i', 'rows.csv', '-e', 'acpi']
    assert.match((await run(narrow, 30)).stdout, /^\(not shown: .*R².*; --wide shows them\)$/m)
    assert.doesNotMatch((await run([...narrow, '--wide'], 30)).stdout, /not shown/)
  })
})

describe('measurements to estimate', () => {
  const folder = temporaryFolder()
  const { io, written } = recordedIo()
  const config = io.loadConfig({ DATAPATH: folder })
  const choice = { isolator: 'min', extractor: 'default' } as const

  before(async () => {
    const args = ['simulate', '-o', 'run', '--duration', '60', '--data-path', folder]
    assert.equal((await runCli(keplerModelProgram, args)).code, 0)
    writeFiles(folder, { 'x.csv': '', 'extracted_y.csv': '', 'z.json': '{}', 'extracted_z.csv': '', 'p.json.gz': '' })
  })

  it('are a response, else an extracted dataset, else a dataset of that name', () => {
    const found = (name: string) => measuredFile(folder, name).slice(folder.length + 1)
    assert.deepEqual(['x', 'y', 'z', 'p', 'x.csv', 'z.json', 'p.json.gz', 'extracted_z.csv'].map(found), [
      ...['x.csv', 'extracted_y.csv', 'z.json', 'p.json.gz', 'x.csv', 'z.json', 'p.json.gz', 'extracted_z.csv'],
    ])
    assert.throws(() => measuredFile(folder, 'none'), { code: 'INVALID_REQUEST', field: 'input' })
    assert.throws(() => measuredFile(folder, 'y.json'), { code: 'INVALID_REQUEST' })
  })

  it('of a response are made once for each features, source and output', async () => {
    const input = await chosenInput(io, config, choice, 'run')
    assert.equal(input.meaning, undefined)
    const node = await input.dataset([usage], 'acpi', 'AbsPower')
    assert.equal(await input.dataset([usage], 'acpi', 'AbsPower'), node)
    const dynamic = await input.dataset([usage], 'acpi', 'DynPower')
    const other = await input.dataset([usage, 'cpu_cycles'], 'rapl-sysfs', 'AbsPower')
    assert.deepEqual([node.source, node.outputType, node.rows], ['acpi', 'AbsPower', 20])
    assert.equal(Math.min(...(dynamic.powers[0]?.values ?? [])), 0)
    assert.deepEqual([other.source, other.features.map(({ name }) => name)], ['rapl-sysfs', [usage, 'cpu_cycles']])
    assert.ok(input.findings().every(({ kind }) => kind === 'never idle'))
    assert.equal(written.stderr, '')
    const thirdParty = input.dataset(['mine_total'], 'acpi', 'AbsPower')
    await assert.rejects(thirdParty, { code: 'INVALID_DATA', message: /mine_total/ })
  })

  it('of a dataset are of one source and output, as the options say', async () => {
    writeFiles(folder, { 'd.csv': `timestamp,${usage},platform_power\n1,2,3\n` })
    const meant = { ...choice, energySource: 'acpi', outputType: 'DynPower' } as const
    const input = await chosenInput(io, config, meant, 'd')
    assert.deepEqual(input.meaning, { source: 'acpi', outputType: 'DynPower' })
    assert.equal((await input.dataset([usage], 'acpi', 'DynPower')).rows, 1)
    assert.deepEqual(input.findings(), [])
    await assert.rejects(input.dataset([usage, 'a', 'b'], 'acpi', 'DynPower'), {
      ...{ code: 'INVALID_DATA', message: `${join(folder, 'd.csv')} has no a, b` },
    })
  })
})
