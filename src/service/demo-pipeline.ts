import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the pipelines that come with the package; it stands beside `src/` and `dist/`. */
const demoFolder = fileURLToPath(new URL('../../demo', import.meta.url))

/**
 * Pipelines that come with the package, as zips. They were trained on a simulated machine: good enough to try the system
 * with, no good for real watts, and labelled so wherever they are listed.
 */
export function demoPipelines(): readonly string[] {
  if (!existsSync(demoFolder)) return []
  return readdirSync(demoFolder)
    .filter((name) => name.endsWith('.zip'))
    .sort()
    .map((name) => join(demoFolder, name))
}
