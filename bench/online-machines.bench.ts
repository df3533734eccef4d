/**
 * A round of the online trainer on an hour of 30 to 1,000 machines of one kind, one sample every 3 seconds, in five-minute
 * files as it keeps them: what grows is what it reads, and not what it holds. Beside it the memory of the same measurements
 * as one response, which is how rounds began before machines were read one after another; 1,000 of them are not tried so.
 * At the end a round that asks a Prometheus first, over HTTP. Other sizes: `BENCH_MACHINES=4,30`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { options } from '../src/config/options.js'
import { type MadeHistory, writeHistory } from '../test/support/write-history.js'

const most = String(options.ONLINE_MAX_ROWS.default)
const mostAtOnce = 300
const httpSeconds = 600
const sizes = (process.env.BENCH_MACHINES ?? '30,100,300,1000').split(',').map(Number)

console.log('| machines | MB | round, s | processor, s | memory, MB | as one response, without learning, MB |')
console.log('| ---: | ---: | ---: | ---: | ---: | ---: |')
for (const machines of sizes) {
  await withHistory(machines, 3600, async (folder, { bytes }) => {
    const [seconds, memory, processor] = measured('online-round.ts', 'round', most, folder)
    const [, atOnce] = machines <= mostAtOnce ? measured('online-round.ts', 'read', folder) : []
    const cells = [machines, bytes / 1e6, seconds, processor, memory]
    console.log(`| ${cells.map((value) => value?.toFixed(0)).join(' | ')} | ${atOnce?.toFixed(0) ?? '-'} |`)
  })
}

const machines = Math.max(...sizes)
await withHistory(machines, httpSeconds, async (folder, { start, end, bytes }) => {
  const server = spawn(process.execPath, ['--import', 'tsx', 'bench/support/serve-history.ts', folder])
  try {
    const [port] = await once(server.stdout, 'data')
    const url = `http://127.0.0.1:${String(port).trim()}`
    const [asked, askedMb, seconds, mb] = measured('online-http-round.ts', url, String(start), String(end))
    console.log(
      `\nOver HTTP, ${machines} machines and ${httpSeconds} s (${(bytes / 1e6).toFixed(0)} MB): asked in ${asked?.toFixed(0)} s with ` +
        `${askedMb?.toFixed(0)} MB, the whole round ${seconds?.toFixed(0)} s with ${mb?.toFixed(0)} MB.`,
    )
  } finally {
    server.kill()
  }
})

async function withHistory(
  machines: number,
  seconds: number,
  measure: (folder: string, made: MadeHistory) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-online-machines-'))
  try {
    await measure(folder, writeHistory(folder, machines, seconds))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measured(script: string, ...args: readonly string[]): readonly number[] {
  const command = ['--import', 'tsx', `bench/support/${script}`, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim().split(/\s+/).map(Number)
}
