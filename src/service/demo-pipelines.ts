import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the pipelines that come with the package, next to `src/` and `dist/`. */
const demoFolder = fileURLToPath(new URL('../../demo', import.meta.url))

export interface DemoPipeline {
  readonly name: string
  readonly path: string
}

/**
 * Pipelines that come with the package, as zips. They were trained on a simulated machine, to try the system with; their
 * watts are not those of a real machine, and they are labelled so wherever they are listed.
 */
export function demoPipelines(): readonly DemoPipeline[] {
  if (!existsSync(demoFolder)) return []
  return readdirSync(demoFolder)
    .filter((file) => file.endsWith('.zip'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.zip'.length), path: join(demoFolder, file) }))
}
