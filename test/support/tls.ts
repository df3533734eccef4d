import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A file of `test/fixtures/tls`, which `make.sh` there makes. */
export function tlsPath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
}

export function tlsText(name: string): string {
  return readFileSync(tlsPath(name), 'utf8')
}
