import { existsSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { ModelError, quote } from '../../core/errors.js'

const ending = /\.(?:json|csv|gz)$/

/** Whether the user gave a path, `./x.json`, `data/x.json` or `/x`, and not a bare name. */
export function isPath(name: string): boolean {
  return isAbsolute(name) || /[\\/]/.test(name)
}

/** Where an output goes: a path is one, a bare name is a file of the data folder. `.json` or `.csv` may be left out. */
export function outputFile(dataPath: string, name: string, byDefault: '.json' | '.csv'): string {
  const path = outputPath(dataPath, name)
  return ending.test(path) ? path : `${path}${byDefault}`
}

/** The same for a name that has its ending. */
export function outputPath(dataPath: string, name: string): string {
  return isPath(name) ? name : join(dataPath, name)
}

/** The same with a word before the file's name: `extracted_<name>`, `isolated_<name>`. */
export function prefixedFile(dataPath: string, prefix: string, name: string): string {
  const path = outputFile(dataPath, name, '.csv').replace(/\.json(?:\.gz)?$|\.gz$/, '.csv')
  return join(dirname(path), `${prefix}_${basename(path)}`)
}

/**
 * The file that an input names. A path is looked up as it is, then below the data folder, as the original does; a bare
 * name in the data folder, then in the working directory.
 *
 * @param names what the file may be called, in this order; see `responseNames` and `datasetNames`
 * @param option the option that named it, for the error
 * @throws ModelError `INVALID_REQUEST` with the reason `file_not_found` that says where was looked
 */
export function inputFile(dataPath: string, name: string, names = responseNames(name), option = 'input'): string {
  const places = placesOf(dataPath, names, name)
  const found = places.find((path) => existsSync(path) && !statSync(path).isDirectory())
  if (found !== undefined) return found
  const looked = places.map((path) => `\n  ${path}`).join('')
  throw new ModelError('INVALID_REQUEST', `--${option}: there is no file ${quote(name)}; looked for${looked}`, {
    field: option,
    reason: 'file_not_found',
  })
}

/** The names of a saved response, or of another JSON file. */
export function responseNames(name: string): readonly string[] {
  return ending.test(name) ? [name] : [`${name}.json`, `${name}.json.gz`, name]
}

/** The names of a dataset: `<prefix>_<name>.csv` with a prefix, `<name>.csv`. */
export function datasetNames(name: string, prefix?: 'extracted' | 'isolated'): readonly string[] {
  const whole = name.endsWith('.csv') ? name : `${name}.csv`
  return [...(prefix === undefined ? [] : [join(dirname(whole), `${prefix}_${basename(whole)}`)]), whole]
}

function placesOf(dataPath: string, names: readonly string[], given: string): readonly string[] {
  if (isAbsolute(given)) return names
  const inData = names.map((name) => join(dataPath, name))
  return isPath(given) ? [...names, ...inData] : [...inData, ...names]
}
