import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silentLogger } from '../runtime/ports.js'
import { runningStack, untilAborted } from './running.js'

describe('runningStack', () => {
  const recording = () => {
    const order: string[] = []
    const service = (name: string, failure?: Error) => ({
      name,
      async stop() {
        order.push(name)
        if (failure) throw failure
      },
    })
    return { order, service, stack: runningStack(silentLogger) }
  }

  it('stops in reverse order, once', async () => {
    const { order, service, stack } = recording()
    for (const name of ['pipelines', 'server', 'socket']) stack.add(service(name))
    await Promise.all([stack.stop(), stack.stop()])
    assert.deepEqual(order, ['socket', 'server', 'pipelines'])
  })

  it('stops the rest when one fails to, and tells', async () => {
    const { order, service, stack } = recording()
    stack.add(service('pipelines'))
    stack.add(service('server', new Error('stuck')))
    await assert.rejects(stack.stop(), /stuck/)
    assert.deepEqual(order, ['server', 'pipelines'])
  })
})

describe('untilAborted', () => {
  it('waits for the signal, or not at all', async () => {
    await untilAborted(AbortSignal.abort())
    const controller = new AbortController()
    setImmediate(() => controller.abort())
    await untilAborted(controller.signal)
    assert.ok(controller.signal.aborted)
  })
})
