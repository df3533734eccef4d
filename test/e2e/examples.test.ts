import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { exampleWatts } from '../../examples/predict.js'
import { trainRemotely } from '../../examples/train-remotely.js'
import { bufferSource } from '../../src/archive/zip/byte-source.js'
import { openZip } from '../../src/archive/zip/zip.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { responseChunks } from '../../src/simulate/write-response.js'
import { startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

it('the example of the library gives watts', () => {
  const folder = new URL('../fixtures/archives/', import.meta.url)
  const powers = exampleWatts(readFileSync(new URL('GradientBoostingRegressorTrainer_0.zip', folder)))
  for (const watts of Object.values(powers)) {
    assert.equal(watts.length, 2)
    assert.ok(watts.every((value) => Number.isFinite(value) && value >= 0))
  }
  assert.ok(powers.package![1]! > powers.package![0]!, 'a busy node takes more than an idle one')
})

it('the example of a client of the offline trainer brings a pipeline, and says what went wrong', async () => {
  const folder = temporaryFolder()
  const response = join(folder, 'prom_response.json')
  writeFileSync(response, [...responseChunks({ scenario: scenarioNamed('mixed'), duration: 120 })].join(''))
  const args = ['--host', '127.0.0.1', '--port', '0', '--jobs-path', join(folder, 'jobs'), '--model-path', folder]
  const program = startProgram('offline-trainer', args, { OFFLINE_TRAINER_TOKEN: 'open' })
  try {
    const [, url = ''] = await program.waitFor(/"offline-trainer","url":"(http[^"]+)"/)
    const output = join(folder, 'mine.zip')
    const stages: string[] = []
    const training = { url, response, name: 'mine', output, token: 'open' }
    await trainRemotely({ ...training, onProgress: (stage) => stages.push(stage) })
    const { entries } = openZip(bufferSource(readFileSync(output)))
    assert.ok(entries.has('rapl-sysfs/AbsPower/Basic/SGDRegressorTrainer_0.zip'))
    assert.ok(stages.some((stage) => stage.startsWith('trained ')))

    await assert.rejects(trainRemotely({ ...training, token: 'closed' }), /401/)
    writeFileSync(response, '{"kepler_node_package_joules_total": {}}')
    await assert.rejects(trainRemotely(training), /prom_response: /)
  } finally {
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  }
})
