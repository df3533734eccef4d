import { readFileSync } from 'node:fs'
import { openUniversalModel, readUniversalModel, type UniversalModelFile } from './file/model-file.js'
import { shippedPath } from './shipped-file.js'
import type { UniversalModel } from './universal-model.js'

/** A model's file with the model, which is made when it is first asked for: that takes a fraction of a second. */
export interface LazyModel {
  readonly file: UniversalModelFile
  model(): UniversalModel
}

/**
 * The model in a file; that of the package when none is named.
 *
 * @throws ModelError `INVALID_ARCHIVE` when the file is none
 */
export function loadUniversalModel(file = shippedPath('universal.json')): LazyModel {
  const read = readUniversalModel(readFileSync(file, 'utf8'), file)
  let made: UniversalModel | undefined
  return {
    file: read,
    model() {
      made ??= openUniversalModel(read)
      return made
    },
  }
}
