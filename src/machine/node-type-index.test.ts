import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseNodeTypeIndex, parseNodeTypeMembers } from './node-type-index.js'

describe('parseNodeTypeIndex', () => {
  it('sorts by number and takes types without attributes or members', () => {
    assert.deepEqual(parseNodeTypeIndex('{"2": {}, "1": {"attrs": {"cores": 24.0, "other": 1}, "members": null}}'), [
      { id: 1, spec: { cores: 24 }, members: 0 },
      { id: 2, spec: {}, members: 0 },
    ])
  })

  it('knows the machines by name', () => {
    const members = parseNodeTypeMembers('{"2": {"members": ["a", 7, "b"]}, "0": {"attrs": {}}}')
    assert.deepEqual(
      [...members],
      [
        [0, []],
        [2, ['a', 'b']],
      ],
    )
  })

  for (const text of ['', '[]', '{"a": {}}', '{"1": 5}', '{"1": {"attrs": {"cores": "many"}}}']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseNodeTypeIndex(text), { code: 'INVALID_ARCHIVE' })
    })
  }
})
