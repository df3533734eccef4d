import { connect, type Socket } from 'node:net'

export interface Load {
  readonly port: number
  /** One whole HTTP/1.1 request, sent again and again on kept-alive connections. */
  readonly request: Buffer
  readonly connections: number
  readonly seconds: number
}

export interface LoadResult {
  readonly answers: number
  readonly requestsPerSecond: number
  readonly bytesPerAnswer: number
}

/**
 * Keeps `connections` busy with one request each and counts answers. It only looks for the end of the head and its
 * Content-Length: with large answers a general client is slower than the server and would hide its rate.
 */
export async function httpLoad({ port, request, connections, seconds }: Load): Promise<LoadResult> {
  let answers = 0
  let bytes = 0
  const sockets: Socket[] = []
  const failed = new Promise<never>((_, reject) => {
    for (let i = 0; i < connections; i++) {
      const read = answerReader((length) => {
        answers += 1
        bytes += length
        socket.write(request)
      }, reject)
      const buffer = Buffer.allocUnsafe(262_144)
      const callback = (size: number) => {
        read(buffer.subarray(0, size))
        return true
      }
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } })
      socket.on('error', reject)
      socket.once('connect', () => socket.write(request))
      sockets.push(socket)
    }
  })
  const started = performance.now()
  await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, seconds * 1000))])
  const elapsed = (performance.now() - started) / 1000
  for (const socket of sockets) socket.destroy()
  return { answers, requestsPerSecond: answers / elapsed, bytesPerAnswer: bytes / answers }
}

function answerReader(done: (length: number) => void, fail: (error: Error) => void): (chunk: Buffer) => void {
  let head = ''
  let left = -1
  let length = 0
  return (chunk) => {
    let body = chunk.length
    if (left < 0) {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const declared = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
      if (!head.startsWith('HTTP/1.1 200') || declared === undefined) return fail(new Error(head.slice(0, 400)))
      length = Number(declared)
      left = length
      body = head.length - end - 4
      head = ''
    }
    left -= body
    if (left > 0) return
    left = -1
    done(length)
  }
}
