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

  it('take names, quotes and spaces as Prometheus does', () => {
    assert.equal(parseSelector(' job:cpu_Rate5m {a1_B="x"} ').metric, 'job:cpu_Rate5m')
    assert.equal(parseSelector(' :up\n').metric, ':up')
    assert.deepEqual(parseMatchers(`\n_1 = 'it\\'s' ,\t"a\\"b"!~"x\ny"`), [
      { label: '_1', operator: '=', value: "it's" },
      { label: 'a"b', operator: '!~', value: 'x\ny' },
    ])
    assert.deepEqual(parseMatchers(' { } '), [])
    assert.deepEqual(parseMatchers('a="}"'), [{ label: 'a', operator: '=', value: '}' }])
    assert.equal(selectorText({ metric: 'up', matchers: [] }), 'up')
    assert.equal(selectorText({ metric: undefined, matchers: [] }), '')
  })

  it('say what is wrong, from where on', () => {
    assert.throws(() => parseMatchers('a="b",c'), { message: /: expected label="value" .* at "c"$/ })
    assert.throws(
      () => parseMatchers('a=~"("'),
      (error: Error) => error.cause instanceof SyntaxError,
    )
    for (const text of ["a='b", 'a=`b', '1m{a="b"}', 'a="b",,c="d"', '"a="b"', 'm}', '{a="b"']) {
      assert.throws(() => parseSelector(text), { code: 'INVALID_REQUEST' }, text)
    }
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
