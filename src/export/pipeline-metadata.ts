import * as z from 'zod'
import { parsePythonJson } from '../archive/python-json.js'
import { ModelError } from '../core/errors.js'
import type { PipelineStore } from '../registry/store/pipeline-store.js'

const text = z.string().max(1000).nullish()
const names = z.array(z.string().max(200)).max(10_000).nullish()

/** A pipeline's `metadata.json`, as far as exports use it; other keys are kept. */
const schema = z.looseObject({
  isolator: text,
  extractor: text,
  abs_trainers: names,
  dyn_trainers: names,
  init_time: text,
  last_update_time: text,
  publisher: text,
  collect_time: text,
})
export type PipelineMetadata = Readonly<z.infer<typeof schema>>

/** @throws ModelError `INVALID_ARCHIVE` naming the key that is wrong */
export function pipelineMetadata(store: PipelineStore): PipelineMetadata {
  const parsed = schema.safeParse(parsePythonJson(store.read('metadata.json'), 'metadata.json'))
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new ModelError('INVALID_ARCHIVE', `${store.origin}: metadata.json: ${path.map(String).join('.')}: ${message}`)
}
