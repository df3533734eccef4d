/**
 * Draws the pictures of docs/universal.md: one server as the model sees it when more and more is known of it.
 *
 *     npx tsx scripts/draw-universal.ts
 */
import { writeFileSync } from 'node:fs'
import { curveSvg } from '../src/cli/reports/curve-svg.js'
import type { CalibrationPoint } from '../src/universal/calibration.js'
import { loadUniversalModel } from '../src/universal/load-model.js'
import type { MachineDescription } from '../src/universal/machine.js'

const server: MachineDescription = { processor: 'AMD EPYC 9654', chips: 2, memory: 384 }
const pictures: readonly (readonly [file: string, title: string, MachineDescription, readonly CalibrationPoint[]])[] = [
  ['universal-threads', 'AMD, 384 threads', { processor: 'AMD', threads: 384 }, []],
  ['universal-described', '2 x AMD EPYC 9654, 384 GB', server, []],
  ['universal-calibrated', 'the same, with one measured point', server, [{ load: 0.5, watts: 500 }]],
]

const { model } = loadUniversalModel()
for (const [file, title, machine, points] of pictures) {
  writeFileSync(`docs/img/${file}.svg`, curveSvg(title, model().answer(machine, points), points))
}
