/**
 * Makes `models/instances.json`, which part of which machine a cloud instance is, from the tables of Cloud Carbon Footprint
 * (https://github.com/cloud-carbon-footprint/ccf-coefficients, Apache 2.0; Amazon's by Teads):
 *
 *     npx tsx scripts/make-instances.ts FOLDER      of aws-instances.csv, gcp-instances.csv and azure-instances.csv
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCsvRecords } from '../src/table/csv-records.js'
import { processorFamilies } from '../src/universal/processor/families.js'
import { parseProcessor } from '../src/universal/processor/parse-processor.js'

const folder = process.argv[2] ?? '.'
const columns = {
  aws: [
    'Instance type',
    'Instance vCPU',
    'Instance Memory (in GB)',
    'Platform CPU Name',
    'Platform Total Number of vCPU',
    'Platform Memory (in GB)',
  ],
  gcp: [
    'Machine type',
    'Instance vCPUs',
    'Instance Memory',
    'Microarchitecture',
    'Platform vCPUs (highest vCPU possible)',
    'Platform Memory',
  ],
  azure: [
    'Virtual Machine',
    'Instance vCPUs',
    'Instance Memory',
    'Microarchitecture',
    'Platform vCPUs (highest vCPU possible)',
    'Platform Memory',
  ],
} as const
/** Generations as the tables name them, as a name that tells the family. */
const generations: Readonly<Record<string, string>> = {
  'Sandy Bridge': 'Intel Xeon (Sandy Bridge)',
  'Ivy Bridge': 'Intel Xeon (Ivy Bridge)',
  Haswell: 'Intel Xeon (Haswell)',
  Broadwell: 'Intel Xeon (Broadwell)',
  Skylake: 'Intel Xeon (Skylake)',
  'Cascade Lake': 'Intel Xeon (Cascadelake)',
  'Coffee Lake': 'Intel Xeon E-2288G',
  'EPYC 1st Gen': 'AMD EPYC-Naples',
  'EPYC 2nd Gen': 'AMD EPYC-Rome',
  'EPYC 3rd Gen': 'AMD EPYC-Milan',
  Unknown: '',
}

type Row = [name: string, vcpus: number, memory: number, hosts: number[]]
const hosts: [string, number, number][] = []
const numbers = new Map<string, number>()

function hostNumber(processor: string, threads: number, memory: number): number {
  const key = `${processor}|${threads}|${memory}`
  const known = numbers.get(key)
  if (known !== undefined) return known
  numbers.set(key, hosts.length)
  hosts.push([processor, threads, memory])
  return hosts.length - 1
}

const amount = (text: string) => {
  const value = Number(text.trim().replace(',', '.'))
  return Number.isFinite(value) ? value : 0
}
const yearOf = (host: number) => processorFamilies[parseProcessor(hosts[host]![0]).family ?? '']?.year ?? 0

const instances = Object.fromEntries(
  (['aws', 'azure', 'gcp'] as const).map((provider) => {
    const { header, rows } = readCsvRecords(readFileSync(join(folder, `${provider}-instances.csv`), 'utf8'))
    const at = columns[provider].map((name) => {
      if (!header.includes(name)) throw new Error(`${provider}: no column ${name}`)
      return header.indexOf(name)
    })
    const found = new Map<string, Row>()
    for (const fields of rows) {
      const [name, vcpus, memory, processor, threads, hostMemory] = at.map((k) => fields[k]!.trim()) as [
        string,
        string,
        string,
        string,
        string,
        string,
      ]
      if (name === '' || !(amount(vcpus) > 0) || !(amount(threads) >= amount(vcpus))) continue
      const host = hostNumber(generations[processor] ?? processor, amount(threads), amount(hostMemory))
      const row = found.get(name) ?? [name, amount(vcpus), amount(memory), []]
      if (!row[3].includes(host)) row[3].push(host)
      found.set(name, row)
    }
    for (const row of found.values()) row[3].sort((a, b) => yearOf(b) - yearOf(a))
    return [provider, [...found.values()]]
  }),
)
const source = 'Cloud Carbon Footprint, ccf-coefficients, Apache 2.0; that of Amazon by Teads'
const lists = Object.entries(instances).map(
  ([provider, rows]) => `"${provider}":[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`,
)
writeFileSync(
  'models/instances.json',
  `{"source":${JSON.stringify(source)},"hosts":${JSON.stringify(hosts)},"instances":{${lists.join(',')}}}\n`,
)
console.log(
  Object.values(instances)
    .map((rows) => rows.length)
    .join(' + '),
  'instances on',
  hosts.length,
  'hosts',
)
