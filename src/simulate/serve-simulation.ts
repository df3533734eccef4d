import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorCode, ModelError, messageOf } from '../core/errors.js'

export interface RunningExporter {
  readonly port: number
  close(): Promise<void>
}

export interface SimulationServer {
  /** Errors become answers. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Lets simulated time follow the clock. Called each second, so that a first request after an hour stays quick. */
  readonly catchUp: () => void
  /** 0 takes a free one. */
  readonly port: number
  readonly host: string
}

/** Serves what is simulated. @throws ModelError `UNAVAILABLE` when the port cannot be had */
export async function serveSimulation({ answer, catchUp, port, host }: SimulationServer): Promise<RunningExporter> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const wrong = error instanceof ModelError
      sendJson(response, wrong ? 400 : 500, { message: messageOf(error) })
    })
  })
  // A truth that nobody asks for stays small.
  const timer = setInterval(catchUp, 1000)
  timer.unref()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  }).catch((cause: unknown) => {
    clearInterval(timer)
    const isTaken = errorCode(cause) === 'EADDRINUSE'
    const why = isTaken ? 'another program listens there; choose another port (0 takes a free one)' : messageOf(cause)
    throw new ModelError('UNAVAILABLE', `cannot listen on ${host}:${port}: ${why}`, { cause })
  })
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(value)}\n`)
}

export function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
}
