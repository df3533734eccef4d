import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { nodeTypes, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { knownNodeTypes } from './known-node-types.js'
import { machineOfId, warnOfMissingSpec } from './machine-id.js'

describe('a machine by its id', () => {
  const folder = temporaryFolder()
  const medium = nodeTypes['1'].attrs
  writeFiles(folder, {
    'std/node_type_index.json': JSON.stringify(nodeTypes),
    'broken/node_type_index.json': '{',
    'machine_spec/known.json': JSON.stringify(medium),
    'machine_spec/other.json': JSON.stringify({ ...medium, memory: 64 }),
    'machine_spec/poor.json': '{"cores": "many"}',
  })

  it('gets the node type of a machine that is equal in every attribute', () => {
    assert.deepEqual(machineOfId(folder, 'std', 'known'), { nodeType: 1, spec: medium, members: ['known'] })
  })

  it('gets a type of its own, after the last, where one attribute differs', () => {
    const { nodeType, spec } = machineOfId(folder, 'std', 'other')
    assert.deepEqual([nodeType, spec.memory], [11, 64])
  })

  it('gets type 0 in a pipeline that is not there', () => {
    assert.equal(machineOfId(folder, 'new', 'known').nodeType, 0)
  })

  it('may have no spec, and where that was looked for is said with what makes it', () => {
    const machine = machineOfId(folder, 'std', 'nobody')
    const missingSpec = join(folder, 'machine_spec', 'nobody.json')
    assert.deepEqual(machine, { nodeType: 11, spec: {}, members: ['nobody'], missingSpec })
    const { io, written } = recordedIo()
    warnOfMissingSpec(io, machineOfId(folder, 'std', 'known'))
    warnOfMissingSpec(io, undefined)
    assert.equal(written.stderr, '')
    warnOfMissingSpec(io, machine)
    assert.ok(written.stderr.includes(`no ${missingSpec}: node type 11 has no spec`))
    assert.ok(written.stderr.includes(`kepler-model spec --json > ${missingSpec}\n`))
  })

  it('is a name and no path', () => {
    for (const id of ['a', '0', 'A.b-c_d', 'x'.repeat(128)]) assert.doesNotThrow(() => machineOfId(folder, 'std', id))
    for (const id of ['', '.a', '-a', '_a', 'a/b', '../a', 'a b', 'x'.repeat(129)]) {
      assert.throws(() => machineOfId(folder, 'std', id), { code: 'INVALID_CONFIG', field: 'id' }, id)
    }
  })

  it('names the file that cannot be used', () => {
    assert.throws(() => machineOfId(folder, 'std', 'poor'), { code: 'INVALID_CONFIG', message: /poor\.json.*"many"/ })
    assert.throws(() => machineOfId(folder, 'broken', 'known'), {
      ...{ code: 'INVALID_CONFIG', field: 'id', message: /broken.node_type_index\.json cannot be used/ },
    })
  })

  it('the node types of a pipeline have their machines', () => {
    assert.deepEqual(knownNodeTypes(folder, 'new'), [])
    const known = knownNodeTypes(folder, 'std')
    assert.deepEqual(
      known.map(({ id, members }) => [id, members]),
      [
        [0, ['a']],
        [1, ['b']],
        [10, ['c', 'd']],
      ],
    )
    assert.deepEqual(known[1]?.spec, medium)
    writeFiles(folder, { 'alone/node_type_index.json': JSON.stringify({ 2: { attrs: medium } }) })
    assert.deepEqual(knownNodeTypes(folder, 'alone'), [{ id: 2, spec: medium, members: [] }])
    assert.throws(() => knownNodeTypes(folder, 'broken'), { code: 'INVALID_CONFIG', field: 'pipeline-name' })
  })
})
