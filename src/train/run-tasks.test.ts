import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { dynamic, plan, set, tooSmall } from '../../test/support/small-training.js'
import { runTasks } from './run-tasks.js'
import { planTasks } from './tasks.js'

describe('training tasks', () => {
  it('give results in their order, tell what is done, and fail alone', async () => {
    const told: unknown[] = []
    const results = await runTasks(planTasks([set, tooSmall, dynamic], plan), {
      threads: 0,
      onProgress: (...of) => told.push(of),
    })
    assert.deepEqual(
      results.map((result) => ('model' in result ? result.model.name : typeof result.failure)),
      ['LinearRegressionTrainer_3', 'string', 'SGDRegressorTrainer_4'],
    )
    assert.deepEqual(told, [
      [1, 3, 'rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_3'],
      [2, 3, 'rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_3'],
      [3, 3, 'rapl-sysfs/DynPower/BPFOnly/SGDRegressorTrainer_4'],
    ])
  })

  it('give the same in threads', async () => {
    const tasks = planTasks([set, tooSmall], plan)
    const [here, there] = [await runTasks(tasks, { threads: 0 }), await runTasks(tasks, { threads: 2 })]
    const shown = (results: typeof here) =>
      results.map((result) => ('model' in result ? result.model.metadata : result.failure))
    assert.deepEqual(shown(there), shown(here))
    assert.deepEqual(await runTasks([], {}), [])
  })

  it('are stopped, before and while they run, here and in threads', async () => {
    for (const threads of [0, 1]) {
      const cancelled = { code: 'CANCELLED', message: /nothing was written/ }
      await assert.rejects(runTasks(planTasks([set], plan), { threads, signal: AbortSignal.abort() }), cancelled)
      const stop = new AbortController()
      const running = runTasks(planTasks([set, set, set], plan), {
        threads,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      })
      await assert.rejects(running, cancelled)
    }
  })

  it('take a thread each where nothing else is said, and fail alone where they cannot be given to one', async () => {
    const [good, bad] = planTasks([set, set], plan)
    const secret = { ...bad!, options: { ...bad!.options, notes: { a: (() => 1) as unknown as string } } }
    const [first, second] = await runTasks([good!, secret])
    assert.ok(first && 'model' in first && second && 'failure' in second)
    assert.match(second.failure, /^the training thread failed: .*could not be cloned/)
  })

  it('leave no listener behind, in threads', async () => {
    const { signal } = new AbortController()
    let listeners: unknown[] = []
    const onProgress = () => {
      listeners = getEventListeners(signal, 'abort')
    }
    await runTasks(planTasks([set, set], plan), { threads: 1, signal, onProgress })
    assert.equal(listeners.length, 1)
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  it('are over when they have failed', async () => {
    const told: number[] = []
    const running = runTasks(planTasks([set, set, set], plan), {
      threads: 0,
      onProgress: (done) => {
        told.push(done)
        if (done === 1) throw new Error('nobody listens')
      },
    })
    await assert.rejects(running, /nobody listens/)
    assert.deepEqual(told, [1, 2, 3])
  })
})
