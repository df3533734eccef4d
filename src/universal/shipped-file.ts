import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Path of a file of `models/`, which stands beside `src/` and `dist/`: this file is one folder below either. */
export function shippedPath(name: string): string {
  return fileURLToPath(new URL(`../../models/${name}`, import.meta.url))
}

export function readShippedText(name: string): string {
  return readFileSync(shippedPath(name), 'utf8')
}
