import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { failureOf, runCli } from '../../../test/support/cli.js'
import { pipelineFiles, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

describe('what kepler-model specpower reports', () => {
  const folder = temporaryFolder()
  const table = join(folder, 'results.csv')
  const loads = Array.from({ length: 11 }, (_, i) => i)
  const watts = loads.map((i) => 50 + 10 * i)
  writeFileSync(
    table,
    [
      `vendor,cpu,chips,cores,threads,mhz,mem_gb,${loads.map((i) => `p${10 * i}`)}`,
      `acme,Intel Xeon X5670,2,12,24,2930,12,${watts}`,
      `other,Intel Xeon X5670,2,12,24,2930,12,${watts}`,
      `acme,AMD EPYC 7763,2,128,256,2450,512,${watts.map((value) => 4 * value)}`,
      'acme,AMD EPYC 7763,2,128,256,2450,64,90,,,,,,,,,,200',
      'acme,AMD EPYC 7763,2,128,256,2450,64,91,,,,,,,,,,201',
    ].join('\n'),
  )
  const quick = ['--trainers', 'LinearRegressionTrainer', '--fast', '--threads', '0', '--data-path', folder]
  const run = (...args: string[]) => runCli(keplerModelProgram, ['specpower', '-i', table, ...quick, ...args])

  it('is how many models of which types and machines there are, and what was left out', async () => {
    const { code, stdout, stderr } = await run('-p', 'spec')
    assert.equal(code, 0, stderr)
    const path = join(folder, 'spec')
    assert.equal(
      stdout,
      `4 models of 2 node types (3 machines) written to ${path} and ${path}.zip; 2 results left out, 0 models failed\n`,
    )
    assert.match(stderr, /^2 results left out, the first in line 5: it has 2 loads, at least 5 make a curve$/m)
    const index = JSON.parse(readFileSync(join(path, 'node_type_index.json'), 'utf8'))
    assert.deepEqual(Object.keys(index), ['0', '1'])
    const { isolator, extractor } = JSON.parse(readFileSync(join(path, 'metadata.json'), 'utf8'))
    assert.deepEqual([isolator, extractor], ['min', 'default'])
  })

  it('is JSON for programs; one output type where it is named, and the types that were known', async () => {
    const { stdout } = await run('-p', 'spec', '--output-type', 'AbsPower', '--json')
    const path = join(folder, 'spec')
    assert.deepEqual(JSON.parse(stdout), {
      ...{ folder: path, zip: `${path}.zip`, machines: 3, types: 2, leftOut: 2, models: 2, failures: [] },
    })
    assert.ok(existsSync(join(path, 'acpi', 'DynPower')), 'what was there stays')
  })

  it('is an error for a name, a number or a file that is none', async () => {
    const failure = async (...args: string[]) => {
      const { code, field } = (await failureOf(keplerModelProgram, ['specpower', ...args, '--data-path', folder])) as {
        code?: string
        field?: string
      }
      return [code, field]
    }
    assert.deepEqual(await failure('-i', table, '-p', 'a/b'), ['INVALID_REQUEST', 'pipeline-name'])
    assert.deepEqual(await failure('-i', table, '-p', 'x', '--seed', 'y'), ['INVALID_REQUEST', 'seed'])
    assert.deepEqual(await failure('-i', table, '-p', 'x', '--trainers', 'Magic'), ['INVALID_REQUEST', 'trainers'])
    assert.deepEqual(await failure('-i', 'gone.csv', '-p', 'x'), ['INVALID_REQUEST', 'input'])
    assert.ok(!existsSync(join(folder, 'x')))
  })
})

describe('what kepler-model merge reports', () => {
  const folder = temporaryFolder()
  const run = (...args: string[]) => runCli(keplerModelProgram, ['merge', ...args, '--data-path', folder])
  writeFiles(join(folder, 'a'), pipelineFiles([{ name: 'SGDRegressorTrainer_1' }]))
  writeFiles(join(folder, 'b'), pipelineFiles([{ name: 'LinearRegressionTrainer_0' }], {}))

  it('is what was joined, with warnings of what is not known', async () => {
    const { code, stdout, stderr } = await run('a', 'b', '-p', 'both')
    assert.equal(code, 0, stderr)
    const path = join(folder, 'both')
    assert.match(stdout, new RegExp(`^2 models of \\d+ node types merged into ${path} and ${path}\\.zip\\n$`))
    assert.match(stderr, /^2 of 2 models merged$/m)
    const { notes } = JSON.parse((await run('a', 'b', '-p', 'both', '--json')).stdout)
    assert.deepEqual(
      stderr.match(/^warning: .*/gm) ?? [],
      notes.map((note: string) => `warning: ${note}`),
    )
    const one = await run('a', '-p', 'both')
    assert.match(one.stderr, /^error: merge: name two pipelines or more$/m)
  })
})
