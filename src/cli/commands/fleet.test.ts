import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

const spec = { processor: 'intel_xeon', cores: 32, chips: 2, memory: 64, frequency: 2600 }

describe('training from many machines', () => {
  const root = temporaryFolder()
  const run = (...args: string[]) => runCli(keplerModelProgram, [...args, '--data-path', root])
  const json = (...path: string[]) => JSON.parse(readFileSync(join(root, ...path), 'utf8'))

  describe('kepler-model fleet', () => {
    const folder = join(root, 'measured')
    before(async () => {
      mkdirSync(join(folder, 'machine_spec'), { recursive: true })
      for (const [id, seed] of Object.entries({ a: 1, b: 2, c: 3 })) {
        const { code } = await run(
          'simulate',
          '-o',
          join(folder, `${id}.json`),
          '--seed',
          String(seed),
          '--duration',
          '300',
        )
        assert.equal(code, 0)
      }
      for (const id of ['a', 'b']) writeFileSync(join(folder, 'machine_spec', `${id}.json`), JSON.stringify(spec))
      writeFileSync(join(folder, 'd.json'), '{"broken": ')
    })
    const fleet = (...args: string[]) =>
      run(
        'fleet',
        folder,
        '-p',
        'lab',
        '--fast',
        '--feature-group',
        'BPFOnly',
        '-e',
        'acpi',
        '--output-type',
        'AbsPower',
        '--trainers',
        'SGDRegressorTrainer',
        ...args,
      )

    it('learns a node type from all of its machines, names what it cannot use, and exports', async () => {
      const { code, stderr } = await fleet('--export', join(root, 'models'), '--publisher', 'me')
      assert.equal(code, 0, stderr)
      assert.match(stderr, /warning: c has no machine_spec\/c\.json: node type 1 is its own/)
      assert.match(stderr, /d\.json/)
      assert.deepEqual(json('lab', 'node_type_index.json'), {
        '0': { attrs: spec, members: ['a', 'b'] },
        '1': { attrs: {}, members: ['c'] },
      })
      const model = ['acpi', 'AbsPower', 'BPFOnly', 'SGDRegressorTrainer_0', 'metadata.json']
      assert.deepEqual(json('lab', ...model).machine_spec, spec)
      assert.equal(json('models', 'v0.7', 'lab', 'metadata.json').publisher, 'me')
      assert.ok(stderr.endsWith(` exported to ${join(root, 'models', 'v0.7', 'lab')}; 0 left out\n`), stderr)
      assert.ok(existsSync(join(root, 'models', 'v0.7', 'lab.zip')))
    })

    it('keeps node types and their machines when it is run again', async () => {
      const index = json('lab', 'node_type_index.json')
      const { code, stderr } = await fleet()
      assert.equal(code, 0, stderr)
      assert.deepEqual(json('lab', 'node_type_index.json'), index)
    })
  })

  describe('kepler-model specpower', () => {
    const table = join(root, 'results.csv')
    before(() => {
      const watts = Array.from({ length: 11 }, (_, i) => 50 + 10 * i)
      writeFileSync(
        table,
        [
          `vendor,cpu,chips,cores,threads,mhz,mem_gb,${watts.map((_, i) => `p${10 * i}`)}`,
          `acme,Intel Xeon X5670,2,12,24,2930,12,${watts}`,
          `acme,AMD EPYC 7763,2,128,256,2450,512,${watts.map((value) => 4 * value)}`,
          `acme,AMD EPYC 7763,2,128,256,2450,64,90,,,,,,,,,,200`,
        ].join('\n'),
      )
    })

    it('trains every node type of a table, whose models give the watts of the table', async () => {
      const { code, stdout, stderr } = await run(
        'specpower',
        '-i',
        table,
        '-p',
        'spec',
        '--trainers',
        'LinearRegressionTrainer,SGDRegressorTrainer',
        '--export',
        join(root, 'models'),
      )
      assert.equal(code, 0, stderr)
      assert.match(
        stdout,
        /^8 models of 2 node types \(2 machines\) written to .*; 1 results left out, 0 models failed\n$/,
      )
      assert.match(stderr, /1 result left out, the first in line 4: it has 2 loads, at least 5 make a curve/)
      const weights = json('spec', 'acpi', 'AbsPower', 'BPFOnly', 'SGDRegressorTrainer_1', 'weight.json')
      assert.deepEqual(Object.keys(weights), ['platform'])
      const rows = join(root, 'rows.json')
      writeFileSync(rows, JSON.stringify([{ bpf_cpu_time_ms: 12_000, bpf_page_cache_hit: 0 }]))
      const zip = join(root, 'models', 'v0.7', 'spec', 'acpi', 'AbsPower', 'BPFOnly', 'LinearRegressionTrainer_0.zip')
      const { powers } = JSON.parse(
        (await runCli(keplerModelProgram, ['predict', zip, '--rows', rows, '--json'])).stdout,
      )
      assert.ok(Math.abs(powers.platform[0] - 100) < 1e-6, `${powers.platform[0]} W at half load`)
    })

    it('exits with 2 or 1 for what it cannot use', async () => {
      assert.equal((await run('specpower', '-i', join(root, 'none.csv'), '-p', 'x')).code, 2)
      const empty = join(root, 'empty.csv')
      writeFileSync(empty, 'cpu,p0,p100\nx,1,2\n')
      const { code, stderr } = await run('specpower', '-i', empty, '-p', 'x')
      assert.equal(code, 1)
      assert.match(stderr, /has no result to learn from/)
      assert.ok(!existsSync(join(root, 'x')))
    })
  })
})
