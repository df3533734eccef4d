import { type RunningProgram, startNode } from '../../test/support/program.js'

/** A server that does nothing but answer, and write what is posted to a file: what any Node program would take. */
export function startBareServer(file: string): RunningProgram {
  const script = `
    const { createServer } = require('node:http')
    const { createWriteStream } = require('node:fs')
    const { pipeline } = require('node:stream/promises')
    const server = createServer(async (request, response) => {
      if (request.method === 'POST') await pipeline(request, createWriteStream(${JSON.stringify(file)}))
      response.end('{}')
    })
    server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))`
  return startNode('bare server', ['-e', script])
}
