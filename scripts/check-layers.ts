import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { layers, mayEndProcess, mayReadEnvironment } from './layers.js'

const root = 'src'
const faults: string[] = []

for (const file of readdirSync(root, { recursive: true }).map(String)) {
  const folder = file.split(sep)[0]!
  if (!file.endsWith('.ts') || file.endsWith('.test.ts') || folder === file) continue
  const text = readFileSync(join(root, file), 'utf8')
  const allowed = layers[folder]
  if (!allowed) {
    faults.push(`${file}: folder ${folder} has no place in scripts/layers.ts`)
    continue
  }
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const target = relative(root, join(root, dirname(file), match[1]!)).split(sep)[0]!
    if (target !== folder && !allowed.includes(target)) faults.push(`${file}: ${folder} may not import ${target}`)
  }
  if (/\bprocess\.env\b/.test(text) && !mayReadEnvironment.includes(folder)) {
    faults.push(`${file}: only ${mayReadEnvironment.join(', ')} may read the environment`)
  }
  if (/\bprocess\.exit\b/.test(text) && !mayEndProcess.includes(folder)) {
    faults.push(`${file}: only ${mayEndProcess.join(', ')} may end the process`)
  }
}

for (const fault of faults) console.error(fault)
console.log(faults.length === 0 ? 'layers: clean' : `layers: ${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
