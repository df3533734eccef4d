import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import { failureOf, runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model calibrate', () => {
  const root = temporaryFolder()
  const spec = join(root, 'spec.json')
  writeFileSync(spec, '{"processor": "P", "cores": 8, "chips": 1, "memory": 32}')
  let folder = root
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'models-'))
  })
  const environment = () => ({ MODEL_PATH: folder, MACHINE_SPEC_PATH: spec })
  const calibrate = (...args: string[]) =>
    runCli(keplerModelProgram, ['calibrate', ...args], { environment: environment() })
  const kept = () => JSON.parse(readFileSync(join(folder, 'calibration.json'), 'utf8'))

  it('shows what is kept, and that nothing is', async () => {
    assert.equal((await calibrate()).stdout, 'This machine is not calibrated.\n')
    assert.equal((await calibrate('--json')).stdout, 'null\n')
    assert.equal((await calibrate('--forget')).stdout, 'There was no calibration.\n')
    assert.ok(!existsSync(join(folder, 'calibration.json')))
  })

  it('keeps points of this machine', async () => {
    const { code, stdout } = await calibrate('--point', '50%=212W', '--point', 'idle=95.25')
    assert.equal(code, 0)
    const [title, ...lines] = stdout.split('\n')
    assert.match(title ?? '', /^2 points, measured \d{4}-.*Z \(points\):$/)
    const path = join(folder, 'calibration.json')
    assert.deepEqual(lines, [
      ...['  50 %: 212.0 W at the wall', '  0 %: 95.3 W at the wall'],
      ...[`kept in ${path}; \`kepler-model curve\` uses it`, ''],
    ])
    const { measured, ...calibration } = kept()
    assert.deepEqual(calibration, {
      ...{ machine: 'P|1|8|32', source: 'points' },
      points: [
        { load: 0.5, watts: 212 },
        { load: 0, watts: 95.25 },
      ],
    })
    assert.ok(Math.abs(Date.parse(measured) - Date.now()) < 600_000)
    assert.deepEqual(JSON.parse((await calibrate('--json')).stdout), kept())
    assert.match((await calibrate()).stdout, /^2 points, /)
    // Of another machine it says nothing.
    writeFileSync(join(folder, 'other.json'), '{"processor": "Q", "cores": 8, "chips": 1, "memory": 32}')
    const other = { ...environment(), MACHINE_SPEC_PATH: join(folder, 'other.json') }
    const { stdout: ofOther } = await runCli(keplerModelProgram, ['calibrate'], { environment: other })
    assert.equal(ofOther, 'This machine is not calibrated.\n')
    assert.equal((await calibrate('--forget')).stdout, 'The calibration of this machine is removed.\n')
    assert.ok(!existsSync(path))
  })

  it('tells programs what it keeps, and nothing else', async () => {
    const { stdout, stderr } = await calibrate('--point', 'full=100', '--json')
    assert.deepEqual(JSON.parse(stdout), kept())
    assert.equal(stderr, '')
    assert.match((await calibrate()).stdout, /^1 point, /)
  })

  describe('against a Prometheus', () => {
    const asked: URLSearchParams[] = []
    let authorization: string | undefined
    const series: Readonly<Record<string, (i: number) => number>> = { watts: (i) => 150 + (i % 2), load: () => 0.25 }
    const server = createServer(async (request, answer) => {
      authorization = request.headers.authorization
      const { searchParams } = new URL(request.url ?? '', 'http://test')
      const params = request.method === 'GET' ? searchParams : new URLSearchParams(await text(request))
      asked.push(params)
      const of = series[params.get('query')?.trim() ?? '']
      const values = Array.from({ length: 10 }, (_, i) => [1000 + 10 * i, String(of?.(i))])
      const data = { resultType: 'matrix', result: of === undefined ? [] : [{ metric: {}, values }] }
      answer.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'success', data }))
    })
    let url = ''
    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    })
    after(() => server.close())
    beforeEach(() => {
      asked.length = 0
    })
    const both = ['--power', 'watts', '--utilisation', 'load']
    const times = ['--start-time', '1000', '--end-time', '1090', '--step', '10']

    it('makes points of what was measured, and keeps the expressions', async () => {
      const token = join(folder, 'token')
      writeFileSync(token, 'geheim\n')
      const { code, stdout, stderr } = await calibrate(
        '-s',
        url,
        ...both,
        ...times,
        '--bearer-token-file',
        token,
        '--point',
        'idle=90',
      )
      assert.equal(code, 0, stderr)
      assert.match(
        stdout,
        /^2 points, .*\(watts against load\):\n {2}0 %: 90\.0 W at the wall\n {2}25 %: 150\.5 W at the wall\n/,
      )
      const [, { load, watts }] = kept().points
      assert.deepEqual([load, watts], [0.25, 150.5])
      assert.equal(authorization, 'Bearer geheim')
      assert.deepEqual([...new Set(asked.map((params) => params.get('query')))], ['watts', 'load'])
      const [first] = asked
      assert.deepEqual([first?.get('start'), first?.get('end'), first?.get('step')].map(Number), [1000, 1090, 10])
    })

    it('takes the last interval, or that before an end', async () => {
      await calibrate('-s', url, ...both, '--end-time', '5000', '--interval', '600')
      assert.deepEqual([asked[0]?.get('start'), asked[0]?.get('end')].map(Number), [4400, 5000])
      asked.length = 0
      await calibrate('-s', url, ...both, '--interval', '600', '--step', '60')
      const [start, end] = [asked[0]?.get('start'), asked[0]?.get('end')].map(Number)
      assert.equal(end! - start!, 600)
      assert.ok(Math.abs(end! - Date.now() / 1000) < 600)
    })

    it('keeps nothing where an expression gives nothing', async () => {
      const { code, stderr } = await calibrate('-s', url, '--power', 'nothing', '--utilisation', 'load', ...times)
      assert.equal(code, 1)
      assert.match(stderr, /--power: the expression gives no samples/)
      assert.ok(!existsSync(join(folder, 'calibration.json')))
    })

    it('cuts expressions that are too long to keep', async () => {
      const long = `load${' '.repeat(3000)}`
      assert.equal((await calibrate('-s', url, '--power', 'watts', '--utilisation', long, ...times)).code, 0)
      assert.equal(kept().source.length, 2048)
    })
  })

  it('needs power and utilisation together', async () => {
    for (const [given, field] of [
      ['--power', 'utilisation'],
      ['--utilisation', 'power'],
    ] as const) {
      const failure = await failureOf(keplerModelProgram, ['calibrate', given, 'x'], { environment: environment() })
      const { code, field: named } = failure as { code?: string; field?: string }
      assert.deepEqual([code, named], ['INVALID_REQUEST', field])
    }
    assert.equal((await calibrate('--power', 'x', '--utilisation', 'y', '--end-time', 'noon')).code, 2)
  })
})
