import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { MachineSpec } from '../core/machine-spec.js'
import { parseModelName } from '../core/model-name.js'
import { machineSpecSchema } from '../machine/spec.js'
import { writeFileAtomicSync } from '../runtime/atomic-file.js'
import type { PipelineIndex } from './index-pipeline.js'
import { createInterner } from './interner.js'
import { type ModelEntry, parseModelFolder } from './model-entry.js'

/** Rises when the document below or what is read from a model changes. */
const formatVersion = 2

const archiveKinds = ['zip', 'folder'] as const
const weightKinds = ['file', 'folder', undefined] as const

const numbers = z.array(z.number())

/** Texts and lists that repeat stand once. Models are columns, which parse several times faster than rows. */
const document = z.object({
  version: z.literal(formatVersion),
  signature: z.string(),
  nodeTypes: z.array(z.tuple([z.number(), machineSpecSchema, z.number()])),
  folders: z.array(z.string()),
  lists: z.array(z.array(z.string())),
  models: z.object({
    names: z.array(z.string()),
    folders: numbers,
    /** In `lists`. */
    features: numbers,
    /** In `lists`: the keys of the numbers. */
    keys: numbers,
    /** Of one model after the other, as many as it has keys. */
    values: numbers,
    archives: numbers,
    loadableByOriginal: z.array(z.boolean()),
    weights: numbers,
  }),
  damaged: z.array(z.tuple([z.string(), z.string()])),
})
type Document = z.infer<typeof document>

/** The index that was cached for exactly this signature; `undefined` when there is none or it cannot be used. */
export function readCachedIndex(path: string, signature: string): PipelineIndex | undefined {
  try {
    const parsed = document.parse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.signature === signature ? decode(parsed) : undefined
  } catch {
    // Absent, of another version or damaged: the index is made again, which is all that is lost.
    return undefined
  }
}

/**
 * Caches an index. Not synced: a damaged one is made again.
 *
 * @throws ModelError `UNAVAILABLE` when the folder cannot be written to; the caller does without
 */
export function writeCachedIndex(path: string, signature: string, index: PipelineIndex): void {
  writeFileAtomicSync(path, JSON.stringify(encode(signature, index)), { sync: false })
}

function encode(signature: string, { nodeTypes, entries, damaged }: PipelineIndex): Document {
  const folders = numbering<string>()
  const lists = numbering<readonly string[]>()
  return {
    version: formatVersion,
    signature,
    nodeTypes: nodeTypes.map(({ id, spec, members }) => [id, spec, members]),
    models: {
      names: entries.map(({ name }) => name),
      folders: entries.map(({ folder }) => folders.of(folder.path)),
      features: entries.map(({ features }) => lists.of(features)),
      keys: entries.map(({ numbers }) => lists.of(numbers.keys)),
      values: entries.flatMap(({ numbers }) => numbers.values),
      archives: entries.map(({ archive }) => archiveKinds.indexOf(archive)),
      loadableByOriginal: entries.map(({ loadableByOriginal }) => loadableByOriginal),
      weights: entries.map(({ weights }) => weightKinds.indexOf(weights)),
    },
    folders: folders.all(),
    lists: lists.all().map((list) => [...list]),
    damaged: damaged.map(({ path, reason }) => [path, reason]),
  }
}

function decode({ nodeTypes, folders, lists, models, damaged }: Document): PipelineIndex {
  const interner = createInterner()
  const folderList = folders.map(parseModelFolder)
  const internedLists = lists.map((list) => interner.list(list))
  let at = 0
  return {
    nodeTypes: nodeTypes.map(([id, spec, members]): { id: number; spec: MachineSpec; members: number } => ({
      id,
      spec,
      members,
    })),
    entries: models.names.map((name, row): ModelEntry => {
      const { trainer, nodeType } = parseModelName(name)
      const keys = required(internedLists[required(models.keys[row])])
      const values = models.values.slice(at, at + keys.length)
      at += keys.length
      return {
        name,
        trainer: interner.text(trainer),
        nodeType,
        folder: required(folderList[required(models.folders[row])]),
        features: required(internedLists[required(models.features[row])]),
        numbers: { keys, values },
        archive: required(archiveKinds[required(models.archives[row])]),
        loadableByOriginal: required(models.loadableByOriginal[row]),
        weights: weightKinds[required(models.weights[row])],
      }
    }),
    damaged: damaged.map(([path, reason]) => ({ path, reason })),
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the cached index has a reference out of range')
  return value
}

function numbering<T>(): { of(value: T): number; all(): T[] } {
  const numbers = new Map<T, number>()
  return {
    of(value) {
      const number = numbers.get(value) ?? numbers.size
      numbers.set(value, number)
      return number
    },
    all: () => [...numbers.keys()],
  }
}
