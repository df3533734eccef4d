import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseProcessor } from './parse-processor.js'

/** Names with their key and family. */
function reads(names: readonly (readonly [name: string, key: string, family: string | undefined])[]): void {
  for (const [name, key, family] of names) {
    const parsed = parseProcessor(name)
    assert.deepEqual([parsed.key, parsed.family], [key, family], name)
  }
}

describe('a Xeon of four digits', () => {
  it('needs no maker where the name begins with it, and is no number within another name', () => {
    reads([
      ['6140', 'xeon:6140', 'skylake'],
      ['W3520', 'xeon:w3520', 'nehalem'],
      ['foo 6140', '?:foo 6140', undefined],
      ['foo \t  bar', '?:foo bar', undefined],
      ['Xeon 86', 'xeon:?xeon 86', undefined],
      ['Xeon 5160, 2 chips', 'xeon:5160', 'core65'],
      ['Xeon 51600', 'xeon:?xeon 51600', undefined],
      ['Intel Xeon', 'xeon:?xeon', undefined],
    ])
  })

  it('is of the older ones with a letter before, whatever is behind', () => {
    reads([
      ['Xeon X5570E', 'xeon:x5570e', 'nehalem'],
      ['Xeon X5687A', 'xeon:x5687a', 'westmere'],
      ['Xeon L3406', 'xeon:l3406', 'westmere'],
      ['Xeon L3426', 'xeon:l3426', 'nehalem'],
      ['Xeon X6150', 'xeon:x6150', undefined],
    ])
  })

  it('is of the scalable ones with 8, 9, a metal, or a letter behind 3 to 6', () => {
    reads([
      ['Xeon 8280L', 'xeon:8280l', 'cascadelake'],
      ['Xeon 9282', 'xeon:9282', 'cascadelake'],
      ['Xeon Bronze 3204', 'xeon:3204', 'cascadelake'],
      ['Xeon 3106B', 'xeon:3106b', 'skylake'],
      ['Xeon 6240R', 'xeon:6240r', 'cascadelake'],
      ['Xeon 7460M', 'xeon:7460m', 'penryn'],
      ['Xeon 3104', 'xeon:3104', 'penryn'],
      ['Xeon Gold 5420+', 'xeon:5420+', 'sapphirerapids'],
      ['Xeon Gold 6700', 'xeon:6700', undefined],
    ])
  })

  it('is of the sixth generation by its second digit and the letter behind', () => {
    reads([
      ['Xeon 6766P', 'xeon:6766p', 'graniterapids'],
      ['Xeon 6553PB', 'xeon:6553pb', 'graniterapids'],
      ['Xeon 6507P-B', 'xeon:6507p', 'graniterapids'],
      ['Xeon 6780E', 'xeon:6780e', 'sierraforest'],
      ['Xeon 6315P', 'xeon:6315p', 'raptorlake'],
      ['Xeon 6430P', 'xeon:6430p', 'sapphirerapids'],
      ['Xeon 5740P', 'xeon:5740p', undefined],
      ['Xeon 6740', 'xeon:6740', undefined],
    ])
  })
})

describe('a Xeon with a series before its number', () => {
  it('keeps its letter and version, however they are written', () => {
    reads([
      ['Xeon E3-1220L v3', 'xeon:e3-1220lv3', 'haswell'],
      ['Xeon E3 1265L V2', 'xeon:e3-1265lv2', 'ivybridge'],
      ['Xeon E3-1265LV2', 'xeon:e3-1265lv2', 'ivybridge'],
      ['Xeon E3-1265 L v2', 'xeon:e3-1265lv2', 'ivybridge'],
      ['Xeon E5-2660W', 'xeon:e5-2660w', 'sandybridge'],
      ['Xeon E7-8890M v4', 'xeon:e7-8890mv4', 'broadwell'],
      ['Xeon E7-4870', 'xeon:e7-4870', 'westmere-ex'],
      ['Xeon E5-2686 v7', 'xeon:e5-2686v7', undefined],
      ['Intel(R) Xeon(R) CPU E5-2690 0 @ 2.90GHz', 'xeon:e5-2690', 'sandybridge'],
    ])
  })

  it('is of E or D by its first two digits', () => {
    reads([
      ['Xeon E-2234', 'xeon:e-2234', 'coffeelake'],
      ['Xeon E 2136', 'xeon:e-2136', 'coffeelake'],
      ['Xeon D-2123IT', 'xeon:d-2123it', 'skylake'],
      ['Xeon D 1541', 'xeon:d-1541', 'broadwell'],
      ['Xeon D-1999', 'xeon:d-1999', undefined],
    ])
  })
})

describe('a processor of desktops', () => {
  it('is a Core where it is called so, or the name begins with it', () => {
    reads([
      ['i9 9900K', 'core:i9-9900k', 'coffeelake'],
      ['Core i9-14900KF', 'core:i9-14900kf', 'raptorlake'],
      ['Intel Core i5 661', 'core:i5-661', 'westmere'],
      ['Core i7-860S', 'core:i7-860s', 'nehalem'],
      ['Core i7-920', 'core:i7-920', 'nehalem'],
      ['Core i7 965', 'core:i7-965', 'nehalem'],
      ['Core i7-970', 'core:i7-970', 'westmere'],
      ['Core i7-975', 'core:i7-975', 'nehalem'],
      ['Core i7-980X', 'core:i7-980x', 'westmere'],
      ['my i7-9700', '?:my i7-9700', undefined],
      ['xi7-9700', '?:xi7-9700', undefined],
      ['Core i2-9700', '?:core i2-9700', undefined],
      ['Core Ultra 7 265K desktop', 'core:ultra-7-265k-desktop', 'arrowlake'],
      ['Core 2 Duo E6600', '?:core 2 duo e6600', undefined],
    ])
  })

  it('is a Pentium or Celeron by its letter and its first digit, or an Atom', () => {
    reads([
      ['Pentium D 930', 'pentium:d930', 'netburst'],
      ['Pentium Gold G5400', 'pentium:g5400', 'coffeelake'],
      ['Celeron G1101', 'pentium:g1101', undefined],
      ['Celeron 1007U', 'pentium:1007u', undefined],
      ['Pentium G630T', 'pentium:g630t', 'sandybridge'],
      ['Pentium 4', '?:pentium 4', undefined],
      ['Atom C3955', 'atom:c3955', 'atom'],
      ['Atom', 'atom:?atom', 'atom'],
    ])
  })
})

describe('a processor of AMD', () => {
  it('is an EPYC by series, place and generation', () => {
    reads([
      ['EPYC Embedded 3251', 'epyc:3251', 'naples'],
      ['EPYC 7F72', 'epyc:7f72', 'rome'],
      ['EPYC 9754', 'epyc:9754', 'bergamo'],
      ['EPYC 9655P', 'epyc:9655p', 'turin'],
      ['EPYC 9965', 'epyc:9965', 'turin-dense'],
      ['EPYC 8635P', 'epyc:8635p', 'turin-dense'],
      ['EPYC 8024P', 'epyc:8024p', 'siena'],
      ['EPYC 7534', 'epyc:7534', undefined],
      ['EPYC 7', 'epyc:?epyc 7', undefined],
      ['AMD EPYC Processor', 'epyc:?naples', 'naples'],
    ])
  })

  it('is an Opteron or a Ryzen by its series', () => {
    reads([
      ['Opteron 2369', 'opteron:2369', 'barcelona'],
      ['Opteron 8370', 'opteron:8370', 'shanghai'],
      ['Opteron 6276 SE', 'opteron:6276se', 'bulldozer'],
      ['Opteron 9999', 'opteron:9999', undefined],
      ['Opteron 64', 'opteron:?opteron 64', undefined],
      ['Ryzen 9 7950X3D', 'ryzen:7950x3d', 'raphael'],
      ['Ryzen Threadripper 3990X', 'ryzen:3990x', 'matisse'],
      ['Ryzen 5 PRO 4650G', 'ryzen:4650g', 'matisse'],
      ['Ryzen', '?:ryzen', undefined],
      ['AMD Athlon II X2', '?:athlon ii x2', undefined],
      ['AMD 6140', '?:6140', undefined],
    ])
  })
})

describe('a name', () => {
  it('is read without marks, clock, cores and graphics', () => {
    reads([
      ['Intel® Xeon® Gold 6338 Processor', 'xeon:6338', 'icelake'],
      ['Intel Xeon Gold 6338 [stepping 6]', 'xeon:6338', 'icelake'],
      ['Twelve-Core AMD Opteron 6174', 'opteron:6174', 'magnycours'],
      ['AMD EPYC 7763 64-Core Processor', 'epyc:7763', 'milan'],
      ['AMD Ryzen 7 8700G w/ Radeon 780M Graphics', 'ryzen:8700g', 'raphael'],
      ['AMD Ryzen 7 8700G with Radeon 780M Graphics', 'ryzen:8700g', 'raphael'],
      ['Intel Xeon 6140 (unclosed', 'xeon:6140', 'skylake'],
      ['Intel Xeon 6140 @ fast', 'xeon:6140', 'skylake'],
      ['Genuine Intel(R) CPU 0000%@', '?:genuine 0000%', undefined],
    ])
  })

  it('without a number is of 2005 with a clock from 3.2 GHz', () => {
    reads([
      ['Intel Xeon 3.2GHz', 'xeon:?netburst', 'netburst'],
      ['Xeon MP 3.66 GHz', 'xeon:?netburst', 'netburst'],
      ['Intel Xeon 3.1GHz', 'xeon:?xeon', undefined],
      ['Intel Xeon 2.8GHz', 'xeon:?xeon', undefined],
      ['Foo 3.6GHz', '?:foo', undefined],
    ])
  })
})
