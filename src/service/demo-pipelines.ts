import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the pipelines that come with the package; it stands beside `src/` and `dist/`. */
const demoFolder = fileURLToPath(new URL('../../demo', import.meta.url))

export interface DemoPipeline {
  readonly name: string
  readonly path: string
}

/**
 * Pipelines that come with the package, as zips. They were trained on a simulated machine: good enough to try the system
 * with, no good for real watts, and labelled so wherever they are listed.
 */
export function demoPipelines(): readonly DemoPipeline[] {
  if (!existsSync(demoFolder)) return []
  return readdirSync(demoFolder)
    .filter((file) => file.endsWith('.zip'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.zip'.length), path: join(demoFolder, file) }))
}
