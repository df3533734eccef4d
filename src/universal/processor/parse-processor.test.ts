import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseProcessor } from './parse-processor.js'

/** Names as they are written, with group and family. */
const names: readonly (readonly [string, string, string | undefined])[] = [
  ['Intel(R) Xeon(R) Gold 6338N CPU @ 2.20GHz', 'xeon:6338', 'icelake'],
  ['Intel Xeon Platinum 8180 2.50 GHz (Intel Turbo Boost Technology up to 3.8GHz)', 'xeon:8180', 'skylake'],
  ['intel_xeon_e5_2686v4', 'xeon:e5-2686v4', 'broadwell'],
  ['Intel Xeon E5-2660', 'xeon:e5-2660', 'sandybridge'],
  ['Intel Xeon E5-2660 v2', 'xeon:e5-2660v2', 'ivybridge'],
  ['Intel Xeon E3-1265LV2', 'xeon:e3-1265lv2', 'ivybridge'],
  ['Intel(R) Xeon(R) E-2388G CPU 3.20GHz', 'xeon:e-2388g', 'rocketlake'],
  ['Intel Xeon-D 2776NT', 'xeon:d-2776', 'icelake'],
  ['Intel Xeon X5670', 'xeon:x5670', 'westmere'],
  ['X3350', 'xeon:x3350', 'penryn'],
  ['Intel Xeon processor 3.6 GHz', 'xeon:?netburst', 'netburst'],
  ['Intel Xeon 6780E', 'xeon:6780', 'sierraforest'],
  ['Intel(R) Xeon(R) 6980P', 'xeon:6980', 'graniterapids'],
  ['Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz', 'xeon:8259', 'cascadelake'],
  ['13th Gen Intel(R) Core(TM) i9-13900K', 'core:i9-13900k', 'raptorlake'],
  ['AMD EPYC 9654 96-Core Processor', 'epyc:9654', 'genoa'],
  ['amd_epyc_7763', 'epyc:7763', 'milan'],
  ['AMD EPYC 9965', 'epyc:9965', 'turin-dense'],
  ['AMD EPYC 9755', 'epyc:9755', 'turin'],
  ['AMD EPYC 7R32', 'epyc:7r32', 'rome'],
  ['AMD EPYC 9R14', 'epyc:9r14', 'genoa'],
  ['Quad-Core AMD Opteron(r) Processor 8376 HE', 'opteron:8376', 'shanghai'],
  ['AMD Ryzen 9 5950X 16-Core Processor', 'ryzen:5950', 'vermeer'],
  ['Ampere® Altra® Q80-30', 'altra:q80-30', 'altra'],
  ['aws_graviton3', 'graviton:3', 'graviton3'],
  ['Grace CPU Superchip', 'grace:superchip', 'grace'],
  ['Intel Xeon Processor (Skylake, IBRS)', 'xeon:?skylake', 'skylake'],
  ['AMD EPYC-Rome Processor', 'epyc:?rome', 'rome'],
  ['Intel(R) Xeon(R) CPU @ 2.20GHz', 'xeon:?xeon', undefined],
  ['KVM', '?:kvm', undefined],
  ['', '?:', undefined],
]

describe('parseProcessor', () => {
  for (const [name, group, family] of names) {
    it(`reads ${JSON.stringify(name)}`, () => {
      const parsed = parseProcessor(name)
      assert.equal(parsed.group, group)
      assert.equal(parsed.family, family)
    })
  }

  it('tells makers apart', () => {
    assert.equal(parseProcessor('AMD EPYC 9654').make, 'amd')
    assert.equal(parseProcessor('X3350').make, 'intel')
    assert.equal(parseProcessor('arm_neoverse_n1').make, 'arm')
    assert.equal(parseProcessor('KVM').make, undefined)
  })

  it('keeps keys short, whatever the name', () => {
    assert.ok(parseProcessor('x'.repeat(10_000)).key.length <= 64)
  })
})
