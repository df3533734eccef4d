import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runCli } from '../../../test/support/cli.js'
import { pipelineFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model', () => {
  const folder = temporaryFolder()
  const zip = join(folder, 'std.zip')
  const specFile = join(folder, 'specs', 'spec.json')
  const environment = { MODEL_PATH: folder, MACHINE_SPEC_PATH: specFile }
  const models = [
    { name: 'A_10', mae: 2, metadata: { mape: 1 } },
    { name: 'B_1', mae: 1, metadata: { mape: 7 }, weights: true },
    { name: 'C_0', folder: 'acpi/DynPower/CounterOnly', features: ['cpu_cycles'] },
  ]

  before(() => {
    writeFileSync(zip, zipOf(pipelineFiles(models)))
    mkdirSync(join(folder, 'specs'))
    writeFileSync(specFile, '{"processor": "large", "cores": 90}')
  })
  const run = (...args: string[]) => runCli(keplerModelProgram, args, { environment })
  const names = async (...args: string[]) => {
    const { code, stdout } = await run('models', ...args, '--json')
    assert.equal(code, 0)
    return JSON.parse(stdout).models.map(({ model_name }: { model_name: string }) => model_name)
  }

  describe('models', () => {
    it('lists what a pipeline holds, best first', async () => {
      const { code, stdout, stderr } = await run('models', zip)
      assert.equal(code, 0)
      assert.match(stdout, /^MODEL\tSOURCE/)
      assert.ok(stdout.indexOf('B_1') < stdout.indexOf('A_10'))
      assert.match(stdout, /A_10\trapl-sysfs\tAbsPower\tBPFOnly\tlarge\t96\t2\.00\t1\.00/)
      assert.match(stderr, /std: 3 models, 3 node types/)
    })

    it('takes a path, a URL, or the name of a pipeline in MODEL_PATH', async () => {
      for (const named of [zip, pathToFileURL(zip).href, 'std']) assert.equal((await names(named)).length, 3)
    })

    it('sorts and chooses', async () => {
      assert.deepEqual(await names('std', '--sort', 'mape', '-e', 'intel_rapl'), ['A_10', 'B_1'])
      assert.deepEqual(await names('std', '--sort', 'node-type'), ['C_0', 'B_1', 'A_10'])
      assert.deepEqual(await names('std', '-ot', 'DynPower', '-fg', 'CounterOnly'), ['C_0'])
      assert.deepEqual(await names('std', '--node-type', '1'), ['B_1'])
    })

    it('names what it cannot use', async () => {
      for (const [args, said] of [
        [['nothing'], /no pipeline "nothing"/],
        [['std', '--sort', 'beauty'], /--sort "beauty"/],
        [['std', '--source', 'coal'], /--source "coal"/],
        [['std', '--output-type', 'x'], /--output-type "x"/],
      ] as const) {
        const { code, stderr } = await run('models', ...args)
        assert.equal(code, 2)
        assert.match(stderr, said)
      }
    })
  })

  describe('spec', () => {
    it('shows the spec and how its node type was found', async () => {
      const { code, stdout, stderr } = await run('spec')
      assert.equal(code, 0)
      assert.match(stderr, /from .*spec\.json/)
      assert.match(stdout, /std\t10\tsimilar\t0\.74\t/)
    })

    it('refuses a spec file that is not there, and discovers where the default one is not', async () => {
      const missing = await run('spec', 'std', '--machine-spec', '/nonexistent')
      assert.equal(missing.code, 2)
      assert.match(missing.stderr, /machine spec \/nonexistent cannot be read/)
      const absent = '/etc/kepler/models/machine/spec.json'
      const { code, stdout } = await run('spec', 'std', '--machine-spec', absent, '--json')
      assert.equal(code, 0)
      assert.ok(JSON.parse(stdout).cores >= 1)
      assert.equal(JSON.parse(stdout).node_types.length, 1)
    })

    it('reads a spec as the original writes it, and refuses one without a known attribute', async () => {
      const attrs = { processor: 'large', cores: 90 }
      writeFileSync(join(folder, 'original.json'), JSON.stringify({ attrs, members: [] }))
      const { stdout } = await run('spec', '--machine-spec', join(folder, 'original.json'), '--json')
      assert.equal(JSON.parse(stdout).cores, 90)
      writeFileSync(join(folder, 'other.json'), '{"cpu": "large"}')
      const other = await run('spec', '--machine-spec', join(folder, 'other.json'))
      assert.equal(other.code, 2)
      assert.match(other.stderr, /none of the attributes processor, cores, chips, memory, frequency/)
    })

    it('names a spec file that cannot be used', async () => {
      writeFileSync(join(folder, 'bad.json'), '{"cores": "many"}')
      const { code, stderr } = await run('spec', '--machine-spec', join(folder, 'bad.json'))
      assert.equal(code, 2)
      assert.match(stderr, /bad\.json.*cores.*"many"/)
    })
  })
})
