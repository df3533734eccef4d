/**
 * Reads every counter of a powercap tree as fast as it can, until its standard input ends, and prints what it saw as
 * JSON: `node powercap-reader.js FOLDER`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const powercap = join(process.argv[2] ?? '', 'class/powercap')
const last = new Map<string, bigint>()
const faults: string[] = []
let readings = 0
let stop = false
process.stdin.on('end', () => {
  stop = true
})
process.stdin.resume()

function look(): void {
  for (const entry of readdirSync(powercap)) {
    if (!entry.includes(':')) continue
    const text = readFileSync(join(powercap, entry, 'energy_uj'), 'utf8')
    readings++
    if (!/^\d+\n$/.test(text)) faults.push(`${entry}: ${JSON.stringify(text)}`)
    else if (BigInt(text) < (last.get(entry) ?? 0n)) faults.push(`${entry}: ${text.trim()} after ${last.get(entry)}`)
    else last.set(entry, BigInt(text))
  }
}

function go(): void {
  for (let i = 0; i < 100; i++) look()
  if (!stop && faults.length < 10) setImmediate(go)
  else
    process.stdout.write(
      JSON.stringify({ readings, faults, last: [...last].map(([zone, value]) => [zone, String(value)]) }),
    )
}
go()
