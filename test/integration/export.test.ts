import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { keplerModelProgram } from '../../src/cli/program.js'
import { runCli } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const python = ['/usr/bin/python3', 'python3'].find(
  (path) => spawnSync(path, ['-c', 'import sklearn, xgboost, joblib'], { stdio: 'ignore' }).status === 0,
)
const skip = python ? false : 'needs python3-sklearn and python3-xgboost (apt-get install them)'

interface Database {
  readonly name: string
  readonly publisher: string
  readonly node_types: Record<string, object>
  readonly models: readonly { readonly zip: string; readonly features: string[]; readonly weights: object | null }[]
}

describe('the original reads an exported pipeline', { skip }, () => {
  const folder = temporaryFolder()
  const script = (name: string, ...args: string[]) => {
    const run = spawnSync(python!, ['-W', 'ignore', join(import.meta.dirname, name), ...args], { encoding: 'utf8' })
    assert.equal(run.status, 0, run.stderr)
    return run.stdout
  }
  const command = async (...args: string[]) => {
    const { code, stderr } = await runCli(keplerModelProgram, [...args, '--data-path', folder])
    assert.equal(code, 0, stderr)
  }

  it('finds its models by its tables, loads all of them and predicts what we predict', async () => {
    const spec = { processor: 'intel_xeon', cores: 32, chips: 2, memory: 64, frequency: 2600 }
    mkdirSync(join(folder, 'machine_spec'))
    writeFileSync(join(folder, 'machine_spec', 'lab-1.json'), JSON.stringify(spec))
    await command('simulate', '-o', 'measured', '--duration', '600')
    const trainers =
      'LinearRegressionTrainer,SGDRegressorTrainer,LogarithmicRegressionTrainer,XgboostFitTrainer,QuantileForestRegressorTrainer'
    await command(
      'train',
      '-i',
      'measured',
      '-p',
      'lab',
      '--id',
      'lab-1',
      '--fast',
      '--feature-group',
      'BPFOnly',
      '--trainers',
      trainers,
    )
    const models = join(folder, 'models')
    await command('export', '-p', 'lab', '-o', models, '--publisher', 'me', '--original-only')

    const curve = readFileSync(join(models, 'v0.7', 'lab', 'rapl-sysfs_AbsPower_power_curve.png'))
    assert.equal(curve.subarray(1, 4).toString('latin1'), 'PNG')

    const database: Database = JSON.parse(script('original-database.py', join(models, 'v0.7', 'lab')))
    assert.deepEqual([database.name, database.publisher, database.node_types], ['lab', 'me', { '0': spec }])
    assert.ok(database.models.length >= 8, `${database.models.length} models`)
    assert.ok(database.models.some(({ weights }) => weights !== null))
    const rows = [
      [0, 0],
      [4000, 300],
      [20000, 2000],
    ]
    const requests = database.models.map(({ zip, features }) => ({ zip, metrics: features, rows }))
    const [input, output] = [join(folder, 'archives.json'), join(folder, 'answers.json')]
    writeFileSync(input, JSON.stringify(requests))
    script('original-loader.py', input, output)
    const answers: Record<string, number[]>[] = JSON.parse(readFileSync(output, 'utf8'))
    requests.forEach(({ zip, metrics }, i) => {
      const ours: Record<string, number[]> = readModelArchive(readFileSync(zip)).predict(metrics, rows)
      assert.deepEqual(Object.keys(answers[i]!), Object.keys(ours), `${zip}: ${answers[i]!.error}`)
      for (const [component, watts] of Object.entries(ours)) {
        watts.forEach((value, row) => {
          const other = answers[i]![component]![row]!
          assert.ok(Math.abs(other - value) <= 1e-5 * (1 + value), `${zip}, ${component}: ${other}, ours ${value}`)
        })
      }
    })
  })
})
