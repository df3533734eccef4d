import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readMachineTable } from '../universal/table/machine-table.js'
import { specpowerSets } from './specpower-sets.js'

const header = 'vendor,cpu,chips,cores,threads,mhz,mem_gb,p0,p10,p20,p30,p40,p50,p60,p70,p80,p90,p100'
const curve = '50,60,70,80,90,100,110,120,130,140,150'
const rowsOf = (...lines: readonly string[]) => readMachineTable([header, ...lines].join('\n')).rows

describe('training sets from SPECpower results', () => {
  it('put machines of equal specs together, CPU time in logical processors', () => {
    const { sets, types, machines, leftOut } = specpowerSets(
      rowsOf(
        `acme,Intel(R) Xeon(R) X5670,2,12,24,2930,12,${curve}`,
        `other,Intel Xeon X5670,2,12,24,2930,12,${curve.replace('150', '160')}`,
        `acme,Intel Xeon X5670,2,12,24,2930,24,${curve}`,
      ),
      ['AbsPower', 'DynPower'],
    )
    assert.deepEqual([machines, leftOut], [3, []])
    assert.deepEqual(types, [
      {
        id: 0,
        spec: { processor: 'intel_xeon_x5670', cores: 24, chips: 2, memory: 12, frequency: 2930 },
        members: ['acme-intel_xeon_x5670-2930-24cores-12gb-2', 'other-intel_xeon_x5670-2930-24cores-12gb-3'],
      },
      {
        id: 1,
        spec: { processor: 'intel_xeon_x5670', cores: 24, chips: 2, memory: 24, frequency: 2930 },
        members: ['acme-intel_xeon_x5670-2930-24cores-24gb-4'],
      },
    ])
    assert.deepEqual(
      sets.map(({ source, outputType, group, nodeType, x }) => [source, outputType, group, nodeType, x.rows]),
      [
        ['acpi', 'AbsPower', 'BPFOnly', 0, 22],
        ['acpi', 'DynPower', 'BPFOnly', 0, 22],
        ['acpi', 'AbsPower', 'BPFOnly', 1, 11],
        ['acpi', 'DynPower', 'BPFOnly', 1, 11],
      ],
    )
    const [both, dynamic] = sets
    assert.deepEqual(both!.features, ['bpf_cpu_time_ms', 'bpf_page_cache_hit'])
    assert.deepEqual([...both!.x.data.slice(0, 4)], [0, 0, 2400, 0])
    assert.deepEqual([...both!.x.data.slice(42)], [24000, 0])
    assert.deepEqual([both!.targets[0]!.watts[0], both!.targets[0]!.watts[21]], [50, 160])
    assert.deepEqual([dynamic!.targets[0]!.watts[0], dynamic!.targets[0]!.watts[21]], [0, 110])
    assert.deepEqual([...both!.workloads!.ofRow.slice(10, 12)], [0, 1])
    assert.equal(sets[2]!.workloads, undefined)
  })

  it('leave out what says too little, and keep known node types', () => {
    const spec = { processor: 'amd_epyc_7763', cores: 128, chips: 2, memory: 512, frequency: 2450 }
    const { sets, types, leftOut } = specpowerSets(
      rowsOf(
        `acme,AMD EPYC 7763,2,128,,2450,512,${curve}`,
        'acme,AMD EPYC 7763,2,128,256,2450,512,90,,,,,,,,,,200',
        `acme,,2,128,256,2450,512,${curve}`,
        `acme,AMD EPYC 7763,2,128,256,2450,512,,60,70,80,90,100,110,120,130,140,150`,
      ),
      ['AbsPower'],
      [{ id: 7, spec, members: ['mine'] }],
    )
    assert.deepEqual(types, [{ id: 7, spec, members: ['mine', 'acme-amd_epyc_7763-2450-128cores-512gb-2'] }])
    assert.deepEqual(
      sets.map(({ nodeType }) => nodeType),
      [7],
    )
    assert.deepEqual(leftOut, [
      { line: 3, why: 'it has 2 loads, at least 5 make a curve' },
      { line: 4, why: 'it names no processor, or not how many cores' },
      { line: 5, why: 'its power at active idle (p0) is not known' },
    ])
  })

  it('learn a curve from five loads and not from four', () => {
    const measured = (values: string) => specpowerSets(rowsOf(`acme,Xeon,1,4,8,2000,16,${values}`), ['AbsPower'])
    assert.equal(measured('50,60,,,70,,,80,,,90').sets[0]?.x.rows, 5)
    assert.deepEqual(measured('50,60,,,70,,,80,,,').leftOut, [
      { line: 2, why: 'it has 4 loads, at least 5 make a curve' },
    ])
    assert.deepEqual([...measured('50,60,,,70,,,80,,,90').sets[0]!.x.data], [0, 0, 800, 0, 3200, 0, 5600, 0, 8000, 0])
    assert.equal(
      measured('0,60,70,80,90,100,110,120,130,140,150').leftOut[0]?.why,
      'its power at active idle (p0) is not known',
    )
  })

  it('count cores where threads are not told, and name what is not known', () => {
    const { types, leftOut } = specpowerSets(
      rowsOf(`,Xeon,1,4,,,,${curve}`, `acme,Xeon,1,,,2000,16,${curve}`, `Acme & Co,Xeon,1,4,8,2000,16,${curve}`),
      ['AbsPower'],
    )
    assert.deepEqual(
      types.map(({ spec, members }) => [spec.cores, members]),
      [
        [4, ['unknown-xeon-0-4cores-0gb-2']],
        [8, ['Acme_Co-xeon-2000-8cores-16gb-4']],
      ],
    )
    assert.deepEqual(leftOut, [{ line: 3, why: 'it names no processor, or not how many cores' }])
  })

  it('have the platform as their component, rows in the order of time, and no negative power', () => {
    const { sets } = specpowerSets(rowsOf(`acme,Xeon,1,4,8,2000,16,${curve.replace('60', '40')}`), ['DynPower'])
    const [{ targets, timestamps } = sets[0]!] = sets
    assert.equal(targets[0]?.component, 'platform')
    assert.deepEqual([...targets[0]!.watts.slice(0, 3)], [0, 0, 20])
    assert.deepEqual(
      [...timestamps!],
      Array.from({ length: 11 }, (_, i) => i),
    )
  })

  it('name the machine of each row where there are several', () => {
    const { sets } = specpowerSets(rowsOf(`a,Xeon,1,4,8,2000,16,${curve}`, `b,Xeon,1,4,8,2000,16,${curve}`), [
      'AbsPower',
    ])
    assert.deepEqual(sets[0]?.workloads?.names, ['a-xeon-2000-8cores-16gb-2', 'b-xeon-2000-8cores-16gb-3'])
  })

  it('are none of no rows', () => {
    assert.deepEqual(specpowerSets([], ['AbsPower']), { sets: [], types: [], machines: 0, leftOut: [] })
  })
})
