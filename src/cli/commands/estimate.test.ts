import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

interface Answer {
  models: { model_name: string; source: string; output_type: string; feature_group: string; mae: number }[]
  skipped: Record<string, string[]>
  files: string[]
}

describe('kepler-model estimate', () => {
  const folder = temporaryFolder()
  const run = (...args: string[]) => runCli(keplerModelProgram, args, { environment: { DATAPATH: folder } })
  const estimate = async (...args: string[]): Promise<Answer> => {
    const { code, stdout, stderr } = await run('estimate', '-p', 'demo/demo-0.1.0.zip', ...args, '--json')
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }

  before(async () => {
    assert.equal((await run('simulate', '-o', 'node.json', '--duration', '120', '--seed', '3')).code, 0)
  })

  it('judges every model of a pipeline on a response, the best first', async () => {
    const { models, skipped } = await estimate('-i', 'node')
    assert.deepEqual(skipped, {})
    const errors = models.map(({ mae }) => mae)
    assert.deepEqual(
      errors,
      [...errors].sort((a, b) => a - b),
    )
    assert.deepEqual([...new Set(models.map(({ source }) => source))].sort(), ['acpi', 'rapl-sysfs'])
    assert.deepEqual([...new Set(models.map((model) => model.output_type))].sort(), ['AbsPower', 'DynPower'])
    assert.ok(errors[0]! < 5, 'the demonstration knows this machine')
  })

  it('finds in a dataset what it finds in the response that the dataset is of', async () => {
    const chosen = ['-e', 'acpi', '-ot', 'AbsPower', '-fg', 'BPFOnly'] as const
    assert.equal((await run('extract', '-i', 'node', '-o', 'rows', ...chosen)).code, 0)
    const fromResponse = await estimate('-i', 'node', ...chosen)
    const fromDataset = await estimate('-i', 'rows', ...chosen)
    assert.ok(fromResponse.models.length > 0)
    assert.deepEqual(fromDataset.models, fromResponse.models)
  })

  it('takes a model by its name or its trainer', async () => {
    const rapl = ['-i', 'node', '-e', 'rapl-sysfs', '-ot', 'AbsPower', '-fg', 'Basic'] as const
    const [one] = (await estimate(...rapl, '--model-name', 'SGDRegressorTrainer_0')).models
    assert.equal(one?.model_name, 'SGDRegressorTrainer_0')
    const trainer = (await estimate(...rapl, '--model-name', 'SGDRegressorTrainer', '--node-type', '0')).models
    assert.deepEqual(trainer, [one])
  })

  it('writes what the best model predicts beside what was measured', async () => {
    const { files } = await estimate('-i', 'node', '-o', 'best', '-e', 'acpi', '-ot', 'AbsPower')
    assert.deepEqual(files, [join(folder, 'best_acpi_AbsPower.csv')])
    const [header, first] = readFileSync(files[0]!, 'utf8').split('\n')
    assert.equal(header, 'timestamp,platform_power,predicted_platform_power')
    const [, measured, predicted] = first!.split(',').map(Number)
    assert.ok(Math.abs(predicted! - measured!) < 0.2 * measured!)
  })

  it('says what it passed over: models whose features were not measured', async () => {
    assert.equal((await run('extract', '-i', 'node', '-o', 'bpf', '-fg', 'BPFOnly')).code, 0)
    const { models, skipped } = await estimate('-i', 'bpf')
    assert.deepEqual([...new Set(models.map((model) => model.feature_group))], ['BPFOnly'])
    assert.match(Object.keys(skipped).join('\n'), /has no cache_miss, cpu_cycles, cpu_instructions/)
  })

  it('names what it cannot use', async () => {
    for (const [args, code, said] of [
      [['-i', 'nothing'], 2, /there is no file "nothing"/],
      [['-i', 'node', '-e', 'coal'], 1, /has no such model/],
      [['-i', 'node', '-e', '../coal'], 2, /"..\/coal" is no name of an energy source/],
      [['-i', 'node', '-fg', 'Beauty'], 1, /has no such model/],
    ] as const) {
      const { code: ended, stderr } = await run('estimate', '-p', 'demo/demo-0.1.0.zip', ...args)
      assert.equal(ended, code, stderr)
      assert.match(stderr, said)
    }
  })
})
