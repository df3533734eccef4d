import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Labels } from '../../prometheus/labels.js'
import type { Series } from '../../prometheus/response.js'
import { findings } from '../findings.js'
import { type IdentityRule, parseIdentityRule } from './identity-rule.js'
import { joinedSeries, type JoinOptions } from './join.js'

function series(labels: Labels, count = 3): Series {
  const timestamps = Float64Array.from({ length: count }, (_, i) => i)
  return { metric: 'm', labels, timestamps, values: timestamps }
}

const usual = { instance: ['10.0.0.1:9102'], node: ['w1'], cluster: ['c'] }

function joined(
  all: readonly Series[],
  {
    identity = usual,
    ...options
  }: Partial<JoinOptions> & { identity?: Readonly<Record<string, readonly string[]>> } = {},
) {
  const found = findings()
  const machine = {
    name: 'w1',
    identity: new Map(Object.entries(identity).map(([label, values]) => [label, new Set(values)])),
    ...{ taken: [], replicas: [], samples: 0 },
  }
  const own = joinedSeries(all, machine, { rules: [], machineLabels: [], machines: 2, ...options }, found)
  return {
    labels: own.map(({ labels }) => labels),
    found: found.list().map(({ kind, metric, count, example }) => [kind, metric, count, example]),
  }
}
const rule = (text: string): { rules: readonly IdentityRule[] } => ({ rules: [parseIdentityRule(text)] })
const isJoined = (labels: Labels, options?: Parameters<typeof joined>[1]) => {
  try {
    return joined([series(labels)], options).labels.length === 1
  } catch {
    return false
  }
}

describe('a series of another exporter', () => {
  it('is of a machine by the name of its node, whatever its address', () => {
    assert.ok(isJoined({ node: 'w1', instance: 'x' }))
    assert.ok(isJoined({ host: 'w1.example.com' }))
    assert.ok(!isJoined({ node: 'w2', instance: '10.0.0.1:9100' }))
    assert.ok(isJoined({ node: 'w2', hostname: 'w1' }))
  })

  it('is of a machine by its address where one of them has no node', () => {
    assert.ok(isJoined({ instance: '10.0.0.1:9100' }))
    assert.ok(isJoined({ instance: 'w1:9100' }))
    assert.ok(isJoined({ node: '10.0.0.1' }, { identity: { instance: ['10.0.0.1:9102'] } }))
    assert.ok(!isJoined({ instance: '10.0.0.2:9100' }))
  })

  it('is not of a machine in another cluster', () => {
    assert.ok(isJoined({ node: 'w1', cluster: 'c' }))
    assert.ok(!isJoined({ node: 'w1', cluster: 'd' }))
    // A group that the machine does not tell contradicts nothing.
    assert.ok(isJoined({ node: 'w1', tenant: 't' }))
  })

  it('is found by a rule for it, and by nothing else then', () => {
    const byRack = rule('m: rack -> node')
    assert.ok(isJoined({ rack: 'w1:80' }, byRack))
    assert.ok(!isJoined({ rack: 'w2' }, byRack))
    assert.ok(!isJoined({ node: 'w1' }, byRack))
    assert.ok(isJoined({ node: 'w1' }, rule('other: rack -> node')))
    assert.ok(isJoined({ rack: 'w1', job: 'some-exporter' }, rule('some_exporter: rack -> node')))
  })

  it('is found by a rule where all of its labels agree, or one of its values', () => {
    const both = rule('* : rack -> node, group -> cluster')
    assert.ok(isJoined({ rack: 'w1', group: 'c' }, both))
    assert.ok(!isJoined({ rack: 'w1', group: 'd' }, both))
    assert.ok(!isJoined({ rack: 'w1' }, both))
    const outlets = rule('outlet="3" -> node="w1", outlet="4" -> node="w2", outlet="5" -> node="w1"')
    assert.deepEqual(
      ['3', '4', '5', '6'].map((outlet) => isJoined({ outlet }, outlets)),
      [true, false, true, false],
    )
    assert.ok(!isJoined({}, outlets))
    assert.ok(!isJoined({ rack: 'w1' }, rule('rack -> nothing')))
  })
})

describe('series of another exporter', () => {
  it('of other machines are named beside those that are taken', () => {
    const { labels, found } = joined([
      series({ node: 'w2', instance: 'b', zone: 'z' }),
      series({ node: 'w1', instance: 'a', zone: 'z' }),
      series({ node: 'w3', instance: 'c', zone: 'z' }),
    ])
    assert.deepEqual(labels, [{ node: 'w1', instance: 'a', zone: 'z' }])
    assert.deepEqual(found, [['other machine', 'm', 2, 'node=w2, instance=b (taken: node=w1, instance=a)']])
    assert.deepEqual(joined([series({ node: 'w1' }), series({ node: 'w2', rack: 'r' })]).found, [
      ['other machine', 'm', 1, 'node=w2, rack=r (taken: node=w1, rack=)'],
    ])
  })

  it('of replicas count once, also of those that a user names', () => {
    const two = (label: string) => [series({ node: 'w1', [label]: 'a' }), series({ node: 'w1', [label]: 'b' }, 2)]
    const once = joined(two('replica'))
    assert.deepEqual(once.labels, [{ node: 'w1', replica: 'a' }])
    assert.deepEqual(once.found, [['replica', 'm', 1, '{node=w1, replica=b}']])
    assert.deepEqual(joined(two('cpu')).labels.length, 2)
    assert.deepEqual(joined(two('cpu')).found, [])
    assert.equal(joined(two('mine'), { machineLabels: ['mine'] }).labels.length, 1)
  })

  it('of one unknown machine are those of the only one, and that is said', () => {
    const all = [series({ instance: 'x:1', cpu: '0' }), series({ instance: 'x:2', cpu: '1' })]
    const { labels, found } = joined(all, { machines: 1 })
    assert.equal(labels.length, 2)
    assert.deepEqual(found, [['machine assumed', 'm', 1, 'x taken for w1; say so with --identity']])
    assert.match(String(joined([series({})], { machines: 1 }).found[0]![3]), /^a series without instance taken for w1;/)
  })

  it('are not assumed where there are several machines, here or there, or one is known to be another', () => {
    const refused = (all: readonly Series[], machines: number) =>
      assert.throws(() => joined(all, { machines }), { code: 'INVALID_DATA', field: 'm' })
    refused([series({ instance: 'x' })], 2)
    refused([series({ instance: 'x' }), series({ instance: 'y' })], 1)
    refused([series({ instance: 'x' }), series({ instance: 'x', node: 'w2' })], 1)
    assert.throws(() => joined([]), { code: 'INVALID_DATA', field: '' })
  })

  it('that are of no machine are described, five ways at most', () => {
    const message = (count: number) => {
      try {
        joined(Array.from({ length: count }, (_, i) => series({ zone: 'z', instance: `x${i % 6}`, job: 'j' })))
      } catch (error) {
        return String(error)
      }
      return ''
    }
    assert.match(
      message(2),
      /machine w1 \{instance=10\.0\.0\.1:9102, node=w1, cluster=c\}; it is of \{instance=x0, job=j\} \{instance=x1, job=j\}; say/,
    )
    assert.match(message(5), /\{instance=x4, job=j\}; say/)
    assert.match(message(12), /\{instance=x4, job=j\} and 1 more; say/)
    const several = { identity: { instance: ['a', 'b'] } }
    assert.throws(() => joined([series({ node: 'q' })], several), { message: /\{instance=a\|b\}/ })
  })
})
