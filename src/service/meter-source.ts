import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Config, defaultConfig } from '../config/config.js'
import { ModelError, messageOf } from '../core/errors.js'
import { curvePowerSource } from '../meter/curve-source.js'
import type { PowerSource } from '../meter/power-source.js'
import { filesOfHost } from '../machine/system-files.js'
import { stderrTail } from '../runtime/stderr-tail.js'
import { threadArguments, threadFile } from '../runtime/thread-file.js'
import { askCloudInstance } from './cloud-instance.js'
import type { CurvesMessage } from './curves-message.js'
import { thisMachine } from './machine.js'
import { rootsOf } from './meter-parts.js'
import type { TrainedModels } from './trained-models.js'
import type { CurvesRequest } from './universal-curves.js'

const file = fileURLToPath(threadFile(import.meta.url, './universal-curves-process'))

/** Milliseconds that a start may wait for models. */
const loadTimeout = 10_000

/**
 * Where this machine's watts come from: a model that was trained for it, where the settings say where such models are and
 * there is one, else the universal model, which then says why.
 *
 * @throws ModelError `INVALID_CONFIG` when spec, share, calibration or a place of models cannot be used
 */
export async function meterPowerSource(config: Config): Promise<PowerSource> {
  const models = await modelsOf(config)
  if (models === undefined) return universalPowerSource(config)
  try {
    return await chosenSource(config, models)
  } finally {
    await models.close()
  }
}

/** Trained models, where a setting says where they are. What loads them is large, so others do without. */
export async function modelsOf(config: Config): Promise<TrainedModels | undefined> {
  if (config.METER_PIPELINE === undefined && config.METER_MODEL_SERVER === undefined) return undefined
  const { trainedModels } = await import('./trained-models.js')
  return trainedModels(config)
}

/** The same, of models that stay open. */
export async function chosenSource(config: Config, models: TrainedModels): Promise<PowerSource> {
  try {
    return await models.load(AbortSignal.timeout(loadTimeout))
  } catch (error) {
    if (error instanceof ModelError && error.code === 'INVALID_CONFIG') throw error
    const source = await universalPowerSource(config)
    const { provenance } = source
    const why = `no trained model is in use: ${messageOf(error)}`
    return { ...source, provenance: { ...provenance, assumptions: [why, ...provenance.assumptions] } }
  }
}

/**
 * Where this machine's watts come from without trained models: the universal model, through the user's calibration where
 * there is one. The model is asked once, in a process of its own: it takes a hundred megabytes, and what a thread leaves
 * behind in the allocator is ten of them for good.
 *
 * @throws ModelError `INVALID_CONFIG` when spec, share or calibration cannot be used
 */
export async function universalPowerSource(config: Config): Promise<PowerSource> {
  const request: CurvesRequest = {
    roots: rootsOf(config),
    modelPath: config.MODEL_PATH,
    spec: givenSpec(config),
    METER_SHARE: config.METER_SHARE,
    METER_HOST_THREADS: config.METER_HOST_THREADS,
    ...(await knownInstance(config)),
  }
  const message = await ask(request)
  if (!('answer' in message)) {
    const { code, field } = message
    throw new ModelError(code, message.message, field === undefined ? {} : { field })
  }
  const { curves, provenance } = message.answer
  return curvePowerSource(curves, provenance)
}

/** The type of the cloud instance that the user says, or that the cloud tells, where the user lets it be asked. */
async function knownInstance(
  config: Config,
): Promise<Pick<CurvesRequest, 'instance' | 'toldInstance' | 'unknownInstance'>> {
  if (config.METER_INSTANCE !== undefined) return { instance: config.METER_INSTANCE }
  if (!config.METER_CLOUD_METADATA) return {}
  const asked = await askCloudInstance({ files: filesOfHost(rootsOf(config)), fetch })
  return 'why' in asked ? { unknownInstance: asked.why } : { toldInstance: asked.instance }
}

function ask(request: CurvesRequest): Promise<CurvesMessage> {
  return new Promise((resolve, reject) => {
    // Cloned, not written as JSON, which has no Infinity.
    const child = fork(file, {
      execArgv: threadArguments(),
      serialization: 'advanced',
      // Not our stderr: where that is a terminal, Node takes it out of raw mode when the process ends.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const stderr = stderrTail(child)
    child.once('message', (message: CurvesMessage) => resolve(message))
    child.once('error', reject)
    child.once('close', (code, killed) => {
      const why = stderr()
      const ended = `the universal model ended with ${killed ?? code}`
      reject(new ModelError('UNAVAILABLE', why === '' ? ended : `${ended}: ${why}`))
    })
    child.send(request)
  })
}

/** The file of the spec, where there is one; the default one need not be there. */
function givenSpec(config: Config): CurvesRequest['spec'] {
  const path = config.MACHINE_SPEC_PATH
  if (path === defaultConfig('MACHINE_SPEC_PATH') && !existsSync(path)) return undefined
  return thisMachine(config).spec
}
