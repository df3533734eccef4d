import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ExpositionText, labelText } from './exposition-text.js'

describe('ExpositionText', () => {
  it('announces a family with its first series', () => {
    const family = { name: 'x_total', type: 'counter', help: 'X.', labels: ['a'] } as const
    const text = new ExpositionText().family(family)
    assert.equal(text.toString(), '')
    text.add(labelText(['a'], ['1']), 2).add('', 3)
    const written = '# HELP x_total X.\n# TYPE x_total counter\nx_total{a="1"} 2\nx_total 3\n'
    assert.equal(text.toString(), written)
    text.clear()
    text
      .family(family)
      .add(labelText(['a'], ['1']), 2)
      .add('', 3)
    assert.equal(text.toString(), written)
  })

  it('grows, and takes any characters', () => {
    const text = new ExpositionText()
    const value = 'ü€😀'.repeat(10_000)
    const family = { name: 'x', type: 'gauge', help: 'X.', labels: ['a'] } as const
    for (let i = 0; i < 20; i++) text.family(family).add(labelText(['a'], [value]), i)
    assert.equal(text.toString().split(value).length, 21)
  })

  it('announces a family again when another one stood between', () => {
    const family = (name: string) => ({ name, type: 'gauge', help: 'X.', labels: [] }) as const
    const [a, b] = [family('a'), family('b')]
    const text = new ExpositionText().family(a).add('', 1).family(b).family(a).add('', 2).family(b).add('', 3)
    assert.deepEqual(
      text
        .toString()
        .split('\n')
        .filter((line) => !line.startsWith('# HELP')),
      ['# TYPE a gauge', 'a 1', 'a 2', '# TYPE b gauge', 'b 3', ''],
    )
  })

  it('knows no family at first, nor after it was cleared', () => {
    const text = new ExpositionText()
    assert.throws(() => text.add('', 1), /needs a family/)
    text.family({ name: 'x', type: 'gauge', help: '', labels: [] }).clear()
    assert.throws(() => text.add('', 1), /needs a family/)
  })

  it('holds any text, and only that', () => {
    const text = new ExpositionText()
    for (const length of [0, 1, 21_845, 21_846, 70_000]) {
      text.clear()
      text.text('€'.repeat(length))
      assert.equal(text.bytes.length, 3 * length)
      assert.equal(text.toString(), '€'.repeat(length))
    }
  })
})

describe('labelText', () => {
  it('is empty without labels, and has an empty value where there is none', () => {
    assert.equal(labelText([], ['x']), '')
    assert.equal(labelText(['a', 'b'], ['1']), '{a="1",b=""}')
  })

  it('escapes all of each character', () => {
    for (const [value, written] of [
      ['""', '\\"\\"'],
      ['\\\\', '\\\\\\\\'],
      ['a\n\nb', 'a\\n\\nb'],
      ["it's {a,b}", "it's {a,b}"],
    ] as const) {
      assert.equal(labelText(['a'], [value]), `{a="${written}"}`)
    }
  })
})
