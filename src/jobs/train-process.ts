import { setPriority } from 'node:os'
import { monotonicClock } from '../runtime/ports.js'
import { type TrainJob, trainJob } from './train-job.js'
import { sendMessages } from './train-messages.js'

// The parent process has ended, so nobody waits for the result.
process.on('disconnect', () => process.exit(0))
process.once('message', async (job: TrainJob) => {
  try {
    // Below the priority of the processes that serve requests.
    setPriority(10)
  } catch {
    // Not permitted here: the process runs at the default priority.
  }
  await sendMessages(
    (events) => trainJob(job, events),
    (message) => process.send?.(message),
    monotonicClock,
  )
})
