import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseIdentityRule, speaksOf } from './identity-rule.js'
import { hostOf, isSameHost, nameOf } from './labels.js'

describe('the host of an address', () => {
  it('is what stands before the port', () => {
    const hosts = {
      '10.0.0.5:9102': '10.0.0.5',
      'w1:80': 'w1',
      w1: 'w1',
      '[fd00::1]:9102': 'fd00::1',
      '[fd00::1]': 'fd00::1',
      'fd00::1': 'fd00::1',
    }
    for (const [address, host] of Object.entries(hosts)) assert.equal(hostOf(address), host)
  })

  it('is the whole text where that is no address', () => {
    for (const text of ['', ':80', 'w1:metrics', 'w1:80x', 'a:w1:80', 'x[fd00::1]:80', '[fd00::1]:80x', '[fd00::1]:']) {
      assert.equal(hostOf(text), text)
    }
  })

  it('is the same with or without a domain, in any case of letters', () => {
    for (const [a, b] of [
      ['w1', 'W1:9100'],
      ['w1', 'w1.example.com'],
      ['w1.example.com:1', 'W1:2'],
      ['x10.0.0.1', 'x10.0.0.1.lan'],
      ['10.0.0.1x', '10.0.0.1x.lan'],
      ['[fd00::1]:9', 'FD00::1'],
    ] as const) {
      assert.ok(isSameHost(a, b) && isSameHost(b, a), `${a} ${b}`)
    }
  })

  it('is another one where a name or an address only begins alike', () => {
    for (const [a, b] of [
      ['w1', 'w10'],
      ['w1.a', 'w1.b'],
      ['10.0.0', '10.0.0.1'],
      ['10.20.30.40', '10.20.30.40.example.com'],
      ['fd00::1', 'fd00::1.example.com'],
    ] as const) {
      assert.ok(!isSameHost(a, b) && !isSameHost(b, a), `${a} ${b}`)
    }
  })
})

describe('the name of a machine', () => {
  it('is its address as the exporter had it, then the address, then the node', () => {
    assert.equal(nameOf({ node: 'n', instance: 'i', exported_instance: 'e' }), 'e')
    assert.equal(nameOf({ node: 'n', instance: 'i' }), 'i')
    assert.equal(nameOf({ node: 'n', instance: '' }), 'n')
    assert.equal(nameOf({ cluster: 'c' }), '')
  })
})

describe('an identity rule', () => {
  it('maps labels, or values of labels, of an exporter or of all', () => {
    assert.deepEqual(parseIdentityRule('node_exporter: instance -> node'), {
      of: 'node_exporter',
      pairs: [{ theirs: 'instance', ours: 'node' }],
    })
    assert.deepEqual(parseIdentityRule('  a->b  '), { of: '*', pairs: [{ theirs: 'a', ours: 'b' }] })
    assert.deepEqual(parseIdentityRule(' pdu : _o1 = "3, 4" -> node = "w1",x=""->y="" '), {
      of: 'pdu',
      pairs: [
        { theirs: '_o1', ours: 'node', values: ['3, 4', 'w1'] },
        { theirs: 'x', ours: 'y', values: ['', ''] },
      ],
    })
    // The colon of a value begins no mapping.
    assert.deepEqual(parseIdentityRule('a="x:1" -> b="y"'), {
      of: '*',
      pairs: [{ theirs: 'a', ours: 'b', values: ['x:1', 'y'] }],
    })
  })

  it('that cannot be read is quoted', () => {
    for (const text of [
      ...['', 'rack', 'a -> ', 'a -> b,', '9a -> b', 'a -> 9b', 'x a -> b', 'a -> b c'],
      ...['a="1" -> b', 'a -> b="1"', 'a="1 -> b="2"'],
    ]) {
      assert.throws(
        () => parseIdentityRule(text),
        ({ code, field, message }) => {
          assert.deepEqual([code, field], ['INVALID_REQUEST', 'identity'], text)
          return message.includes(JSON.stringify(text))
        },
      )
    }
  })

  it('speaks of metrics by their name or its begin, and of jobs', () => {
    const speaks = (of: string, metric: string, job?: string) => speaksOf({ of, pairs: [] }, metric, job)
    assert.ok(speaks('*', 'anything'))
    assert.ok(speaks('pdu_watts', 'PDU_watts'))
    assert.ok(speaks('pdu', 'pdu_watts'))
    assert.ok(!speaks('pdu', 'my_pdu_watts'))
    for (const of of ['node_exporter', 'node-exporter', 'nodeexporter', 'Node_exporter']) {
      assert.ok(speaks(of, 'node_load1'), of)
      assert.ok(speaks(of, 'up', 'my-Node-Exporter.2'), of)
      assert.ok(!speaks(of, 'up', 'node'), of)
      assert.ok(!speaks(of, 'kube_node_info'), of)
    }
    // Not at its end: no part of the name is left out.
    assert.ok(!speaks('node_exporter_2', 'node_load1'))
    assert.ok(!speaks('node_exporter_load', 'node_load1'))
    assert.ok(!speaks('nodeexporter', 'nod_load1'))
    // Without a begin, a metric is none that begins so.
    assert.ok(!speaks('exporter', 'node_load1'))
    assert.ok(speaks('exporter', 'exporter'))
    assert.ok(speaks('exporter', 'up', 'some-exporter'))
  })
})
