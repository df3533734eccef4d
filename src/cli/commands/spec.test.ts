import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { pipelineFiles, writeFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model spec', () => {
  const folder = temporaryFolder()
  const models = join(folder, 'models')
  const [medium, unknown] = ['medium', 'unknown'].map((name) => join(folder, `${name}.json`)) as [string, string]
  writeFileSync(medium, '{"processor": "medium", "cores": 16, "chips": 1, "memory": 32, "frequency": 2500}')
  writeFileSync(unknown, '{"cores": 16}')
  writeFiles(models, {
    'a.zip': zipOf(pipelineFiles([{ name: 'A_1' }])),
    'b.zip': zipOf(pipelineFiles([{ name: 'A_1' }], {})),
    'broken.zip': 'no zip',
  })
  const run = (args: readonly string[], columns?: number) =>
    runCli(keplerModelProgram, ['spec', ...args], {
      environment: { MODEL_PATH: models },
      ...(columns === undefined ? {} : { columns }),
    })

  it('shows every attribute with its unit, and the type in each pipeline', async () => {
    const { code, stdout, stderr } = await run(['--machine-spec', medium])
    assert.equal(code, 0)
    assert.deepEqual(stdout.split('\n'), [
      'ATTRIBUTE\tVALUE',
      ...['processor\tmedium', 'cores\t16', 'chips\t1', 'memory\t32 GB', 'frequency\t2500 MHz', ''],
      'PIPELINE\tTYPE\tMATCH\tSIMILARITY\tUNCERTAINTY\tPROCESSOR\tCORES\tCHIPS\tMEMORY\tFREQUENCY',
      'a\t1\texact\t1.00\t0.00\tmedium\t16\t1\t32\t2500',
      'b\t\tnone\t\t\t\t\t\t\t',
      '',
    ])
    assert.match(stderr, /^This machine \(from \S+medium\.json\):$/m)
    assert.match(stderr, /^Node type:$/m)
    assert.match(stderr, /^warning: .*broken/m)
  })

  it('says what is not known', async () => {
    const { stdout } = await run(['a', '--machine-spec', unknown])
    assert.match(
      stdout,
      /^processor\tnot known\ncores\t16\nchips\tnot known\nmemory\tnot known\nfrequency\tnot known$/m,
    )
    assert.match(stdout, /^a\t1\tpartial\t/m)
  })

  it('tells programs spec and match', async () => {
    const { stdout } = await run(['--machine-spec', medium, '--json'])
    const { node_types: types, ...spec } = JSON.parse(stdout)
    assert.deepEqual(spec, { processor: 'medium', cores: 16, chips: 1, memory: 32, frequency: 2500 })
    assert.deepEqual(types, [
      { pipeline: 'a', node_type: 1, match: 'exact', similarity: 1, uncertainty: 0, machine_spec: spec },
      { pipeline: 'b', node_type: null },
    ])
  })

  it('fails for a damaged pipeline that is named', async () => {
    const { code, stderr } = await run(['broken', '--machine-spec', medium])
    assert.equal(code, 1)
    assert.match(stderr, /^error: .*broken/)
  })

  it('says where there is no pipeline', async () => {
    const options = { environment: { MODEL_PATH: join(folder, 'none') } }
    const { code, stdout, stderr } = await runCli(keplerModelProgram, ['spec', '--machine-spec', medium], options)
    assert.equal(code, 0)
    assert.match(stderr, /There is no pipeline in \S+none; name one to see the node type\./)
    assert.doesNotMatch(stdout, /PIPELINE/)
  })

  it('leaves the least of a type out of a narrow terminal, its processor last', async () => {
    const wide = (await run(['a', '--machine-spec', medium], 200)).stdout
    assert.match(wide, /^a {12}1 {2}exact {8}1\.00 {9}0\.00 {2}medium {5}16 {5}1 {6}32 {6}2500$/m)
    const { stdout } = await run(['a', '--machine-spec', medium], 60)
    assert.match(stdout, /^\(not shown: .*FREQUENCY; --wide shows them\)$/m)
    assert.match(stdout, /^PIPELINE .*PROCESSOR/m)
    assert.match((await run(['a', '--machine-spec', medium, '--wide'], 60)).stdout, /^PIPELINE .*FREQUENCY$/m)
  })
})
