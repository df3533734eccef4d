/**
 * Keeps a powercap tree as fast as it can, for tests that kill it: `node powercap-writer.js FOLDER`. Says `writing` once
 * it does.
 */
import { openPowercapTree } from '../../src/meter/powercap/tree.js'
import { plainProvenance } from './plain-power-source.js'

const zones = ['psys', 'package', 'dram'] as const
const tree = openPowercapTree({
  folder: process.argv[2] ?? '',
  zones,
  provenance: plainProvenance,
  bootId: process.argv[3] ?? 'boot',
})
const powers = zones.map((zone) => ({ zone, watts: 100, low: 90, high: 110, idleWatts: 50, outOfRange: false }))
for (let step = 0; ; step++) {
  tree.add(powers, 0.001)
  if (step === 0) process.stdout.write('writing\n')
}
