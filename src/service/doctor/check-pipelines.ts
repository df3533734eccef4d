import type { Config } from '../../config/config.js'
import { messageOf } from '../../core/errors.js'
import { counted } from '../../core/counted.js'
import { findPipelines } from '../../registry/find-pipelines.js'
import { loadPipeline, type PipelineLocation } from '../../registry/load-pipeline.js'
import { knownFolder } from '../writable-folder.js'
import { type Check, ok, problem, warning } from './check.js'

/** The pipelines in MODEL_PATH, each loaded as a server would. */
export async function checkPipelines(config: Config): Promise<readonly Check[]> {
  const folder = knownFolder(config, 'MODEL_PATH')
  const locations = findPipelines(folder)
  if (locations.length > 0) return Promise.all(locations.map(checkPipeline))
  const way = config.OFFLINE ? `put a pipeline into ${folder}` : '`kepler-model serve` downloads the published ones'
  const meanwhile =
    config.UNIVERSAL && !config.DEMO
      ? 'the universal model answers'
      : 'the demonstration answers, whose watts are not real'
  return [warning('pipelines', `there are none in ${folder}`, `${way}; until then ${meanwhile}`)]
}

async function checkPipeline(location: PipelineLocation): Promise<Check> {
  const name = `pipeline ${location.name}`
  try {
    const { entries, damaged, store } = await loadPipeline(location)
    store.close()
    const models = counted(entries.length, 'model')
    if (damaged === 0) return ok(name, models)
    return warning(name, `${models}, and ${damaged} that cannot be read`, `fetch or train ${location.path} again`)
  } catch (error) {
    return problem(name, messageOf(error), `remove ${location.path}, or fetch it again`)
  }
}
