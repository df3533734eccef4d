import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { fleetFolder } from './fleet-folder.js'

function folderOf(...files: readonly string[]): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'machine_spec'))
  for (const file of files) writeFileSync(join(folder, file), '{"cores": 8}')
  return folder
}

describe('a folder of machines', () => {
  it('has a response a machine, with its spec where there is one', () => {
    const folder = folderOf('a.json', 'b-1.lab.json.gz', 'notes.txt', '.hidden.json', 'machine_spec/a.json')
    const { machines, ignored } = fleetFolder(folder)
    assert.deepEqual(machines, [
      { id: 'a', path: join(folder, 'a.json'), spec: { cores: 8 } },
      { id: 'b-1.lab', path: join(folder, 'b-1.lab.json.gz'), spec: {} },
    ])
    assert.deepEqual(ignored, ['notes.txt'])
  })

  it('says what is wrong with it', () => {
    assert.throws(() => fleetFolder(folderOf('a.json', 'a.json.gz')), {
      code: 'INVALID_REQUEST',
      message: /machine a has two responses/,
    })
    assert.throws(() => fleetFolder(folderOf('notes.txt')), { code: 'INVALID_CONFIG', field: 'folder' })
    assert.throws(() => fleetFolder('/nowhere'), { code: 'INVALID_CONFIG', message: /cannot be listed/ })
    const folder = folderOf('a.json')
    writeFileSync(join(folder, 'machine_spec', 'a.json'), '{"cores": "many"}')
    assert.throws(() => fleetFolder(folder), { code: 'INVALID_CONFIG', message: /machine_spec.a\.json cannot be used/ })
  })
})
