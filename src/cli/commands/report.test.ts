import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { htmlFault } from '../../../test/support/html-fault.js'
import { nodeTypes, pipelineFiles, writeFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model report', () => {
  const folder = temporaryFolder()
  const environment = { DATAPATH: folder, MODEL_PATH: join(folder, 'models') }
  const run = (...args: string[]) => runCli(keplerModelProgram, args, { environment })
  const reported = async (file: string, ...args: string[]) => {
    const { code, stderr, stdout } = await run('report', ...args)
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, new RegExp(`written to ${join(folder, file).replaceAll('.', '\\.')} \\(\\d+ kB\\)\\n$`))
    const page = readFileSync(join(folder, file), 'utf8')
    assert.equal(htmlFault(page), undefined)
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|\bsrc=|https?:\/\/(?!www\.w3\.org\/2000\/svg")/)
    return page
  }
  const heading = (page: string, text: string) => assert.match(page, new RegExp(`<h2 [^>]*>${text}<`))

  before(async () => {
    const trainers = 'SGDRegressorTrainer,LinearRegressionTrainer'
    for (const line of [
      'simulate -o measured --duration 600',
      `train -i measured -p mine -e acpi --feature-group BPFOnly --isolator min --trainers ${trainers}`,
    ]) {
      const { code, stderr } = await run(...line.split(' '))
      assert.equal(code, 0, stderr)
    }
  })

  it('of a pipeline says how good its models are, which are chosen and why, and shows them', async () => {
    const page = await reported('mine.html', '-p', 'mine')
    for (const text of [
      'Chosen models, and why',
      'Quality by source, group and trainer',
      'Measured, estimated, and the difference',
      'Power curves',
      'Data, and what is wrong with it',
      'Machines',
      'Model cards',
    ]) {
      heading(page, text)
    }
    const { stdout } = await run('models', 'mine', '--why', '--json')
    const { models }: { models: readonly { why: string; errors: Record<string, number> }[] } = JSON.parse(stdout)
    assert.equal(models.length, 4)
    for (const { why, errors } of models) {
      assert.ok(page.includes(`<td class="why">${why}</td>`), why)
      assert.ok(page.includes(`${errors.held_out_mae!.toFixed(2)} ± ${errors.held_out_se!.toFixed(2)}`))
    }
    assert.equal([...page.matchAll(/<article>/g)].length, 4)
    assert.match(page, /is not kept in a pipeline/)
    assert.match(page, /Residuals by load, on rows that were held out/)
    assert.match(page, /<pre>curl -s localhost:8100\/model/)
  })

  it('of a pipeline and measurements says what was wrong with these', async () => {
    const response = JSON.parse(readFileSync(join(folder, 'measured.json'), 'utf8'))
    for (const series of Object.values<{ values: [number, string][] }[]>(response).flat()) {
      series.values = series.values.filter(([time]) => time < 1_700_000_200 || time > 1_700_000_400)
    }
    writeFileSync(join(folder, 'gap.json'), JSON.stringify(response))
    const page = await reported('gap.html', '-p', 'mine', '-i', 'gap', '-o', 'gap', '--isolator', 'min')
    assert.match(page, /long gap/)
    assert.match(page, /left out or not measured/)
  })

  it('of measurements says what can be trained, before anything is', async () => {
    const page = await reported('measured.html', '-i', 'measured')
    for (const text of [
      'What can be trained',
      'Data, and what is wrong with it',
      'Idle, background and dynamic power',
      'Metrics',
    ]) {
      heading(page, text)
    }
    assert.match(page, /Models can be trained on this/)
    assert.match(page, /What the auto isolator makes of measured power|Nothing sensible is left/)
    assert.match(
      await reported('measured.html', '-i', 'measured', '--vocabulary', 'kepler-0.10'),
      /Nothing can be trained on this/,
    )
    writeFileSync(join(folder, 'poor.json'), '{"kepler_node_info": [{"metric": {}, "values": [[1, "1"]]}]}')
    assert.match(await reported('poor.html', '-i', 'poor'), /Nothing can be trained on this/)
  })

  it('stays small, and says what it leaves out, whatever the pipeline has', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({ name: `T${i % 10}Trainer_${Math.floor(i / 10)}`, mae: i }))
    const types = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [i, { attrs: { processor: `p${i}`, cores: 8 }, members: ['a'] }]),
    )
    writeFiles(join(folder, 'many'), pipelineFiles(many, types))
    const page = await reported('many.html', '-p', 'many', '--cards', '7')
    assert.ok(page.length < 1_500_000, String(page.length))
    assert.match(page, /7 of 3000 models are shown/)
    assert.match(page, /200 of 3000 models are shown/)
    assert.match(page, /50 of 300 node types are shown/)
    assert.equal([...page.matchAll(/<article>/g)].length, 7)
  })

  it('shows names and damage of an archive as text, and an empty pipeline as such', async () => {
    const evil = '<script>alert(1)<script>"'
    const types = { ...nodeTypes, '0': { attrs: { processor: evil }, members: [] } }
    const models = [{ folder: `acpi/DynPower/${evil}`, name: 'A_0', features: [evil] }]
    writeFileSync(join(folder, 'evil.zip'), zipOf(pipelineFiles(models, types)))
    const page = await reported('evil.html', '-p', 'evil')
    assert.match(page, /&lt;script&gt;alert\(1\)/)
    // A command with such a name would be none to copy.
    assert.doesNotMatch(page, /<pre>/)
    assert.match(page, /Cannot be read/)
    writeFileSync(join(folder, 'empty.zip'), zipOf(pipelineFiles([])))
    assert.match(await reported('empty.html', '-p', 'empty'), /The pipeline has no models/)
  })

  it('is called as the pipeline or the input, or what it is told, with an ending', async () => {
    writeFiles(folder, { 'deep/plain.ZIP': zipOf(pipelineFiles([])), 'deep/m.json.gz': '{}' })
    await reported('plain.html', '-p', join(folder, 'deep', 'plain.ZIP'))
    await reported('m.html', '-i', 'deep/m.json.gz')
    for (const [output, file] of [
      ['a', 'a.html'],
      ['b.HTML', 'b.HTML'],
      ['c.htm', 'c.htm'],
      ['v0.7', 'v0.7.html'],
    ] as const) {
      await reported(file, '-p', join(folder, 'deep', 'plain.ZIP'), '-o', output)
    }
  })

  it('says what a pipeline says of itself, unless that is no description', async () => {
    const described = (metadata: string) => ({ ...pipelineFiles([]), 'metadata.json': metadata })
    writeFiles(join(folder, 'told'), described('{"isolator": "of-somebody"}'))
    assert.match(await reported('told.html', '-p', 'told'), /of-somebody/)
    for (const [i, metadata] of ['"a text"', 'null', '[1]', 'no JSON'].entries()) {
      writeFiles(join(folder, `odd-${i}`), described(metadata))
      assert.match(await reported(`odd-${i}.html`, '-p', `odd-${i}`), /The pipeline has no models/)
    }
  })

  it('goes to standard output, or where it is told', async () => {
    const { code, stdout } = await run('report', '-p', 'mine', '-o', '-', '--cards', '0')
    assert.equal(code, 0)
    assert.equal(htmlFault(stdout), undefined)
    assert.doesNotMatch(stdout, /Model cards/)
    const elsewhere = join(folder, 'new', 'x.html')
    assert.equal((await run('report', '-p', 'mine', '-o', elsewhere)).code, 0)
    assert.ok(existsSync(elsewhere))
  })

  const wrong: readonly (readonly [args: readonly string[], said: RegExp])[] = [
    [[], /of what\? Give --pipeline-name, or --input/],
    [['-p', 'nothing'], /no pipeline "nothing"; looked for\n/],
    [['-i', 'nothing'], /no file "nothing"; looked for\n {2}\S+nothing\.json\n/],
    [['-p', 'mine', '-i', 'nothing'], /no file "nothing"/],
    [['-p', 'mine', '--cards', 'many'], /--cards "many": a whole number up to 1000/],
    [['-p', 'mine', '-o', 'x.pdf'], /--output "x\.pdf": a report is \.html/],
    [['-i', 'measured', '--isolator', 'profile'], /the profile isolator needs --profile/],
  ]
  for (const [args, said] of wrong) {
    it(`says what is wrong with: report ${args.join(' ')}`, async () => {
      const { code, stderr, stdout } = await run('report', ...args)
      assert.equal(code, 2, stderr)
      assert.match(stderr, said)
      assert.equal(stdout, '')
    })
  }
})
