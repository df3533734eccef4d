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

  it('sorts by value, up to nine digits, and counts the members', () => {
    const found = parseNodeTypeIndex('{"999999999": {"members": ["a", 7]}, "10": {}, "9": {}}')
    assert.deepEqual(
      found.map(({ id, members }) => [id, members]),
      [
        [9, 0],
        [10, 0],
        [999_999_999, 2],
      ],
    )
    for (const key of ['1000000000', 'x1', '1x', '-1']) {
      assert.throws(() => parseNodeTypeIndex(`{"${key}": {}}`), {
        code: 'INVALID_ARCHIVE',
        message: `node_type_index.json: "${key}" is not a node type`,
      })
    }
  })

  it('names the place of what is wrong', () => {
    assert.throws(() => parseNodeTypeIndex('{"1": {"attrs": {"cores": "many"}}}'), {
      message: /^node_type_index\.json, 1\.attrs\.cores: expected a number/,
    })
    assert.throws(
      () => parseNodeTypeIndex('{'),
      ({ message, cause }: Error) =>
        message.startsWith('node_type_index.json is not JSON: ') && cause instanceof SyntaxError,
    )
  })

  it('takes a hundred thousand types and no more', () => {
    const text = (count: number) => `{${Array.from({ length: count }, (_, id) => `"${id}":{}`).join(',')}}`
    assert.equal(parseNodeTypeIndex(text(100_000)).length, 100_000)
    assert.throws(() => parseNodeTypeIndex(text(100_001)), {
      code: 'LIMIT_EXCEEDED',
      message: 'node_type_index.json has 100001 types, at most 100000',
    })
  })

  for (const text of ['', '[]', '{"a": {}}', '{"1": 5}', '{"1": {"attrs": {"cores": "many"}}}']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseNodeTypeIndex(text), { code: 'INVALID_ARCHIVE' })
    })
  }
})
