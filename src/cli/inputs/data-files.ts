import { basename, dirname, isAbsolute, join } from 'node:path'

/** A file of the data folder by the name the user gave, with its ending if that was left out. Absolute paths stand. */
export function dataFile(dataPath: string, name: string, ending: '.json' | '.csv'): string {
  const path = isAbsolute(name) ? name : join(dataPath, name)
  return /\.(json|csv|gz)$/.test(path) ? path : `${path}${ending}`
}

/** The same with a word before the file's name: `extracted_<name>`, `isolated_<name>`. */
export function prefixedFile(dataPath: string, prefix: string, name: string): string {
  const path = dataFile(dataPath, name, '.csv').replace(/\.json(\.gz)?$/, '.csv')
  return join(dirname(path), `${prefix}_${basename(path)}`)
}
