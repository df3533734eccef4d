import { connect } from 'node:net'

/**
 * Sends bytes to a server as they are and returns all that it answers until it closes the connection.
 * `parts` may be asynchronous, for a client that is slow.
 */
export async function exchange(port: number, parts: Iterable<string | Buffer> | AsyncIterable<string | Buffer>) {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  // A server that has refused may reset what is still on its way.
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let sent = 0
  for await (const part of parts) {
    if (socket.destroyed || socket.readableEnded) break
    sent += part.length
    if (!socket.write(part)) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))])
  }
  await closed
  return { answer, sent }
}

/** An HTTP/1.1 request to `/model` that asks for the connection to be closed. */
export function rawPost(body: string, headers: readonly string[] = []): string {
  const head = ['POST /model HTTP/1.1', 'Host: x', `Content-Length: ${Buffer.byteLength(body)}`, ...headers]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
