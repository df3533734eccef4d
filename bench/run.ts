/**
 * Runs the benchmarks one after another, each in a process of its own so that none warms up another's code:
 *
 *     npm run bench                 all of them
 *     npm run bench -- estimator    those named
 *
 * Each measures its baseline in the same run and prints medians and ratios. Machines are noisy: compare ratios.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

const known = readdirSync('bench')
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.replace('.bench.ts', ''))
  .sort()
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${known.join(', ')}`)
  process.exit(2)
}

console.log(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}`)
if (!existsSync('../shared/data'))
  console.log('The published pipelines are not here: benchmarks that need them say so.')
for (const name of wanted.length > 0 ? wanted : known) {
  console.log(`\n## ${name}\n`)
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', `bench/${name}.bench.ts`], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
