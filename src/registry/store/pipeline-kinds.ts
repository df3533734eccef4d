import { join } from 'node:path'
import { inTurns } from '../../runtime/in-turns.js'
import { folderSignature, folderStorePieces } from './folder-store.js'
import type { PipelineStore } from './pipeline-store.js'
import { zipSignature, zipStore } from './zip-store.js'

/** A form in which a pipeline is stored below `MODEL_PATH`. */
interface PipelineKind {
  /** The name of the pipeline that a directory entry may be; `undefined` when it is not of this kind. */
  nameOf(entry: string): string | undefined
  /** The file that must be there, and whose modification time is that of the pipeline. */
  markerOf(path: string): string
  /** Changes whenever the pipeline does; costs a few calls to the file system. */
  signatureOf(path: string): string
  /** In turns of the event loop, since listing may take long. */
  open(path: string, signal?: AbortSignal): Promise<PipelineStore>
}

/** The kinds of pipeline sources; the first that has a name for an entry counts. A new one is a store and a line here. */
export const pipelineKinds = {
  zip: {
    nameOf: (entry) => (entry.endsWith('.zip') ? entry.slice(0, -'.zip'.length) : undefined),
    markerOf: (path) => path,
    signatureOf: (path) => zipSignature(path).signature,
    open: async (path) => zipStore(path),
  },
  folder: {
    nameOf: (entry) => entry,
    markerOf: (path) => join(path, 'metadata.json'),
    signatureOf: folderSignature,
    open: (path, signal) => inTurns(folderStorePieces(path), signal),
  },
} as const satisfies Readonly<Record<string, PipelineKind>>

export type PipelineKindName = keyof typeof pipelineKinds

export const pipelineKindNames = Object.keys(pipelineKinds).filter(isKindName)

function isKindName(name: string): name is PipelineKindName {
  return Object.hasOwn(pipelineKinds, name)
}
