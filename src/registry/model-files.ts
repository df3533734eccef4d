import { parseModelMetadata } from '../archive/metadata.js'
import { parsePythonJson } from '../archive/python-json.js'
import { type ModelWeights, parseWeights } from '../archive/weights.js'
import { bufferSource } from '../archive/zip/byte-source.js'
import { modelZipLimits } from '../archive/zip/limits.js'
import { replaceEntry } from '../archive/zip/replace-entry.js'
import { openZip } from '../archive/zip/zip.js'
import { ModelError } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { type ModelEntry, modelPath } from './model-entry.js'
import type { PipelineStore } from './store/pipeline-store.js'

const metadataName = 'metadata.json'
const mostFolderFiles = 256

/** A zip with nothing in it, to add files to. */
const emptyZip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')

/**
 * The model's archive with `trainer`, `node_type` and `machine_spec` in its metadata: published archives carry none, and
 * whoever gets one wants to know what machine it was trained on. The pipeline's own file stays as it is.
 *
 * @throws ModelError when the archive is absent, damaged or too large
 */
export function readArchive(store: PipelineStore, entry: ModelEntry, machineSpec: MachineSpec | undefined): Buffer {
  const path = modelPath(entry)
  const zip = entry.archive === 'folder' ? packFolder(store, path) : store.read(`${path}.zip`)
  const bytes = openZip(bufferSource(zip), modelZipLimits).read(metadataName)
  parseModelMetadata(bytes)
  const written = asRecord(parsePythonJson(bytes, metadataName))
  const missing = Object.entries({
    trainer: entry.trainer,
    node_type: entry.nodeType,
    machine_spec: machineSpec,
  }).filter(([key, value]) => value !== undefined && (written[key] === undefined || written[key] === null))
  if (missing.length === 0) return Buffer.from(zip)
  const completed = { ...written, ...Object.fromEntries(missing) }
  return replaceEntry(zip, metadataName, Buffer.from(JSON.stringify(completed)), modelZipLimits)
}

/** The archive without `machine_spec` in its metadata. */
export function withoutMachineSpec(zip: Buffer): Buffer {
  const bytes = openZip(bufferSource(zip), modelZipLimits).read(metadataName)
  const { machine_spec: spec, ...rest } = asRecord(parsePythonJson(bytes, metadataName))
  if (spec === undefined) return zip
  return replaceEntry(zip, metadataName, Buffer.from(JSON.stringify(rest)), modelZipLimits)
}

/** @throws ModelError when the weights are absent or damaged */
export function readWeights(store: PipelineStore, entry: ModelEntry): ModelWeights {
  const path = entry.weights === 'folder' ? `${modelPath(entry)}/weight.json` : `${modelPath(entry)}.json`
  return parseWeights(store.read(path), path)
}

function packFolder(store: PipelineStore, path: string): Buffer {
  const names = [...store.list()]
    .filter((name) => name.startsWith(`${path}/`))
    .map((name) => name.slice(path.length + 1))
    .filter((name) => !name.includes('/') && name !== 'weight.json')
  if (names.length > mostFolderFiles) {
    throw new ModelError('LIMIT_EXCEEDED', `${path} has ${names.length} files, at most ${mostFolderFiles}`)
  }
  return names.reduce<Buffer>(
    (zip, name) => replaceEntry(zip, name, store.read(`${path}/${name}`), modelZipLimits),
    emptyZip,
  )
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
