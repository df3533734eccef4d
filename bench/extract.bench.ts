/**
 * From a saved response to a dataset of one feature group (BPFOnly, RAPL), as `kepler-model extract` does it, start of
 * the process included; beside JSON.parse of the same file, which only parses, and cannot read more than 512 MB. Three
 * sizes show how cost grows; `BENCH_LARGE=1` adds one of a gigabyte. Peak memory is the child's own.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeMadeResponse } from './support/made-response.js'

const rounds = 5
const sizes: [containers: number, steps: number][] = [
  [50, 1200],
  [200, 1200],
  [400, 2400],
]
if (process.env.BENCH_LARGE === '1') sizes.push([2000, 2600])

const folder = mkdtempSync(join(tmpdir(), 'bench-extract-'))
const peak = 'process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS))'
const preload = `data:text/javascript,${encodeURIComponent(peak)}`

function run(args: readonly string[]): { seconds: number; megabytes: number } | undefined {
  const begun = process.hrtime.bigint()
  const child = spawnSync(process.execPath, ['--import', preload, ...args], {
    env: { ...process.env, DATAPATH: folder, CONFIG_PATH: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9
  if (child.status !== 0) return undefined
  return { seconds, megabytes: Number(/peak (\d+)/.exec(child.stderr.toString())?.[1]) / 1024 }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

try {
  spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  const file = join(folder, 'response.json')
  const parse = `JSON.parse(require('fs').readFileSync(${JSON.stringify(file)}, 'utf8'))`
  console.log('| response | samples | extract | MB/s | ns a sample | peak memory | JSON.parse | MB/s | peak memory |')
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const [containers, steps] of sizes) {
    const bytes = writeMadeResponse(file, containers, steps)
    const samples = (8 * containers + 8) * steps
    const ours: { seconds: number; megabytes: number }[] = []
    const baseline: { seconds: number; megabytes: number }[] = []
    for (let i = 0; i < rounds; i++) {
      const extracted = run(['dist/bin/kepler-model.js', 'extract', '-i', 'response', '-o', 'made'])
      if (extracted === undefined) throw new Error('kepler-model extract failed')
      ours.push(extracted)
      const parsed = run(['--max-old-space-size=4096', '-e', parse])
      if (parsed) baseline.push(parsed)
    }
    const seconds = median(ours.map((r) => r.seconds))
    const parseSeconds = median(baseline.map((r) => r.seconds))
    const rate = (s: number) => (Number.isNaN(s) ? 'fails' : (bytes / 1e6 / s).toFixed(0))
    console.log(
      `| ${(bytes / 1e6).toFixed(0)} MB | ${(samples / 1e6).toFixed(2)} M | ${seconds.toFixed(2)} s | ${rate(seconds)} | ${((seconds / samples) * 1e9).toFixed(0)} | ${Math.max(...ours.map((r) => r.megabytes)).toFixed(0)} MB | ${Number.isNaN(parseSeconds) ? 'fails' : `${parseSeconds.toFixed(2)} s`} | ${rate(parseSeconds)} | ${baseline.length > 0 ? `${Math.max(...baseline.map((r) => r.megabytes)).toFixed(0)} MB` : 'fails'} |`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
