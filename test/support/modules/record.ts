import { appendFileSync } from 'node:fs'
import { createRequire, register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/**
 * For `node --import`: writes the URL or path of each module that the program loads, one a line, into the file that
 * `RECORD_MODULES` names. Those in CommonJS are written when the program ends.
 */
const path = process.env.RECORD_MODULES
if (path !== undefined && isMainThread) {
  register('./hook.ts', { parentURL: import.meta.url, data: path })
  process.on('exit', () => appendFileSync(path, `${Object.keys(createRequire(import.meta.url).cache).join('\n')}\n`))
}
