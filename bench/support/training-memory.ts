import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { groupFeatures } from '../../src/core/feature-group.js'
import { writeMadeResponse } from './made-response.js'

const sizes: [containers: number, steps: number][] = [
  [400, 1150],
  [800, 1950],
]
if (process.env.BENCH_LARGE === '1') sizes.push([2000, 2900])

/** What Kepler 0.7's metrics are trained by, all of which the made response has. */
const groups = ['CounterOnly', 'BPFOnly', 'BPFIRQ', 'CounterIRQCombined', 'Basic'] as const
const peak = 'process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS))'
const preload = `data:text/javascript,${encodeURIComponent(peak)}`

/**
 * Prints the peak memory of `extract` and of `train` on the same responses, each the whole process with all of its
 * threads. Matrices are those of all training sets: rows x features x 8 bytes, of both output types.
 */
export function printTrainingMemory(): void {
  const build = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  if (build.status !== 0) throw new Error('the build failed')
  const folder = mkdtempSync(join(tmpdir(), 'bench-training-memory-'))
  try {
    console.log(
      '\n| response | samples | matrices | extract | extract -fg Basic | train --fast | to that of Basic with the matrices | train |',
    )
    console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
    for (const [containers, steps] of sizes) {
      const bytes = writeMadeResponse(join(folder, 'response.json'), containers, steps)
      const features = groups.reduce((sum, group) => sum + groupFeatures[group].length, 0)
      const matrices = (2 * features * 8 * steps) / 1e6
      const [one, basic] = [megabytes(folder, ['extract']), megabytes(folder, ['extract', '-fg', 'Basic'])]
      const [fast, whole] = [megabytes(folder, ['train', '--fast']), megabytes(folder, ['train'])]
      const cells = [
        `${(bytes / 1e6).toFixed(0)} MB`,
        `${(((8 * containers + 8) * steps) / 1e6).toFixed(2)} M`,
        `${matrices.toFixed(1)} MB`,
        ...[one, basic, fast].map((value) => `${value.toFixed(0)} MB`),
        (fast / (basic + matrices)).toFixed(2),
        `${whole.toFixed(0)} MB`,
      ]
      console.log(`| ${cells.join(' | ')} |`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function megabytes(folder: string, args: readonly string[]): number {
  const child = spawnSync(
    process.execPath,
    ['--import', preload, 'dist/bin/kepler-model.js', ...args, '-i', 'response.json'],
    {
      env: { ...process.env, DATAPATH: folder, CONFIG_PATH: join(folder, 'config') },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const told = /peak (\d+)$/.exec(child.stderr.toString())?.[1]
  if (child.status !== 0 || told === undefined) throw new Error(child.stderr.toString())
  return (Number(told) * 1024) / 1e6
}
