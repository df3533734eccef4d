import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { testArchive } from '../../../test/support/test-model.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model predict', () => {
  const folder = temporaryFolder()
  const zip = join(folder, 'model.zip')
  let bytes: Buffer

  before(async () => {
    // 10 W and 2 W for each unit of both features together.
    bytes = await testArchive({ features: ['a', 'b'] })
    writeFileSync(zip, bytes)
  })
  const run = (archive: string, rows: string, ...args: string[]) =>
    runCli(keplerModelProgram, ['predict', archive, '--rows', '-', ...args], { stdin: Readable.from([rows]) })
  const watts = async (rows: string, archive = zip) => {
    const { code, stdout, stderr } = await run(archive, rows, '--json')
    assert.equal(code, 0, stderr)
    const { model_name, powers } = JSON.parse(stdout)
    return { model_name, powers }
  }
  const expected = { model_name: 'LinearRegressionTrainer_1', powers: { package: [16, 70], dram: [16, 70] } }

  it('says what a pipeline is, and how to choose one of its models', async () => {
    for (const named of ['demo/demo-0.1.0.zip']) {
      const { code, stderr } = await runCli(keplerModelProgram, ['predict', named, '--rows', '-'])
      assert.equal(code, 2)
      assert.match(stderr, /is a pipeline of many models: list them with `kepler-model models demo\/demo-0\.1\.0\.zip`/)
    }
  })

  it('takes rows as Kepler sends them, as objects and as CSV, columns in any order', async () => {
    assert.deepEqual(await watts('{"metrics": ["b", "x", "a"], "values": [[2, 9, 1], [20, 9, 10]]}'), expected)
    assert.deepEqual(await watts('[{"a": 1, "b": 2, "time": "now"}, {"b": 20, "a": 10}]'), expected)
    assert.deepEqual(await watts('id,b,a\nx,2,1\ny,20,10\n'), expected)
  })

  it('reads rows from a file', async () => {
    const file = join(folder, 'rows.csv')
    writeFileSync(file, 'a,b\n1,2\n')
    const { code, stdout, stderr } = await runCli(keplerModelProgram, ['predict', zip, '--rows', file])
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^ROW\tPACKAGE \(W\)\tDRAM \(W\)\tPACKAGE LOWER\tPACKAGE UPPER\tDRAM LOWER\tDRAM UPPER\n0\t16\.000\t16\.000\t13\.9\t18\.1\t13\.9\t18\.1\n/,
    )
    assert.match(stderr, /90 % of measurements lie between LOWER and UPPER: from the published error/)
    assert.match(stderr, /LinearRegressionTrainer_1, MAE 1\.00 W, MAPE 2\.00 %/)
  })

  it('says which inputs are outside what the model has seen, and refuses those that cannot be with --strict', async () => {
    const rows = `a,b\n1,2\n-1,${2 ** 21}\n`
    const { code, stdout, stderr } = await run(zip, rows)
    assert.equal(code, 0)
    assert.match(stdout, /a -1 cannot be: 0 is used, seen 0 to 1049000, b 2097000, seen 0 to 1049000/)
    assert.match(stderr, /1 of 2 rows outside/)
    const { interval, outside } = JSON.parse((await run(zip, rows, '--json')).stdout)
    assert.equal(interval.method, 'published error')
    assert.ok(interval.powers.package.upper[1] - interval.powers.package.lower[1] > 1000)
    assert.deepEqual(
      outside.map(({ row, feature, clamped_to }: Record<string, unknown>) => [row, feature, clamped_to]),
      [
        [1, 'a', 0],
        [1, 'b', undefined],
      ],
    )
    const strict = await run(zip, rows, '--strict')
    assert.notEqual(strict.code, 0)
    assert.match(strict.stderr, /values\[1\]\[0\]: a of -1 cannot be: a rate is not negative/)
  })

  it('reads an archive from file and http URLs', async () => {
    const rows = 'a,b\n1,2\n10,20\n'
    assert.deepEqual(await watts(rows, pathToFileURL(zip).href), expected)
    const server = createServer(({ url }, answer) => {
      if (url === '/model.zip') answer.end(bytes)
      else answer.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = server.address()
      assert.ok(address && typeof address === 'object')
      assert.deepEqual(await watts(rows, `http://127.0.0.1:${address.port}/model.zip`), expected)
      const missing = await run(`http://127.0.0.1:${address.port}/other.zip`, rows)
      assert.equal(missing.code, 69)
      assert.match(missing.stderr, /answered 404/)
    } finally {
      server.close()
    }
  })

  it('names what it cannot use', async () => {
    mkdirSync(join(folder, 'empty'))
    for (const [archive, rows, code, said] of [
      [zip, 'a\n1\n', 2, /metric "b" is missing; LinearRegressionTrainer_1 needs a, b/],
      [zip, '[{"a": 1, "b": 2}, {"a": 1}]', 2, /rows: \[1\]\.b is missing/],
      [zip, '[{"a": 1, "b": 2}, {"a": 1, "b": "2"}]', 2, /rows: \[1\]\.b is "2", not a number/],
      [zip, '{"metrics": ["a", "b"], "values": [[1]]}', 2, /row 0 has 1 values for 2 metrics/],
      [zip, '{"metrics": ["a", "b"]}', 2, /rows: values/],
      [zip, '[]', 2, /there are no rows/],
      [zip, '{"metrics"', 2, /not JSON/],
      [zip, 'a,b\n1,two\n', 1, /line 2: column "b" holds "two"/],
      [join(folder, 'none.zip'), 'a,b\n', 2, /none\.zip cannot be read/],
      [join(folder, 'empty'), 'a,b\n', 2, /empty cannot be read/],
    ] as const) {
      const answer = await run(archive, rows)
      assert.match(answer.stderr, said)
      assert.equal(answer.code, code, rows)
      assert.equal(answer.stdout, '')
    }
  })
})
