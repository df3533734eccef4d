import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { processorFamilies } from './families.js'
import { parseProcessor } from './parse-processor.js'

/** Processors of each family, as makers name them. */
const named: Readonly<Record<string, readonly string[]>> = {
  netburst: ['Intel Xeon 5080', 'Intel Xeon 7040', 'Intel Xeon 7140', 'Pentium D 930'],
  core65: ['Xeon X3220', 'Xeon 3070', 'Xeon L5335', 'Xeon 5160', 'Xeon X7350'],
  penryn: ['Xeon E3110', 'Xeon X3360', 'Xeon L5430', 'Xeon E5272', 'Xeon X7460'],
  nehalem: ['Xeon X3470', 'Xeon W3520', 'Xeon L5530'],
  'nehalem-ex': ['Xeon X6550', 'Xeon X7560'],
  westmere: ['Xeon L3406', 'Xeon W3680', 'Xeon L5640', 'Intel Core i5-661', 'Pentium G6950'],
  'westmere-ex': ['Xeon E7-4870'],
  sandybridge: ['Xeon E3-1260L', 'Intel Core i7-2600', 'Pentium G630', 'Pentium G850'],
  ivybridge: ['Xeon E7-4890 v2', 'Intel Core i7-3770', 'Pentium G2020'],
  haswell: ['Xeon E3-1240L v3', 'Intel Core i7-4770', 'Pentium G3220'],
  broadwell: ['Xeon D-1541', 'Xeon D-1602', 'Xeon E5-2699 v4', 'Intel Core i7-5775C'],
  'skylake-client': ['Xeon E3-1240 v5', 'Intel Core i5-6500', 'Pentium G4400'],
  kabylake: ['Xeon E3-1280 v6', 'Intel Core i5-7500'],
  coffeelake: [
    'Xeon E-2176G',
    'Xeon E-2288G',
    'Intel Core i7-8700',
    'Intel Core i9-9900K',
    'Intel Core i9-10900',
    'Pentium Gold G5400',
  ],
  rocketlake: ['Xeon E-2378', 'Intel Core i9-11900K'],
  raptorlake: ['Xeon E-2488', 'Xeon 6369P', 'Intel Core i9-14900K'],
  alderlake: ['Intel Core i7-12700'],
  arrowlake: ['Intel Core Ultra 9 285K'],
  atom: ['Intel Atom D510'],
  skylake: ['Xeon Gold 6140', 'Xeon Silver 4114', 'Xeon D-2183IT', 'Intel Xeon 8175M', 'Intel Xeon 6154'],
  cascadelake: ['Xeon Gold 6252', 'Xeon 8280', 'Xeon Platinum 9282'],
  cooperlake: ['Xeon Platinum 8380H', 'Xeon Gold 6328HL'],
  icelake: ['Xeon Platinum 8380', 'Xeon D-1746TER', 'Xeon D-1848TER', 'Xeon D-2876NT', 'Xeon 6330'],
  sapphirerapids: ['Xeon Max 9480', 'Xeon Platinum 8480+', 'Xeon Gold 6430'],
  emeraldrapids: ['Xeon Platinum 8592+', 'Xeon Gold 6548Y+'],
  graniterapids: ['Xeon 6740P', 'Xeon 6530P', 'Xeon 6960P'],
  sierraforest: ['Xeon 6766E'],
  k8: ['AMD Opteron 2218', 'Opteron 8220', 'Opteron 1216'],
  barcelona: ['Opteron 2356', 'Opteron 8360 SE', 'Opteron 1369'],
  shanghai: ['Opteron 2384', 'Opteron 1370'],
  istanbul: ['Opteron 2435', 'Opteron 8425 HE'],
  magnycours: ['Opteron 6174', 'Opteron 4164 EE'],
  bulldozer: ['Opteron 6276', 'Opteron 4284', 'Opteron 3280'],
  piledriver: ['Opteron 6380', 'Opteron 4376 HE', 'Opteron 3380'],
  kyoto: ['Opteron X2150', 'Opteron X1150'],
  naples: ['EPYC 7601', 'AMD EPYC 3251', 'Ryzen 7 1700', 'AMD EPYC Processor (with IBPB)'],
  rome: ['EPYC 7742', 'EPYC 7H12'],
  milan: ['EPYC 7713P', 'EPYC 7R13'],
  pinnacleridge: ['Ryzen 7 2700X'],
  matisse: ['Ryzen 9 3950X', 'Ryzen 5 PRO 4650G'],
  vermeer: ['Ryzen Threadripper PRO 5995WX'],
  raphael: ['Ryzen 9 7950X', 'Ryzen 7 8700G', 'EPYC 4564P'],
  'granite-ridge': ['Ryzen 9 9950X', 'EPYC 4585PX'],
  genoa: ['EPYC 9554', 'EPYC 9684X'],
  bergamo: ['EPYC 9754'],
  siena: ['EPYC 8534P'],
  turin: ['EPYC 9575F', 'EPYC 9355P'],
  'turin-dense': ['EPYC 9825', 'EPYC 9845', 'EPYC 9745', 'EPYC 9645'],
  altra: ['Ampere Altra Q64-22', 'Neoverse-N1', 'arm_neoverse_n1'],
  altramax: ['Ampere Altra Max M128-30', 'Altra Max'],
  ampereone: ['AmpereOne A192-32X'],
  graviton: ['AWS Graviton'],
  graviton2: ['AWS Graviton2', 'AWS Graviton 2'],
  graviton3: ['Neoverse-V1', 'arm_neoverse_v1', 'AWS Graviton3', 'AWS Graviton 3'],
  graviton4: ['AWS Graviton 4', 'AWS Graviton4', 'Neoverse-V2', 'Neoverse V2'],
  grace: ['NVIDIA Grace'],
  cobalt: ['Microsoft Cobalt 100', 'Neoverse-N2', 'Neoverse N2'],
  axion: ['Google Axion'],
  thunderx2: ['ThunderX2 CN9980'],
  kunpeng920: ['Kunpeng-920', 'Kunpeng 920', 'HiSilicon Kunpeng920'],
  a64fx: ['Fujitsu A64FX'],
  cortexa72: ['Cortex-A72', 'arm_cortex_a72'],
  cortexa53: ['Cortex-A53', 'Cortex A53'],
  power8: ['IBM POWER8'],
  power9: ['POWER9'],
  power10: ['IBM POWER10'],
}

describe('the families of processors', () => {
  it('came to market in a year, in a process', () => {
    for (const [name, { year, nanometres }] of Object.entries(processorFamilies)) {
      assert.ok(Number.isInteger(year) && year >= 2005 && year <= 2026, `${name}: ${year}`)
      assert.ok(Number.isInteger(nanometres) && nanometres >= 3 && nanometres <= 90, `${name}: ${nanometres} nm`)
    }
    assert.deepEqual(processorFamilies.genoa, { year: 2022, nanometres: 5 })
    assert.deepEqual(processorFamilies.haswell, { year: 2014, nanometres: 22 })
  })
})

describe('the family of a processor', () => {
  for (const [family, names] of Object.entries(named)) {
    it(`is ${family}`, () => {
      assert.ok(family in processorFamilies)
      for (const name of names) assert.equal(parseProcessor(name).family, family, name)
    })
  }

  it('is what hypervisors call it', () => {
    for (const [word, family] of [
      ['Intel Core Processor (Skylake-Client, IBRS)', 'skylake-client'],
      ['Intel Xeon Processor (Icelake)', 'icelake'],
      ['Intel Xeon Processor (GraniteRapids)', 'graniterapids'],
      ['Intel Xeon Processor (Sierra Forest)', 'sierraforest'],
      ['Intel Xeon Processor (SapphireRapids)', 'sapphirerapids'],
      ['Intel Xeon Processor (EmeraldRapids)', 'emeraldrapids'],
      ['Intel Xeon E312xx (Sandy Bridge)', 'sandybridge'],
      ['Intel Xeon E3-12xx v2 (Ivy Bridge)', 'ivybridge'],
      ['Intel Core i7 9xx (Nehalem Class Core i7)', 'nehalem'],
      ['Westmere E56xx/L56xx/X56xx (Nehalem-C)', 'nehalem'],
      ['Intel Xeon Processor (Ice Lake)', 'icelake'],
      ['Intel Xeon Processor (Sapphire Rapids)', 'sapphirerapids'],
      ['Intel Xeon Processor (Emerald Rapids)', 'emeraldrapids'],
      ['Intel Xeon Processor (Granite Rapids)', 'graniterapids'],
      ['Intel Xeon Processor (SierraForest)', 'sierraforest'],
      ['Intel Xeon Processor (SandyBridge)', 'sandybridge'],
      ['Intel Xeon Processor (IvyBridge)', 'ivybridge'],
      ['Intel Core Processor (Haswell, no TSX)', 'haswell'],
      ['Intel Core Processor (Broadwell)', 'broadwell'],
      ['Intel Core 2 Duo P9xxx (Penryn Class Core 2)', 'penryn'],
      ['Intel Xeon Processor (Cascadelake)', 'cascadelake'],
      ['Intel Xeon Processor (Cooperlake)', 'cooperlake'],
      ['AMD EPYC Rome', 'rome'],
      ['AMD EPYC-Naples', 'naples'],
      ['AMD EPYC-Bergamo', 'bergamo'],
      ['AMD EPYC-Siena', 'siena'],
      ['AMD EPYC-Turin Processor', 'turin'],
      ['Intel Xeon Processor (Haswellian)', undefined],
      ['Intel Xeon Processor (preskylake)', undefined],
      ['AMD Rome', undefined],
      ['AMD EPYC-Milan Processor', 'milan'],
      ['AMD EPYC-Genoa Processor', 'genoa'],
    ] as const) {
      assert.equal(parseProcessor(word).family, family, word)
    }
  })

  it('is not that of a longer word, or a longer number', () => {
    for (const name of [
      ...['Gracestone', 'disgrace', 'Neoverse-V11', 'Neoverse-N11', 'Neoverse-N22', 'ultraneoverse-n1', 'Cortex-A720'],
      ...['Kunpeng-9200', 'A64FXX', 'xA64FX', 'Cobalto', 'Axions', 'ThunderX22', 'AmpereOneX', 'POWER89', 'EMPOWER8'],
      ...['Gravitons', 'xgraviton'],
    ]) {
      assert.equal(parseProcessor(name).family, undefined, name)
    }
  })

  it('is not known of what no maker sells', () => {
    for (const name of [
      'EPYC 9123',
      'EPYC 8123',
      'EPYC 4123',
      'EPYC 6534',
      'Xeon Platinum 8780',
      'Xeon Platinum 9580',
      'Xeon E-2988',
      'Xeon 2999',
      'Intel Xeon 3.0 GHz',
      'Intel Xeon X5680 3.4 GHz MP 9999',
    ]) {
      const { family } = parseProcessor(name)
      assert.ok(family === undefined || name.includes('X5680'), `${name} is ${family}`)
    }
  })

  it('goes with the line and the model', () => {
    for (const [name, line, key] of [
      ['Intel Xeon E5-2630L v3', 'xeon', 'xeon:e5-2630lv3'],
      ['Intel Xeon E5-2690 v 2', 'xeon', 'xeon:e5-2690v2'],
      ['Intel Xeon E3-1220 L', 'xeon', 'xeon:e3-1220l'],
      ['Intel Xeon Gold 6338N', 'xeon', 'xeon:6338n'],
      ['AMD Opteron 8376 HE', 'opteron', 'opteron:8376he'],
      ['AMD Opteron', 'opteron', 'opteron:?amd opteron'],
      ['AMD EPYC 7763 64-Core Processor', 'epyc', 'epyc:7763'],
      ['Intel Core Ultra 7 155H', 'core', 'core:ultra-7-155h'],
      ['Intel Atom', 'atom', 'atom:?atom'],
      ['Pentium D 930', 'pentium', 'pentium:d930'],
      ['AMD Ryzen 9 PRO 7945', 'ryzen', 'ryzen:7945'],
    ] as const) {
      const parsed = parseProcessor(name)
      assert.equal(parsed.line, line, name)
      if (!key.includes('?')) assert.equal(parsed.key, key, name)
      else assert.ok(parsed.key.startsWith(`${line}:?`), parsed.key)
    }
    assert.equal(parseProcessor('Xeon X5670').make, 'intel')
    assert.equal(parseProcessor('X3350').make, 'intel')
    assert.equal(parseProcessor('POWER9').make, 'ibm')
    assert.equal(parseProcessor('Zilog Z80').make, undefined)
    assert.equal(parseProcessor('Xeon Gold 6338N').group, parseProcessor('Xeon Gold 6338').group)
    assert.notEqual(parseProcessor('Xeon E5-2630L v3').group, parseProcessor('Xeon E5-2630 v3').group)
  })
})
