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
  it('does not guess', () => {
    assert.equal(armProcessorName('0x41', '0xfff'), undefined)
    assert.equal(armProcessorName('', ''), undefined)
    assert.equal(armProcessorName('constructor', 'name'), undefined)
  })
})
