import * as z from 'zod'
import { type Component, isComponent } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import type { ModelMetadata } from './metadata.js'
import { parsePythonJson } from './python-json.js'
import { bufferSource } from './zip/byte-source.js'
import { modelZipLimits, type ZipLimits } from './zip/limits.js'
import { openZip } from './zip/zip.js'

/** The files of a model archive, by the names that its JSON uses for them. */
export interface ModelFiles {
  readonly names: readonly string[]
  /** @throws ModelError `INVALID_ARCHIVE` when it is missing or damaged */
  read(name: string): Uint8Array
}

/**
 * Opens a model zip. Its files stand at the top, or together in one folder.
 *
 * @throws ModelError `INVALID_ARCHIVE` when there is no `metadata.json`, `LIMIT_EXCEEDED` past a bound
 */
export function openModelFiles(bytes: Uint8Array, limits: ZipLimits = modelZipLimits): ModelFiles {
  const zip = openZip(bufferSource(bytes), limits)
  const names = [...zip.entries.keys()]
  const metadata = names
    .filter((name) => /^([^/]+\/)?metadata\.json$/.test(name))
    .sort((a, b) => a.length - b.length)[0]
  if (metadata === undefined) {
    throw new ModelError('INVALID_ARCHIVE', 'the zip holds no metadata.json, so it is not a model archive')
  }
  const folder = metadata.slice(0, -'metadata.json'.length)
  return {
    names,
    read(name) {
      // v0.6 sometimes kept the path that a file had on the machine it was trained on.
      const base = name.slice(name.lastIndexOf('/') + 1)
      return zip.read(zip.entries.has(folder + name) ? folder + name : folder + base)
    },
  }
}

/** The files of one component. */
export interface ComponentFiles {
  readonly component: Component
  readonly modelFile: string
  readonly features: readonly string[]
  readonly transformerFiles: readonly string[]
}

const componentFilesSchema = z.record(
  z.string(),
  z.looseObject({
    model_file: z.string().min(1).max(1000),
    features: z.array(z.string()).max(1000).nullish(),
    fe_files: z.array(z.string()).max(20).nullish(),
  }),
)

/** @throws ModelError `INVALID_ARCHIVE` naming what is missing */
export function readComponentFiles(files: ModelFiles, metadata: ModelMetadata): readonly ComponentFiles[] {
  const name = metadata.model_file
  // What is no list of components is a model itself, of the whole platform; so the original's estimator takes it.
  if (!name.endsWith('.json')) {
    const { features, fe_files: transformerFiles } = metadata
    return [{ component: 'platform', modelFile: name, features, transformerFiles }]
  }
  const parsed = componentFilesSchema.safeParse(parsePythonJson(files.read(name), name))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new ModelError('INVALID_ARCHIVE', `${name}: ${issue.path.join('.') || 'document'}: ${issue.message}`)
  }
  const result = Object.entries(parsed.data).map(([component, entry]) => {
    if (!isComponent(component)) {
      throw new ModelError('INVALID_ARCHIVE', `${name} has a model for ${quote(component)}, which is no component`)
    }
    return {
      component,
      modelFile: entry.model_file,
      features: entry.features ?? metadata.features,
      transformerFiles: entry.fe_files ?? metadata.fe_files,
    }
  })
  if (result.length === 0) throw new ModelError('INVALID_ARCHIVE', `${name} has no components`)
  return result
}
