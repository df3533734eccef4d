import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model curve', () => {
  const folder = temporaryFolder()
  const environment = { MODEL_PATH: folder }
  const run = (...args: string[]) => runCli(keplerModelProgram, ['curve', ...args], { environment })
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json')
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  const server = ['--processor', 'AMD EPYC 9654', '--chips', '2', '--memory', '384']

  it('shows curve, band, what was assumed and what it rests on', async () => {
    const { code, stdout, stderr } = await run(...server)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /│.*░/)
    assert.match(stdout, /idle\t\d+\t\d+\t\d+\t/)
    assert.match(stdout, /--tdp: 360 W, from the processor/)
    assert.match(stdout, /--vendor: not known; given, the interval would be \d+ % of the watts narrower/)
    assert.match(stdout, /AMD EPYC 9654\t2\t\d+\t\d+\t202/)
    assert.match(stdout, /SPECpower_ssj2008/)
  })

  it('is near what such machines were measured with', async () => {
    const { wall } = await json(...server)
    assert.ok(
      wall.watts[0] > 90 && wall.watts[0] < 180 && wall.watts[10] > 550 && wall.watts[10] < 850,
      String(wall.watts),
    )
  })

  it('describes this machine without options', async () => {
    const { title, wall } = await json()
    assert.match(title, /this machine/)
    assert.ok(wall.low[0] > 0 && wall.watts[10] > wall.watts[0])
  })

  it('gives an instance its share of the host', async () => {
    const [one, two] = [await json('--instance', 'm5.4xlarge'), await json('--instance', 'M5.8xlarge')]
    assert.ok(Math.abs(two.wall.watts[10] / one.wall.watts[10] - 2) < 0.01)
    assert.equal(one.host.from, 'instance table')
  })

  it('goes through points', async () => {
    const { wall, points } = await json(...server, '--point', '50%=600W')
    assert.deepEqual(points, [{ load: 0.5, watts: 600 }])
    assert.ok(Math.abs(wall.watts[5] - 600) < 20)
    const ofPackage = await json(...server, '--point', '50%=300W:package')
    assert.ok(ofPackage.wall.high[5] / ofPackage.wall.low[5] > (1.5 * wall.high[5]) / wall.low[5], 'package says less')
  })

  it('draws', async () => {
    const svg = join(folder, 'curve.svg')
    await json(...server, '--svg', svg)
    assert.match(readFileSync(svg, 'utf8'), /^<svg[\s\S]*<polyline[\s\S]*<\/svg>\n$/)
  })

  it('adds curves to a table', async () => {
    const [input, output] = [join(folder, 'in.csv'), join(folder, 'out.csv')]
    writeFileSync(input, 'model,cpu,chips,p0,note\nA,AMD EPYC 9654,2,,"x, y"\nB,KVM,,999,\n')
    const { code, stderr } = await run('--machines', input, '-o', output)
    assert.equal(code, 0, stderr)
    const [header, first, second] = readFileSync(output, 'utf8').split('\n')
    assert.match(header!, /^model,cpu,chips,p0,note,w0,w10,.*w100,lo0,.*lo100,hi0,.*hi100$/)
    assert.match(first!, /^A,AMD EPYC 9654,2,,"x, y",\d/)
    assert.equal(second!.split(',').length, 5 + 33)
  })

  it('keeps a calibration for this machine, names it and forgets it', async () => {
    const calibrate = (...args: string[]) => runCli(keplerModelProgram, ['calibrate', ...args], { environment })
    const before = await json()
    const { code, stderr } = await calibrate('--point', `50%=${(before.wall.watts[5] * 1.2).toFixed(2)}W`)
    assert.equal(code, 0, stderr)
    const after = await json()
    assert.ok(Math.abs(after.wall.watts[5] / before.wall.watts[5] - 1.2) < 0.05)
    assert.match((await run()).stdout, /Calibrated with 1 points? of 20/)
    assert.match((await calibrate()).stdout, /50 %: /)
    // That of another machine is not used.
    assert.equal((await json(...server)).points.length, 0)
    await calibrate('--forget')
    assert.ok(!existsSync(join(folder, 'calibration.json')))
    assert.deepEqual((await json()).wall, before.wall)
  })

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--chips', '-1'], /chips: expected a number from 1 to 64.*-1/],
    [['--cores', 'many'], /--cores: expected a number, got "many"/],
    [['--chips', '4', '--cores', '2'], /cores: expected at least one core a chip, got 2 of 4/],
    [['--instance', 'm5.huge'], /instance: no table has "m5.huge"; there are m5\./],
    [['--point', '50=3'], /point: .*"50=3"/],
    [['--point', '150%=3W'], /point: .*"150%=3W"/],
    [['--machines', 'in.csv', '--chips', '2'], /--chips is of one machine/],
    [['--machines', 'none.csv'], /none\.csv cannot be read/],
    [['--model', 'none.json'], /none\.json/],
  ]
  for (const [args, message] of wrong) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, stderr } = await run(...args)
      assert.notEqual(code, 0)
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /\n\s+at /)
    })
  }

  it('fit has options of its own, also those that `curve` has too', async () => {
    const { code, stderr } = await run('fit', '--machines', '/nonexistent/own.csv', '-o', join(folder, 'model.json'))
    assert.equal(code, 2)
    assert.match(stderr, /\/nonexistent\/own\.csv/)
  })
})
