import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { postAssessment } from './assess-messages.js'

try {
  // On Linux this sets the priority of the calling thread alone, below the threads that serve requests.
  setPriority(10)
} catch {
  // Not permitted here: the thread runs at the default priority.
}
await postAssessment(workerData, (message) => parentPort?.postMessage(message))
