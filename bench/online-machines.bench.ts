/**
 * A round of the online trainer on an hour of 30 to 1,000 machines of one kind, one sample every 3 seconds, in five-minute
 * files as it keeps them: what grows is what it reads, and not what it holds. Beside it the memory of the same measurements
 * as one response, which is how rounds began before machines were read one after another; 1,000 of them are not tried so.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { options } from '../src/config/options.js'
import { writeHistory } from '../test/support/write-history.js'

const most = String(options.ONLINE_MAX_ROWS.default)
const mostAtOnce = 300

console.log('| machines | MB | round, s | processor, s | memory, MB | as one response, without learning, MB |')
console.log('| ---: | ---: | ---: | ---: | ---: | ---: |')
for (const machines of [30, 100, 300, 1000]) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-online-machines-'))
  try {
    const { bytes } = writeHistory(folder, machines)
    const [seconds, memory, processor] = measured(['round', most, folder])
    const [, atOnce] = machines <= mostAtOnce ? measured(['read', folder]) : []
    const cells = [machines, bytes / 1e6, seconds, processor, memory]
    console.log(`| ${cells.map((value) => value?.toFixed(0)).join(' | ')} | ${atOnce?.toFixed(0) ?? '-'} |`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measured(args: readonly string[]): readonly number[] {
  const command = ['--import', 'tsx', 'bench/support/online-round.ts', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim().split(' ').map(Number)
}
