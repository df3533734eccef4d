import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { counted } from './counted.js'
import * as energy from './energy-source.js'
import { ModelError, messageOf, quote } from './errors.js'
import * as groups from './feature-group.js'
import { featureLimit } from './feature-limits.js'
import { expectKnownOptions } from './known-options.js'
import { mainFeature } from './main-feature.js'
import { formatModelName, parseModelName } from './model-name.js'
import { append } from './multimap.js'
import { outputTypes } from './output-type.js'

describe('energy sources', () => {
  it('measure what is known of them; of others anything may be measured', () => {
    const rapl = ['package', 'core', 'uncore', 'dram']
    assert.deepEqual(Object.fromEntries(energy.energySources.map((source) => [source, energy.componentsOf(source)])), {
      ...{ 'rapl-sysfs': rapl, 'rapl-msr': rapl, acpi: ['platform'], hmc: ['platform'], redfish: ['platform'] },
      ...{ gpu: ['gpu'], trained_power_model: rapl },
    })
    assert.deepEqual(energy.componentsOf('mine'), ['package', 'core', 'uncore', 'dram', 'platform', 'gpu'])
    assert.deepEqual([energy.isKnownSource('acpi'), energy.isKnownSource('toString')], [true, false])
    assert.ok(energy.isKnownSource(energy.estimatedSource))
  })

  it('are counted once: core and uncore are parts of the package', () => {
    assert.deepEqual(energy.components.filter(energy.isCounted), ['package', 'dram', 'platform', 'gpu'])
    assert.deepEqual(['dram', 'Dram', ''].map(energy.isComponent), [true, false, false])
  })

  it('have names that can be those of folders', () => {
    for (const name of ['a', '9', 'rapl-sysfs', 'a.b_c-D', 'x'.repeat(63)]) assert.ok(energy.isEnergySource(name), name)
    for (const name of ['', '.a', '-a', '_a', 'a/b', 'a b', 'é', 'x'.repeat(64), 'a\n']) {
      assert.equal(energy.isEnergySource(name), false, name)
    }
  })

  it('are asked for in the words of several clients', () => {
    for (const [asked, source] of [
      [undefined, 'rapl-sysfs'],
      ['', 'rapl-sysfs'],
      ['intel_rapl', 'rapl-sysfs'],
      ['acpi', 'acpi'],
      ['mine', 'mine'],
      ['a b', undefined],
    ] as const) {
      assert.equal(energy.requestedSource(asked), source)
    }
  })

  it('come in their order, and others after them by name', () => {
    const sorted = ['zeta', 'acpi', 'alpha', 'rapl-sysfs', 'gpu'].sort(energy.bySource)
    assert.deepEqual(sorted, ['rapl-sysfs', 'acpi', 'gpu', 'alpha', 'zeta'])
    assert.equal(energy.bySource('a', 'a'), 0)
  })

  it('are of power with idle, or of that above idle', () => {
    assert.deepEqual(outputTypes, ['AbsPower', 'DynPower'])
  })
})

describe('feature groups', () => {
  const counters = ['cache_miss', 'cpu_cycles', 'cpu_instructions']
  const bpf = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
  const irq = ['bpf_block_irq', 'bpf_net_rx_irq', 'bpf_net_tx_irq']
  const workload = [...counters, ...bpf, ...irq, 'accelerator_intel_qat'].sort()

  it('have these features, sorted', () => {
    const { NodeOS, CgroupOnly, KubeletOnly, ...kepler } = groups.groupFeatures
    assert.deepEqual(kepler, {
      Full: [...workload, 'cpu_scaling_frequency_hertz', 'node_info'].sort(),
      WorkloadOnly: workload,
      CounterOnly: counters,
      BPFOnly: bpf,
      BPFIRQ: [...bpf, ...irq].sort(),
      CounterIRQCombined: [...counters, ...irq].sort(),
      Basic: [...bpf, ...counters].sort(),
      AcceleratorOnly: ['accelerator_intel_qat'],
      CPUTimeOnly: ['cpu_time_ms'],
    })
    assert.deepEqual([NodeOS.length, CgroupOnly.length, KubeletOnly.length], [10, 4, 2])
    for (const features of [NodeOS, CgroupOnly, KubeletOnly]) assert.deepEqual(features, [...features].sort())
    assert.ok(Object.isFrozen(groups.groupFeatures))
  })

  it('are told from other names, and what an operating system tells from what Kepler measures', () => {
    assert.deepEqual(['BPFOnly', 'ThirdParty', 'bpfonly', 'toString'].map(groups.isFeatureGroup), [
      ...[true, true, false, false],
    ])
    assert.equal(groups.isNodeOsFeature('node_load1'), true)
    assert.equal(groups.isNodeOsFeature('cpu_cycles'), false)
    assert.equal(new Set(groups.allFeatures).size, groups.allFeatures.length)
    assert.deepEqual(groups.allFeatures, [...groups.allFeatures].sort())
    assert.equal(groups.allFeatures.length, groups.keplerFeatures.length + 10)
    assert.ok(groups.keplerFeatures.includes('cpu_time_ms') && !groups.keplerFeatures.includes('node_load1'))
  })

  it('are covered by who measures all of their features', () => {
    assert.equal(groups.covers(new Set(bpf), bpf), true)
    assert.equal(groups.covers(new Set(bpf), [...bpf, 'x']), false)
    assert.equal(groups.covers(new Set(), []), true)
  })

  it('take in metrics of users, each once, sorted', () => {
    assert.deepEqual(groups.featuresOf('ThirdParty', ['b', 'a', 'b']), ['a', 'b'])
    assert.deepEqual(groups.featuresOf('ThirdParty'), [])
    assert.deepEqual(groups.featuresOf('WorkloadOnly', ['zz', 'aa', 'cpu_cycles']), ['aa', ...workload, 'zz'])
    assert.deepEqual(groups.featuresOf('BPFOnly', ['a']), bpf)
  })

  it('are valid where they have features, and all of them are measured', () => {
    const asked = ['BPFOnly', 'Basic', 'CounterOnly', 'ThirdParty'] as const
    assert.deepEqual(groups.validFeatureGroups(new Set([...bpf, 'mine']), asked), ['BPFOnly'])
    assert.deepEqual(groups.validFeatureGroups([...bpf, 'mine'], asked, ['mine']), ['BPFOnly', 'ThirdParty'])
    assert.deepEqual(groups.validFeatureGroups([...bpf, ...counters], asked), ['BPFOnly', 'Basic', 'CounterOnly'])
  })

  it('have a main feature for a component: the first of its list that is there', () => {
    assert.equal(mainFeature(['cpu_time_ms', 'bpf_cpu_time_ms', 'cpu_instructions'], 'package'), 2)
    assert.equal(mainFeature(['cpu_time_ms', 'bpf_cpu_time_ms'], 'gpu'), 1)
    assert.equal(mainFeature(['node_cpu_user_ratio', 'cpu_time_ms'], 'dram'), 1)
    assert.equal(mainFeature(['bpf_page_cache_hit'], 'package'), undefined)
    assert.equal(mainFeature(['cache_miss'], 'dram'), 0)
  })

  it('have no limit where the spec does not say one', () => {
    assert.ok(Math.abs(featureLimit('cpu_time_ms', { cores: 2 })! - 2200) < 1e-9)
    for (const feature of ['cpu_cycles', 'cpu_instructions', 'x']) {
      assert.equal(featureLimit(feature, { cores: 2 }), undefined)
      assert.equal(featureLimit(feature, { frequency: 2 }), undefined)
    }
  })
})

describe('names of models', () => {
  it('are a trainer and a node type', () => {
    assert.equal(formatModelName({ trainer: 'T', nodeType: -1 }), 'T_-1')
    assert.deepEqual(parseModelName('GradientBoosting2_999999999'), {
      trainer: 'GradientBoosting2',
      nodeType: 999_999_999,
    })
    assert.deepEqual(parseModelName('T_-1'), { trainer: 'T', nodeType: -1 })
    for (const name of ['T', 'T_', '_1', '2T_1', 'T_1.5', 'T_1234567890', 'T_1x', 'a T_1', 'T_a_1', 'T_--1', '']) {
      assert.throws(() => parseModelName(name), { code: 'INVALID_ARCHIVE', message: /<Trainer>_<node type>/ }, name)
    }
  })
})

describe('what messages are made of', () => {
  it('counts things', () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => counted(count, 'model')),
      ['0 models', '1 model', '2 models'],
    )
  })

  it('quotes values of any kind, shortened', () => {
    assert.deepEqual(
      ['a "b"', 7, null, undefined, [1], { a: 1 }].map((value) => quote(value)),
      [...['"a \\"b\\""', '7', 'null', 'undefined', '[1]', '{"a":1}']],
    )
    assert.equal(quote('x'.repeat(78)).length, 80)
    assert.equal(quote('x'.repeat(79)), `"${'x'.repeat(79)}…`)
    assert.equal(quote('abcdef', 4), '"abc…')
    assert.equal(quote(Symbol('s')), 'Symbol(s)')
  })

  it('is the message of whatever was thrown', () => {
    assert.deepEqual([messageOf(new TypeError('a')), messageOf('b'), messageOf(3)], ['a', 'b', '3'])
    const cause = new Error('inner')
    const error = new ModelError('NO_MODEL', 'none', { cause, field: 'f', reason: 'truncated' })
    assert.deepEqual(
      [error.name, error.code, error.field, error.reason, error.cause],
      [...['ModelError', 'NO_MODEL', 'f', 'truncated', cause]],
    )
  })

  it('is gathered by key, in the order in which it came', () => {
    const lists = new Map<string, number[]>()
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const)
      append(lists, key, value)
    assert.deepEqual(
      [...lists],
      [
        ['a', [1, 3]],
        ['b', [2]],
      ],
    )
  })

  it('says that there are no options', () => {
    const options: object = { a: 1 }
    assert.throws(() => expectKnownOptions('it', options, []), {
      message: 'it has no option "a"; there are: none',
    })
  })
})
