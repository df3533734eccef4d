import { Agent, get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { HealthChecks } from './health-checks.js'

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const times: number[] = []
const failures: string[] = []
let going = true
parentPort!.once('message', () => {
  going = false
})

while (going) {
  const begun = performance.now()
  const answer = await ask(String(workerData)).catch(String)
  times.push(performance.now() - begun)
  if (answer !== '200') failures.push(answer)
  await wait(10)
}
agent.destroy()
times.sort((a, b) => a - b)
const result: HealthChecks = {
  checks: times.length,
  slowest: times.at(-1) ?? 0,
  median: times[times.length >> 1] ?? 0,
  p99: times[Math.floor(0.99 * times.length)] ?? 0,
  failures,
}
parentPort!.postMessage(result)

function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(String(answer.statusCode)))
    }).once('error', reject)
  })
}
