import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EnergyColumn } from './container.js'
import { defaultMachine } from './machine.js'
import { simulatedNode } from './node.js'
import { scenarioNamed } from './scenario.js'
import { shownNode } from './shown-node.js'
import { UsageColumn } from './usage.js'

describe('what vocabularies see of a simulated node', () => {
  const node = simulatedNode({ scenario: scenarioNamed('idle') })
  node.advanceTo(3)
  const shown = shownNode(node)

  it('is the machine, its joules by component and its frequency', () => {
    assert.deepEqual([shown.instance, shown.nodeType, shown.cores], ['node-1', 0, defaultMachine.spec.cores])
    assert.deepEqual(shown.joules('dram', 'dynamic'), node.counted.dynamic[EnergyColumn.dram])
    assert.deepEqual(shown.joules('platform', 'idle'), node.counted.idle[EnergyColumn.platform])
    assert.equal(shown.hertz(), node.hertz())
  })

  it('is what containers use, by the names of features and components', () => {
    const [first] = node.containers()
    const [seen] = shown.containers()
    assert.deepEqual(
      [seen?.id, seen?.pid, seen?.pod, seen?.name, seen?.namespace],
      [first?.id, first?.pid, 'kube-apiserver-node-1', 'kube-apiserver', 'kube-system'],
    )
    assert.equal(seen?.usage('cpu_cycles'), first?.usage[UsageColumn.cpu_cycles])
    assert.equal(seen?.rate('bpf_block_irq'), first?.rates[UsageColumn.bpf_block_irq])
    assert.equal(seen?.joules('platform'), first?.joules[EnergyColumn.platform])
    assert.ok(seen!.usage('cpu_cycles') > 0 && seen!.rate('bpf_block_irq') > 0 && seen!.joules('platform') > 0)
    assert.deepEqual([seen?.usage('none'), seen?.rate('none')], [0, 0])
  })
})
