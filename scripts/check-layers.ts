import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { layers, mayEndProcess, mayReadEnvironment } from './layers.js'

const root = 'src'
const faults: string[] = []
const folders = Object.keys(layers)
const allowed = new Map(Object.entries(layers).map(([folder, row]) => [folder, row.split(' ').filter(Boolean)]))

/** What the code really does: imports by folder, and who reads the environment or ends the process. */
const imports = new Map<string, Set<string>>()
const readsEnvironment = new Set<string>()
const endsProcess = new Set<string>()

for (const file of readdirSync(root, { recursive: true }).map(String)) {
  const folder = file.split(sep)[0]!
  if (!/\.tsx?$/.test(file) || file.endsWith('.test.ts') || folder === file) continue
  const text = readFileSync(join(root, file), 'utf8')
  const used = imports.get(folder) ?? new Set()
  imports.set(folder, used)
  if (!allowed.has(folder)) {
    faults.push(`${file}: folder ${folder} has no row in scripts/layers.ts`)
    continue
  }
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const target = relative(root, join(root, dirname(file), match[1]!)).split(sep)[0]!
    if (target === folder) continue
    used.add(target)
    if (!allowed.get(folder)!.includes(target)) faults.push(`${file}: ${folder} may not import ${target}`)
  }
  if (/\bprocess\.env\b/.test(text)) {
    readsEnvironment.add(folder)
    if (!mayReadEnvironment.includes(folder)) faults.push(`${file}: ${folder} may not read the environment`)
  }
  if (/\bprocess\.exit\b/.test(text)) {
    endsProcess.add(folder)
    if (!mayEndProcess.includes(folder)) faults.push(`${file}: ${folder} may not end the process`)
  }
}

for (const [folder, targets] of allowed) {
  if (!imports.has(folder)) faults.push(`scripts/layers.ts: there is no folder ${folder}`)
  for (const target of targets) {
    if (folders.indexOf(target) >= folders.indexOf(folder)) {
      faults.push(`scripts/layers.ts: ${folder} may import only folders of rows above it, not ${target}`)
    }
    if (!imports.get(folder)?.has(target)) faults.push(`scripts/layers.ts: ${folder} does not import ${target}`)
  }
}
for (const folder of mayReadEnvironment) {
  if (!readsEnvironment.has(folder)) faults.push(`scripts/layers.ts: ${folder} does not read the environment`)
}
for (const folder of mayEndProcess) {
  if (!endsProcess.has(folder)) faults.push(`scripts/layers.ts: ${folder} does not end the process`)
}

for (const fault of faults) console.error(fault)
console.log(faults.length === 0 ? 'layers: clean' : `layers: ${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
