/**
 * A round of the online trainer on an hour of measurements of 1, 5 and 20 simulated machines of one kind, one sample every 3
 * seconds: 20 slots by three trainers, judged on what is held out. Beside it the same round on all rows, which is what
 * `ONLINE_MAX_ROWS` is for, and `JSON.parse` of the same measurements, without learning anything.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { options } from '../src/config/options.js'
import { defaultMachine } from '../src/simulate/machine.js'
import { responseChunks } from '../src/simulate/write-response.js'
import { hastyScenario } from '../test/support/hasty-scenario.js'

const hour = 3600
const most = options.ONLINE_MAX_ROWS.default

console.log('| machines | MB | round, s | memory, MB | round on all rows, s | `JSON.parse`, s | memory, MB |')
console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const machines of [1, 5, 20]) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-online-trainer-'))
  try {
    const bytes = Array.from({ length: machines }, (_, i) => writeMachine(folder, i)).reduce((a, b) => a + b)
    const [seconds, memory] = measured(['round', String(most), folder])
    const [allSeconds] = measured(['round', '100000000', folder])
    const [parseSeconds, parseMemory] = measured(['parse', folder])
    const times = [seconds, memory, allSeconds, parseSeconds, parseMemory]
    const [round, mb, all, parse, parseMb] = times.map((value, i) => value.toFixed(i === 1 || i === 4 ? 0 : 1))
    console.log(`| ${machines} | ${(bytes / 1e6).toFixed(0)} | ${round} | ${mb} | ${all} | ${parse} | ${parseMb} |`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function writeMachine(folder: string, i: number): number {
  const machine = { ...defaultMachine, instance: `worker-${i}` }
  const file = openSync(join(folder, `${i}.json`), 'w')
  let bytes = 0
  for (const chunk of responseChunks({ scenario: hastyScenario, machine, seed: i, duration: hour, step: 3 })) {
    bytes += writeSync(file, chunk)
  }
  closeSync(file)
  return bytes
}

/** The medians of three runs. */
function measured(args: readonly string[]): readonly [seconds: number, megabytes: number] {
  const runs = [0, 1, 2].map(() => {
    const command = ['--import', 'tsx', 'bench/support/online-round.ts', ...args]
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return stdout.trim().split(' ').map(Number)
  })
  const median = (i: number) => runs.map((run) => run[i]!).sort((a, b) => a - b)[1]!
  return [median(0), median(1)]
}
