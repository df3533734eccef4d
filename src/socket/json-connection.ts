import type { Socket } from 'node:net'
import { ModelError } from '../core/errors.js'
import { jsonScanner } from './json-scanner.js'

/** Limits of one connection. Times in milliseconds. */
export interface ConnectionLimits {
  /** @default 16 MiB */
  readonly maxRequestBytes: number
  /** @default 32 */
  readonly maxDepth: number
  /** For the client to send the whole request, and again to receive the whole answer. @default 10,000 */
  readonly timeout: number
}

export const defaultConnectionLimits: ConnectionLimits = Object.freeze({
  maxRequestBytes: 16 * 2 ** 20,
  maxDepth: 32,
  timeout: 10_000,
})

/** Answers requests. It does not throw: an error is an answer too. */
export interface JsonHandler {
  /** `request` is one whole JSON object; an answer that is there at once need not wait for a promise. */
  answer(request: string): string | Promise<string>
  /** The answer to input that is not a request. */
  refuse(error: ModelError): string
}

/**
 * Serves one connection: reads one JSON object, writes the answer in one write, and closes. The client need not half-close,
 * may send the object in parts, and may disconnect at any moment.
 */
export function serveConnection(socket: Socket, handler: JsonHandler, limits: ConnectionLimits): void {
  const scanner = jsonScanner(limits.maxDepth)
  const parts: Buffer[] = []
  let received = 0
  let done = false
  let timer = setTimeout(
    () => refuse('LIMIT_EXCEEDED', `the request did not arrive within ${limits.timeout} ms`),
    limits.timeout,
  )

  const finish = (answer: string): void => {
    clearTimeout(timer)
    if (socket.destroyed) return
    // A client that does not read its answer must not hold the connection open.
    timer = setTimeout(() => socket.destroy(), limits.timeout)
    socket.end(answer)
  }
  const refuse = (code: 'LIMIT_EXCEEDED' | 'INVALID_REQUEST', message: string): void => {
    done = true
    finish(handler.refuse(new ModelError(code, message)))
  }
  const complete = (request: Buffer): void => {
    done = true
    clearTimeout(timer)
    const answer = handler.answer(request.toString('utf8'))
    if (typeof answer === 'string') finish(answer)
    else void answer.then(finish)
  }

  socket.on('data', (bytes: Buffer) => {
    // Data after the object is read and ignored, so that the client can finish its write.
    if (done) return
    try {
      const end = scanner.feed(bytes)
      received += end < 0 ? bytes.length : end
      if (received > limits.maxRequestBytes) {
        return refuse('LIMIT_EXCEEDED', `the request is larger than ${limits.maxRequestBytes} bytes`)
      }
      parts.push(end < 0 ? bytes : bytes.subarray(0, end))
      if (end >= 0) complete(parts.length === 1 ? parts[0]! : Buffer.concat(parts))
    } catch (error) {
      if (!(error instanceof ModelError)) throw error
      done = true
      finish(handler.refuse(error))
    }
  })
  socket.on('end', () => {
    if (done) return
    if (received > 0) return refuse('INVALID_REQUEST', `the request stops short after ${received} bytes`)
    // Probes connect and disconnect to see whether the socket is served.
    done = true
    clearTimeout(timer)
    socket.end()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => clearTimeout(timer))
}
