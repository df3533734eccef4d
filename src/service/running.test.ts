import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedLog } from '../../test/support/recorded-log.js'
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
    const logger = recordedLog()
    return { order, service, stack: runningStack(logger), lines: logger.lines }
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

  it('hands back what it is given', () => {
    const { service, stack } = recording()
    const server = service('server')
    assert.equal(stack.add(server), server)
  })

  it('says of each whether it stopped, and throws what failed first, also when it is asked again', async () => {
    const { service, stack, lines } = recording()
    const [late, early] = [new Error('late'), new Error('early')]
    stack.add(service('pipelines', late))
    stack.add(service('server'))
    stack.add(service('socket', early))
    await assert.rejects(stack.stop(), early)
    await assert.rejects(stack.stop(), early)
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields]),
      [
        ['error', { service: 'socket', cause: early }],
        ['debug', { service: 'server' }],
        ['error', { service: 'pipelines', cause: late }],
      ],
    )
    assert.match(lines[0]?.message ?? '', /early$/)
  })
})

describe('untilAborted', () => {
  it('waits for the signal, or not at all', async () => {
    await untilAborted(AbortSignal.abort())
    const controller = new AbortController()
    let over = false
    const waiting = untilAborted(controller.signal).then(() => (over = true))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(over, false)
    controller.abort()
    await waiting
    assert.equal(over, true)
  })
})
