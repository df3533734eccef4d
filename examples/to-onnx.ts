/**
 * A model as ONNX, for programs in Go, Rust, C or Python:
 *
 *     npx tsx examples/to-onnx.ts GradientBoostingRegressorTrainer_1.zip model.onnx
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { readModelArchive, toOnnx } from 'kepler-model-server'
import { whenRun } from './run.js'

/** The ONNX file of an archive: watts of every component, and the bounds of their 90 % intervals. */
export function onnxOf(zip: Uint8Array): Uint8Array {
  return toOnnx(readModelArchive(zip), { intervals: true })
}

await whenRun(import.meta.url, ([archive, output]) => {
  if (archive === undefined || output === undefined)
    process.stdout.write('say from what, and to where: to-onnx.ts model.zip model.onnx\n')
  else writeFileSync(output, onnxOf(readFileSync(archive)))
})
