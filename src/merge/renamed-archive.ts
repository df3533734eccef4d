import { openModelFiles } from '../archive/model-files.js'
import { parsePythonJson } from '../archive/python-json.js'
import type { ArchiveFiles } from '../archive/write-model-archive.js'
import { ModelError } from '../core/errors.js'
import { formatModelName, type ModelName } from '../core/model-name.js'

/**
 * The files of an archive under another name of the model, whose number is its node type: the name stands in
 * `metadata.json` and names the list of components. Nothing else changes, pickles neither.
 *
 * @throws ModelError `INVALID_ARCHIVE` when it is none
 */
export function renamedArchive(zip: Uint8Array, name: ModelName): ArchiveFiles {
  const archive = openModelFiles(zip)
  const metadata = parsePythonJson(archive.read('metadata.json'), 'metadata.json')
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw new ModelError('INVALID_ARCHIVE', 'metadata.json holds no object')
  }
  const before = new Map<string, unknown>(Object.entries(metadata))
  const [oldName, oldFile] = [before.get('model_name'), before.get('model_file')]
  const newName = formatModelName(name)
  const isList = oldFile === `${String(oldName)}.json`
  const files = new Map<string, string | Uint8Array>()
  for (const path of archive.names) {
    const file = path.slice(path.lastIndexOf('/') + 1)
    if (file === '' || file === 'metadata.json') continue
    files.set(isList && file === oldFile ? `${newName}.json` : file, archive.read(path))
  }
  const renamed = {
    ...metadata,
    model_name: newName,
    ...(isList && { model_file: `${newName}.json` }),
    node_type: name.nodeType,
  }
  return new Map([['metadata.json', JSON.stringify(renamed)], ...files])
}
