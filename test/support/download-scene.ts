import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after } from 'node:test'
import { download, type DownloadOptions } from '../../src/registry/download.js'
import { temporaryFolder } from './temporary-folder.js'

/** What the file has. */
export const content = 'the whole content of a file'
export const sha256 = createHash('sha256').update(content).digest('hex')
/** The checksum of another file. */
export const otherSha256 = createHash('sha256').update('other').digest('hex')

/**
 * A server that answers a file by `first`, until a test says otherwise, and keeps what it was asked.
 *
 * @param checksum what is published as the file's; `lost`, `endless` and `silent` are ways to publish none
 */
export async function downloadScene(first: RequestListener, checksum?: string) {
  const asked: IncomingHttpHeaders[] = []
  let answering = first
  let last: ServerResponse | undefined
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.sha256')) {
      if (checksum === 'lost') response.destroy()
      else if (checksum === 'silent') return
      else if (checksum === 'endless') response.writeHead(200).write('<html>'.repeat(500))
      else response.writeHead(checksum === undefined ? 404 : 200).end(checksum)
      return
    }
    asked.push(request.headers)
    last = response
    answering(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const folder = temporaryFolder()
  const path = join(folder, 'file')
  const part = join(folder, '.file.part')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`
  const fetch = (options: DownloadOptions = {}) => download(url, path, { retryDelay: 1, ...options })
  return {
    ...{ asked, path, part, url, fetch },
    state: join(folder, '.file.state'),
    text: () => readFileSync(path, 'utf8'),
    /** The connection is lost once some bytes are kept. */
    fetchUntilLost: (onProgress: DownloadOptions['onProgress'] = () => {}) =>
      fetch({
        attempts: 1,
        onProgress(...progress) {
          onProgress(...progress)
          last?.destroy()
        },
      }),
    answer: (next: RequestListener) => (answering = next),
  }
}

/** Sends this much of the file, and no more. */
export const half =
  (headers: Record<string, string>, bytes = 10): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-length': String(content.length), ...headers }).write(content.slice(0, bytes))
  }
/** Sends all of it. */
export const whole =
  (headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(200, headers).end(content)
/** Sends it from there on. */
export const rest =
  (from: number, range = `bytes ${from}-${content.length - 1}/${content.length}`): RequestListener =>
  (_, response) =>
    response.writeHead(206, { 'content-range': range }).end(content.slice(from))
