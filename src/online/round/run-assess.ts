import { Worker } from 'node:worker_threads'
import { ModelError, messageOf } from '../../core/errors.js'
import type { Logger } from '../../runtime/ports.js'
import { orAborted } from '../../runtime/or-aborted.js'
import { threadArguments, threadFile } from '../../runtime/thread-file.js'
import type { Assessment, AssessRequest } from './assess.js'
import type { AssessMessage } from './assess-messages.js'

const threadUrl = threadFile(import.meta.url, './assess-thread')

/**
 * Runs a round on a thread of its own, so that it delays no request that this process serves, and a round that runs out
 * of memory ends alone.
 *
 * @throws ModelError `CANCELLED` when the signal aborts; Error when the round fails, with a `code` where the disk or the
 *   served pipeline is the reason
 */
export async function runAssess(request: AssessRequest, logger: Logger, signal: AbortSignal): Promise<Assessment> {
  if (signal.aborted) throw cancelled()
  const thread = new Worker(threadUrl, { workerData: request, execArgv: threadArguments() })
  try {
    const assessment = new Promise<Assessment>((resolve, reject) => {
      const fail = (why: string, code?: string) =>
        reject(Object.assign(new Error(`the round failed: ${why}`), code && { code }))
      thread.on('message', (message: AssessMessage) => {
        if ('assessment' in message) resolve(message.assessment)
        else if ('failure' in message) fail(message.failure, message.code)
        else logger[message.level](message.fields, message.message)
      })
      thread.on('error', (error) => fail(messageOf(error)))
      thread.on('exit', (code) => fail(`its thread ended with code ${code}`))
    })
    return await orAborted(signal, assessment)
  } catch (error) {
    throw signal.aborted ? cancelled() : error
  } finally {
    await thread.terminate()
  }
}

function cancelled(): ModelError {
  return new ModelError('CANCELLED', 'the round was stopped; nothing was published')
}
