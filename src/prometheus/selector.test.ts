import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matching, parseMatchers, parseSelector, selectorText } from './selector.js'

const matches = (text: string, labels: Readonly<Record<string, string>>) =>
  matching(parseSelector(text).matchers)(labels)

describe('label selectors', () => {
  it('match as in Prometheus: whole values, absent labels as empty ones', () => {
    assert.ok(matches('cluster="a",node=~"w.*"', { cluster: 'a', node: 'w1' }))
    assert.ok(!matches('cluster="a",node=~"w.*"', { cluster: 'a', node: 'xw1' }))
    assert.ok(!matches('node=~"w"', { node: 'w1' }))
    assert.ok(matches('{ replica !~ "b|c" , mode != "idle" }', { mode: 'user' }))
    assert.ok(matches('cluster=""', {}))
    assert.ok(matches('node=~"(?i)W1"', { node: 'w1' }))
    assert.ok(matches('', { anything: 'x' }))
  })

  it('take a metric in front, and quotes of all kinds', () => {
    const selector = parseSelector(`node_cpu{mode!='idle', path=\`C:\\x\`, note="a\\"b, c\\n"}`)
    assert.equal(selector.metric, 'node_cpu')
    assert.deepEqual(
      selector.matchers.map(({ value }) => value),
      ['idle', 'C:\\x', 'a"b, c\n'],
    )
    assert.equal(parseSelector('node_cpu').metric, 'node_cpu')
    assert.deepEqual(parseSelector('mode="x"').metric, undefined)
  })

  it('are written as they are read', () => {
    const text = 'm{a="x\\"y",b=~"c|d"}'
    assert.equal(selectorText(parseSelector(text)), text)
    assert.deepEqual(parseSelector(selectorText(parseSelector(text))).matchers, parseSelector(text).matchers)
    assert.equal(selectorText({ metric: undefined, matchers: parseMatchers('a="1"') }), '{a="1"}')
  })

  it('say what is wrong', () => {
    for (const text of [
      'cluster=a',
      'cluster="a',
      'a="b" c="d"',
      '1a="b"',
      'a=="b"',
      'm{a="b"',
      'm{a="b"}x',
      'a~"b"',
    ]) {
      assert.throws(() => parseSelector(text), { code: 'INVALID_REQUEST', field: 'select' }, text)
    }
    assert.throws(() => parseSelector('a=~"("'), { code: 'INVALID_REQUEST', message: /no regular expression/ })
  })
})
