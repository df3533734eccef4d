import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { machineSpecsIn } from './machine-specs.js'

describe('machineSpecsIn', () => {
  it('reads a spec for each machine, and nothing else', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'worker-1:9102.json'), '{"processor":"amd_epyc_9654","cores":192}')
    writeFileSync(join(folder, 'README.md'), 'not a spec')
    const specs = await machineSpecsIn(folder)
    assert.deepEqual([...specs], [['worker-1:9102', { processor: 'amd_epyc_9654', cores: 192 }]])
  })

  it('names the file that is no spec, or says nothing, and the folder that is not there', async () => {
    const refused = (folder: string, message: RegExp) =>
      assert.rejects(machineSpecsIn(folder), { code: 'INVALID_CONFIG', message })
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'worker.json'), '{"cores":"many"}')
    await refused(folder, /worker\.json.*cores.*"many"/)
    writeFileSync(join(folder, 'worker.json'), '{"cores":0}')
    await refused(folder, /worker\.json cannot be used: it has none of the attributes/)
    await refused(join(folder, 'none'), /ONLINE_MACHINE_SPECS: .*none cannot be read/)
  })
})
