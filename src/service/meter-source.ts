import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { type Config, defaultConfig } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import { curvePowerSource } from '../meter/curve-source.js'
import type { PowerSource } from '../meter/power-source.js'
import { threadArguments, threadFile } from '../runtime/thread-file.js'
import { thisMachine } from './machine.js'
import { rootsOf } from './meter-parts.js'
import type { CurvesRequest } from './universal-curves.js'
import type { CurvesMessage } from './universal-curves-thread.js'

const file = threadFile(import.meta.url, './universal-curves-thread')

/**
 * Where this machine's watts come from: the universal model, through the user's calibration where there is one. The model
 * is asked once, in a thread: it takes a hundred megabytes, which a meter should not keep.
 *
 * @throws ModelError `INVALID_CONFIG` when spec, share or calibration cannot be used
 */
export async function meterPowerSource(config: Config): Promise<PowerSource> {
  const request: CurvesRequest = {
    roots: rootsOf(config),
    modelPath: config.MODEL_PATH,
    spec: givenSpec(config),
    METER_SHARE: config.METER_SHARE,
    METER_HOST_THREADS: config.METER_HOST_THREADS,
  }
  const message = await ask(request)
  if (!('answer' in message)) {
    const { code, field } = message
    throw new ModelError(code, message.message, field === undefined ? {} : { field })
  }
  const { curves, provenance } = message.answer
  return curvePowerSource(curves, provenance)
}

function ask(request: CurvesRequest): Promise<CurvesMessage> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(file, { workerData: request, execArgv: threadArguments() })
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', (code) => reject(new ModelError('UNAVAILABLE', `the universal model ended with ${code}`)))
  })
}

/** The file of the spec, where there is one; the default one need not be there. */
function givenSpec(config: Config): CurvesRequest['spec'] {
  const path = config.MACHINE_SPEC_PATH
  if (path === defaultConfig('MACHINE_SPEC_PATH') && !existsSync(path)) return undefined
  return thisMachine(config).spec
}
