/**
 * A Prometheus that has what is in a folder of `writeHistory`: `serve-history.ts <folder>` prints its port. It answers
 * `query_range` for the range of one file with the text that stands there, so that it costs little beside what asks it.
 */
import { closeSync, createReadStream, openSync, readdirSync, readSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Where the list of a metric's series stands in a file. */
interface Place {
  readonly from: number
  readonly to: number
}

const folder = process.argv[2] ?? ''
const files = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name.replace('.json', ''), placesIn(join(folder, name))]),
)

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://prometheus')
  const range = `${searchParams.get('start')}-${searchParams.get('end')}`
  const places = files.get(range)
  response.setHeader('content-type', 'application/json')
  if (places === undefined) {
    response.statusCode = 400
    response.end(JSON.stringify({ status: 'error', errorType: 'bad_data', error: `no file of ${range}` }))
  } else if (pathname.endsWith('/query_range')) {
    const place = places.get(searchParams.get('query') ?? '')
    response.write('{"status":"success","data":{"resultType":"matrix","result":')
    if (place === undefined) response.end('[]}}')
    else {
      const { from, to } = place
      const text = createReadStream(join(folder, `${range}.json`), { start: from, end: to - 1, highWaterMark: 1 << 18 })
      pipeline(text, response, { end: false }).then(
        () => response.end('}}'),
        () => response.destroy(),
      )
    }
  } else response.end(JSON.stringify({ status: 'success', data: [...places.keys()] }))
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))

/** The lists of a file that `writeHistory` wrote: after `{` and after each list comes the next metric. */
function placesIn(path: string): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  const file = openSync(path, 'r')
  const buffer = Buffer.alloc(1 << 23)
  const between = '}],"'
  let name = ''
  let from = 0
  const begin = (at: number) => {
    const head = Buffer.alloc(300)
    readSync(file, head, 0, head.length, at)
    name = /^"([^"]+)":/.exec(head.toString('latin1'))?.[1] ?? ''
    from = at + name.length + 3
  }
  begin(1)
  let size = 0
  for (let at = 0; ; at += buffer.length - between.length) {
    const read = readSync(file, buffer, 0, buffer.length, at)
    if (read <= between.length) break
    size = at + read
    const text = buffer.subarray(0, read)
    for (let hit = text.indexOf(between); hit >= 0; hit = text.indexOf(between, hit + 1)) {
      const end = at + hit + 2
      // What the next part begins with was seen at the end of this one.
      if (end <= from) continue
      places.set(name, { from, to: end })
      begin(end + 1)
    }
  }
  places.set(name, { from, to: size - 1 })
  closeSync(file)
  return places
}
