import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { armProcessorName, normaliseProcessorName } from './processor-name.js'

describe('normaliseProcessorName', () => {
  const names: readonly (readonly [brand: string, name: string])[] = [
    ['Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz', 'intel_xeon_e5_2686v4'],
    ['Intel(R) Xeon(R) CPU           E5620  @ 2.40GHz', 'intel_xeon_e5620'],
    ['Intel(R) Xeon(R) CPU E3-1240L v5 @ 2.10GHz', 'intel_xeon_e3_1240lv5'],
    ['Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz', 'intel_xeon_platinum_8259cl'],
    ['INTEL(R) XEON(R) GOLD 6438N', 'intel_xeon_gold_6438n'],
    ['Intel(R) Core(TM) i3 CPU         540  @ 3.07GHz', 'intel_core_i3_540'],
    ['Intel Xeon Processor (Skylake, IBRS)', 'intel_xeon'],
    ['Intel(R) Xeon(R) CPU @ 2.20GHz', 'intel_xeon'],
    ['AMD EPYC 7763 64-Core Processor', 'amd_epyc_7763'],
    ['AMD EPYC-Rome Processor', 'amd_epyc_rome'],
    ['AMD Opteron(tm) Processor 6174', 'amd_opteron_6174'],
    ['Six-Core AMD Opteron(tm) Processor 8425 HE', 'six_core_amd_opteron_8425_he'],
    ['AMD Ryzen Threadripper PRO 5995WX 64-Cores', 'amd_ryzen_threadripper_pro_5995wx'],
    ['AMD Ryzen 7 PRO 4750U with Radeon Graphics', 'amd_ryzen_7_pro_4750u'],
    ['Intel® Xeon® Silver 4116 CPU @ 2100 MHz', 'intel_xeon_silver_4116'],
    ['Ampere(R) Altra(R) Max M128-30', 'ampere_altra_max_m128_30'],
    ['AMD [custom] EPYC (Milan, SNP) 7763', 'amd_epyc_7763'],
    ['Intel Xeon 12.40GHz (Sky', 'intel_xeon'],
    ['Intel Xeon [Sky', 'intel_xeon'],
    ['AMD Ryzen 5 3400G w/ Radeon Vega 11 Graphics x', 'amd_ryzen_5_3400g'],
    ['Cavium Octeon with 8 engines', 'cavium_octeon_with_8_engines'],
    ['Ampere eMAG 64-bit multi-core Processor', 'ampere_emag'],
    ['AMD EPYC 9654 196-Core', 'amd_epyc_9654'],
    ['QEMU vCPU CPUs 2.5+', 'qemu_vcpu_cpus_2.5+'],
    ['Xeon Vega V', 'xeon_vega_v'],
    [`x${'y'.repeat(300)}`, `x${'y'.repeat(255)}`],
    ['', ''],
    ['  (((  ', ''],
  ]
  for (const [brand, name] of names) {
    it(`makes ${JSON.stringify(name)} of ${JSON.stringify(brand)}`, () => {
      assert.equal(normaliseProcessorName(brand), name)
      assert.equal(normaliseProcessorName(name), name, 'a second pass changes nothing')
    })
  }
})

describe('armProcessorName', () => {
  it('knows cores by their numbers', () => {
    assert.equal(armProcessorName('0x41', '0xd0c'), 'arm_neoverse_n1')
    assert.equal(armProcessorName('0x41', '0xD40', 'Amazon EC2\n'), 'aws_graviton3')
  })
  it('knows a core of each implementer', () => {
    for (const [implementer, part, name] of [
      ['0x43', '0x0af', 'cavium_thunderx2'],
      ['0x46', '0x001', 'fujitsu_a64fx'],
      ['0x48', '0xD01', 'hisilicon_kunpeng_920'],
      ['0xC0', '0xac3', 'ampere_ampereone'],
    ] as const) {
      assert.equal(armProcessorName(implementer, part), name)
    }
  })
  it('has a name of its own for the processors of Amazon alone', () => {
    assert.equal(armProcessorName('0x41', '0xd0c', 'amazon'), 'aws_graviton2')
    assert.equal(armProcessorName('0x41', '0xd0c', 'not Amazon'), 'arm_neoverse_n1')
    assert.equal(armProcessorName('0x41', '0xd03', 'Amazon EC2'), 'arm_cortex_a53')
  })
  it('does not guess', () => {
    assert.equal(armProcessorName('0x41', '0xfff'), undefined)
    assert.equal(armProcessorName('', ''), undefined)
    assert.equal(armProcessorName('constructor', 'name'), undefined)
  })
})
