import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseIdentityRule } from '../../extract/identity/identity-rule.js'
import type { Labels } from '../../prometheus/labels.js'
import type { StoredTarget } from '../history/series-store.js'
import { targetGroups } from './target-groups.js'

const kepler = 'kepler_node_package_joules_total'
const system = 'node_load1'

/** A target with one series for each metric. */
function target(metrics: string | readonly string[], labels: Labels): StoredTarget {
  const series = [metrics].flat().map((metric) => ({ metric, labels: () => labels }))
  return { key: JSON.stringify(labels), series: () => series }
}

/** The groups by what their targets are called. */
function groupsOf(targets: readonly StoredTarget[], ...rules: readonly string[]) {
  const names = (some: readonly StoredTarget[]) =>
    some.map((one) => {
      const { exported_instance: exported, instance, node } = one.series()[0]!.labels()
      return exported ?? instance ?? node ?? ''
    })
  const { groups, ofAny } = targetGroups(targets, rules.map(parseIdentityRule))
  return { groups: groups.map((group) => names(group.targets)), ofAny: names(ofAny) }
}

describe('targetGroups', () => {
  it('puts the exporters of a host together, whatever their ports, domains and letters', () => {
    const { groups, ofAny } = groupsOf([
      target(kepler, { instance: 'w1:9102' }),
      target(kepler, { instance: '10.0.0.2:9102', node: 'w2' }),
      target(system, { instance: 'W1.example.com:9100' }),
      target(system, { instance: 'w2:9100' }),
      target(system, { instance: '10.0.0.20:9100' }),
      target(kepler, { instance: 'w10:9102' }),
    ])
    assert.deepEqual(groups, [['w1:9102', 'W1.example.com:9100'], ['10.0.0.2:9102', 'w2:9100'], ['w10:9102']])
    // What is of none of the machines with a Kepler is not read.
    assert.deepEqual(ofAny, [])
  })

  it('takes no address for the short name of another', () => {
    const targets = ['10.0.0.1:9102', '10.0.0.10:9102', '10.0:9102'].map((instance) => target(kepler, { instance }))
    assert.equal(groupsOf(targets).groups.length, 3)
  })

  it('takes a part of a name for the name where it ends with a dot, and no part of an address', () => {
    const apart = (...names: readonly string[]) =>
      groupsOf(names.map((instance) => target(kepler, { instance }))).groups.length
    assert.equal(apart('w1:9102', 'w1.rack.example:9100'), 1)
    assert.equal(apart('w1.rack:9102', 'w1.rack.example:9100', 'w1:1'), 1)
    assert.equal(apart('w1:9102', 'w11.example:9100'), 2)
    assert.equal(apart('example:9102', 'w1.example:9100'), 2)
    assert.equal(apart('10.0.0:9102', '10.0.0.7:9100'), 2)
    assert.equal(apart('10:9102', '10.0.0.x:9100'), 1, 'no address')
    assert.equal(apart('[::ffff:10]:9102', '[::ffff:10.0.0.7]:9100'), 2)
    assert.equal(apart('.hidden:9102', '.hidden.w1:9102'), 2)
  })

  it('gives a single machine everything, since it may be its own', () => {
    const targets = [target(kepler, { instance: 'w1:9102' }), target('ipmi_watts', { instance: 'bmc-7' })]
    assert.deepEqual(groupsOf(targets).groups, [['w1:9102', 'bmc-7']])
    assert.deepEqual(groupsOf([]).groups, [])
  })

  it('tells machines apart that a Prometheus passed on under its own address', () => {
    const federated = ['w1', 'w2'].map((name) => target(kepler, { instance: 'prom:9090', exported_instance: name }))
    assert.deepEqual(groupsOf(federated).groups, [['w1'], ['w2']])
    // Kepler names its machine in some metrics only: those without a name are of the same address.
    const named = target(kepler, { instance: '10.0.0.1:9102', exported_instance: 'w1' })
    const other = target(kepler, { instance: 'w3:9102' })
    const nameless = target('kepler_container_bpf_cpu_time_ms_total', { instance: '10.0.0.1:9102' })
    assert.deepEqual(groupsOf([named, other, nameless]).groups, [['w1', '10.0.0.1:9102'], ['w3:9102']])
  })

  it("puts a virtual machine's exporter with the host that shows it", () => {
    const { groups } = groupsOf([
      target(kepler, { instance: 'host-1:9102', vm_name: 'guest-a' }),
      target(kepler, { instance: 'host-2:9102', vm_id: '0b1c' }),
      target(system, { instance: 'guest-a:9100' }),
      target(system, { node: '0b1c' }),
    ])
    assert.deepEqual(groups, [
      ['host-1:9102', 'guest-a:9100'],
      ['host-2:9102', '0b1c'],
    ])
  })

  it('follows rules that name a machine by what all series of a target have, and gives the others to any machine', () => {
    const targets = [
      target(kepler, { instance: 'w1:9102' }),
      target(kepler, { instance: 'w2:9102' }),
      target('ipmi_watts', { instance: 'bmc-1', job: 'ipmi' }),
      target('pdu_watts', { instance: 'pdu', job: 'pdu' }),
    ]
    const byValue = groupsOf(targets, 'ipmi: instance="bmc-1" -> instance="w2"', 'pdu: outlet -> instance')
    assert.deepEqual(byValue.groups, [['w1:9102'], ['w2:9102', 'bmc-1']])
    assert.deepEqual(byValue.ofAny, ['pdu'])
  })

  it('takes the value of a label for the name where a rule says which, and none where a target has no such label', () => {
    const targets = [
      target(kepler, { instance: 'w1:9102' }),
      target(kepler, { instance: 'w2:9102' }),
      target('ipmi_watts', { instance: 'bmc-1', host: 'w2', job: 'ipmi' }),
      target('ipmi_watts', { instance: 'bmc-2', job: 'ipmi' }),
      target('ipmi_watts', { instance: 'bmc-3', node: 'w1', job: 'ipmi' }),
    ]
    const { groups, ofAny } = groupsOf(targets, 'ipmi: node -> instance')
    assert.deepEqual(groups, [
      ['w1:9102', 'bmc-3'],
      ['w2:9102', 'bmc-1'],
    ])
    assert.ok(!ofAny.includes('bmc-3'))
    const byValue = groupsOf(targets, 'ipmi: instance="bmc-2" -> instance="w2", instance="bmc-9" -> instance="w1"')
    assert.deepEqual(byValue.groups, [
      ['w1:9102', 'bmc-3'],
      ['w2:9102', 'bmc-1', 'bmc-2'],
    ])
  })
})
