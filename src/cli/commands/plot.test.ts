import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { pipelineFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { xmlFault } from '../../../test/support/xml-fault.js'
import { plotNames } from '../plots/plot-kinds.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model plot', () => {
  const folder = temporaryFolder()
  const evil = '<script>alert(1)<'
  const environment = { DATAPATH: folder, MODEL_PATH: join(folder, 'models') }
  const run = (...args: string[]) => runCli(keplerModelProgram, args, { environment })
  const plot = (...args: string[]) => run('plot', ...args)

  before(async () => {
    for (const args of [
      ['simulate', '--duration', '600', '-o', 'measured'],
      [
        ...'train -i measured -p mine -e acpi --feature-group BPFOnly --isolator min --trainers'.split(' '),
        'SGDRegressorTrainer,LinearRegressionTrainer',
      ],
      ['extract', '-i', 'measured', '-e', 'acpi'],
    ]) {
      const { code, stderr } = await run(...args)
      assert.equal(code, 0, stderr)
    }
    const models = [
      { folder: `acpi/DynPower/${evil}`, name: 'A_0', mae: 2 },
      { name: `${'x'.repeat(150)}_1`, mae: 3 },
    ]
    writeFileSync(join(folder, 'hostile.zip'), zipOf(pipelineFiles(models)))
    writeFileSync(join(folder, 'empty.zip'), zipOf(pipelineFiles([])))
  })

  const working: Readonly<Record<string, readonly string[]>> = {
    preprocess: ['-i', 'measured', '-e', 'acpi'],
    estimate: ['-i', 'measured', '-p', 'mine'],
    residuals: ['-i', 'measured', '-p', 'mine', '-ot', 'DynPower', '--isolator', 'min'],
    error: ['-p', 'mine'],
    metadata: ['-p', 'mine', '--error', 'mape'],
    power_curve: ['-p', 'mine'],
    isolation: ['-i', 'measured', '-e', 'acpi', '--isolator', 'min'],
    drift: ['-i', 'measured', '-p', 'mine'],
  }

  for (const name of plotNames) {
    it(`draws ${name}, and prints its numbers`, async () => {
      const { code, stderr, stdout } = await plot(name, ...(working[name] ?? []))
      assert.equal(code, 0, stderr)
      assert.equal(stdout, '')
      const file = join(folder, `${name}.svg`)
      assert.ok(stderr.endsWith(`written to ${file}\n`), stderr)
      const svg = readFileSync(file, 'utf8')
      assert.equal(xmlFault(svg), undefined)
      assert.match(svg, /\((?:W|%|% of the mean power)\)</)
      assert.match(svg, /class="legend"/)
      const numbers = await plot(name, ...(working[name] ?? []), '--json')
      assert.equal(numbers.code, 0, numbers.stderr)
      const json: unknown = JSON.parse(numbers.stdout)
      assert.ok(typeof json === 'object' && json !== null && 'plot' in json && json.plot === name)
    })
  }

  it('draws a PNG, into a path, and SVG on standard output, dark or light', async () => {
    const { code, stderr } = await plot(
      'error',
      '-p',
      'mine',
      '-o',
      join(folder, 'new', 'e.PNG'),
      '--width',
      '400',
      '--scale',
      '1.5',
    )
    assert.equal(code, 0, stderr)
    assert.equal(readFileSync(join(folder, 'new', 'e.PNG')).readUInt32BE(16), 600)
    const dark = await plot('error', '-p', 'mine', '-o', '-', '--theme', 'dark')
    assert.equal(xmlFault(dark.stdout), undefined)
    assert.match(dark.stdout, /fill="#0d1117"/)
  })

  it("takes the original's way to name a plot, and a dataset for a response", async () => {
    const original = await plot('--target-data', 'power-curve', '-p', 'mine', '-o', 'original')
    assert.equal(original.code, 0, original.stderr)
    assert.ok(existsSync(join(folder, 'original.svg')))
    const dataset = await plot('preprocess', '-i', 'extracted_measured.csv', '-e', 'acpi', '-o', 'dataset')
    assert.equal(dataset.code, 0, dataset.stderr)
    const own = await plot('preprocess', '-p', 'mine', '-ot', 'DynPower', '--json')
    assert.equal(own.code, 0, own.stderr)
  })

  it('draws names from an archive as text', async () => {
    const { code, stdout, stderr } = await plot('metadata', '-p', 'hostile', '-o', '-')
    assert.equal(code, 0, stderr)
    assert.equal(xmlFault(stdout), undefined)
    assert.match(stdout, /&lt;script&gt;/)
    assert.doesNotMatch(stdout, /x{100}/)
  })

  const wrong: readonly (readonly [args: readonly string[], code: number, said: RegExp])[] = [
    [['estmate'], 2, /no plot "estmate"; did you mean estimate\?/],
    [[], 2, /what shall be drawn\? One of preprocess, estimate/],
    [['--target-data', 'pie'], 2, /no plot "pie"; there are preprocess/],
    [['estimate', '-p', 'mine'], 2, /plot estimate needs measurements: --input/],
    [['estimate', '-i', 'nothing', '-p', 'mine'], 2, /no file "nothing"; looked for\n {2}\S+nothing\.json\n/],
    [['error', '-p', 'nothing'], 2, /no pipeline "nothing"; looked for\n/],
    [['error', '-p', 'mine', '-fg', 'BPFOnyl'], 2, /no model with --feature-group "BPFOnyl"; did you mean BPFOnly\?/],
    [['error', '-p', 'mine', '--node-type', '7'], 2, /--node-type "7".*there are "0"/],
    [['error', '-p', 'mine', '--node-type', 'x'], 2, /node type "x" is no whole number/],
    [['metadata', '-p', 'mine', '--error', 'beauty'], 2, /--error: no model of "mine" has "beauty"; there are/],
    [['error', '-p', 'empty'], 1, /pipeline "empty" has no models/],
    [['error', '-p', 'mine', '-o', 'x.pdf'], 2, /--output "x\.pdf": pictures are \.svg or \.png/],
    [['error', '-p', 'mine', '--width', 'wide'], 2, /--width "wide": a number from 300 to 4000/],
    [['error', '-p', 'mine', '--scale', '99'], 2, /--scale "99": a number from 0\.5 to 4/],
    [['error', '-p', 'mine', '--theme', 'pink'], 2, /Allowed choices are light, dark/],
    [['drift', '-p', 'nothing'], 2, /has published nothing under "nothing" in .*models/],
    [['preprocess', '-p', 'hostile'], 2, /"hostile" has no preprocessed_data; give measurements with --input/],
    [['power_curve', '-p', 'hostile'], 1, /no curve can be drawn/],
  ]
  for (const [args, code, said] of wrong) {
    it(`says what is wrong with: plot ${args.join(' ')}`, async () => {
      const result = await plot(...args)
      assert.equal(result.code, code, result.stderr)
      assert.match(result.stderr, said)
      assert.equal(result.stdout, '')
    })
  }
})
